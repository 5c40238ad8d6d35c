#include "policies/balance.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/math.h"

namespace shaketable::policies {
namespace {

/// More than any latency in nanoseconds times any number of requests: an endpoint that has never
/// answered and has requests outstanding is the last choice. Source: Finagle PeakEwma, `Penalty`.
constexpr double unanswered_penalty = 1.4e14;

[[nodiscard]] bool counts_requests(const Balance& b) {
    switch (b.policy) {
        case BalanceRule::peak_ewma:
            return true;
        case BalanceRule::least_requests:
        case BalanceRule::power_of_two:
        case BalanceRule::join_idle_queue:
            return b.view == LoadView::own;
        default:
            return false;
    }
}

[[nodiscard]] bool looks_at_load(BalanceRule rule) {
    return rule == BalanceRule::least_requests || rule == BalanceRule::power_of_two ||
           rule == BalanceRule::join_idle_queue;
}

/// Source: S. Vigna, splitmix64.
[[nodiscard]] std::uint64_t mix(std::uint64_t x) noexcept {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

}  // namespace

std::optional<Problem> Balance::find_problem() const {
    if (choices < 1 || choices > 16)
        return problem_of("choices", "E023", "choices must be 1 to 16",
                          "2 is nearly as good as all of them");
    if (refresh < Duration::zero())
        return problem_of("refresh", "E024", "refresh must not be negative");
    if (refresh > Duration::zero() && !looks_at_load(policy))
        return problem_of("refresh", "E014",
                          fmt::format("`{}` looks at no load that could be stale", name_of(policy)),
                          "leave out `refresh`, or choose least-requests or power-of-two");
    if (view == LoadView::global && !looks_at_load(policy))
        return problem_of("view", "E014",
                          fmt::format("`{}` looks at no counts of requests", name_of(policy)),
                          "leave out `view`, or choose least-requests or power-of-two");
    if (subset && *subset < 1)
        return problem_of("subset", "E023", "expected at least one replica for each caller");
    if (tau <= Duration::zero()) return problem_of("tau", "E024", "tau must be more than 0");
    if (!weights.empty() && policy == BalanceRule::round_robin)
        return problem_of("weights", "E014", "round-robin has no weights",
                          "use `policy: weighted`");
    double total = 0;
    for (const double w : weights) {
        if (!(w >= 0 && w <= 1e9))
            return problem_of("weights", "E023", "a weight must be from 0 to 1e9");
        total += w;
    }
    if (!weights.empty() && total <= 0)
        return problem_of("weights", "E023", "at least one weight must be more than 0");
    return std::nullopt;
}

Balancer::Balancer(const Balance& settings, std::uint32_t endpoints)
    : rule_{settings.policy},
      prefer_{settings.prefer},
      ties_{settings.ties},
      global_{settings.view == LoadView::global},
      n_{endpoints},
      used_{std::min(settings.subset.value_or(endpoints), endpoints)},
      choices_{settings.choices},
      panic_{settings.panic.value_or(Share{0}).fraction},
      tau_{settings.tau},
      refresh_{settings.refresh} {
    if (used_ < n_) subset_.assign(n_, 1);
    if (counts_requests(settings)) own_.resize(n_);
    if (refresh_ > Duration::zero() && looks_at_load(rule_)) seen_.resize(n_);
    if (rule_ == BalanceRule::weighted) turn_.resize(n_);
    if (rule_ == BalanceRule::peak_ewma) latencies_.resize(n_);
    if (!settings.weights.empty()) {
        weights_ = settings.weights;
        weights_.resize(n_, 1.0);
    }
}

void Balancer::draw_subset(Random& random) {
    if (subset_.empty()) return;
    subset_.assign(n_, 0);
    // Source: R. Floyd, "A sample of brilliance", CACM 1987.
    for (std::uint32_t top = n_ - used_; top < n_; ++top) {
        const std::uint32_t drawn = random.below(top + 1);
        subset_[subset_[drawn] == 0 ? drawn : top] = 1;
    }
}

void Balancer::on_end(std::uint32_t endpoint, Time now, Duration latency, bool answered) noexcept {
    if (!own_.empty()) --own_[endpoint];
    if (latencies_.empty() || !answered) return;
    Latency& l = latencies_[endpoint];
    const double rtt = static_cast<double>(latency.count());
    if (rtt > l.cost) {
        l.cost = rtt;
    } else {
        const double kept = stable_exp(-to_seconds(now - l.at) / to_seconds(tau_));
        l.cost = l.cost * kept + rtt * (1 - kept);
    }
    l.at = now;
}

double Balancer::cost(std::uint32_t i, Time now) const noexcept {
    const Latency& l = latencies_[i];
    const double pending = static_cast<double>(own_[i]);
    if (l.cost == 0) return own_[i] == 0 ? 0 : unanswered_penalty + pending;
    return l.cost * stable_exp(-to_seconds(now - l.at) / to_seconds(tau_)) * (pending + 1);
}

double Balancer::hash_unit(std::uint64_t key, std::uint32_t endpoint) noexcept {
    const std::uint64_t bits = mix(mix(key) ^ (0xd1b54a32d192ed03U * (endpoint + 1ULL)));
    return (static_cast<double>(bits >> 11U) + 0.5) * 0x1p-53;
}

}  // namespace shaketable::policies
