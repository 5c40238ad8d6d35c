#include "policies/rate_limit.h"

#include <algorithm>

namespace shaketable::policies {
namespace {

constexpr double parts_per_second = 256e9;  ///< the bucket's unit of time is 1/256 ns
constexpr double calls_max = 1e6;

[[nodiscard]] Duration window_of(const RateLimit& r) {
    return r.window.value_or(std::chrono::seconds{1});
}

}  // namespace

std::optional<Problem> RateLimit::find_problem() const {
    if (!rate) return problem_of("rate", "E012", "a rate limit needs its `rate`");
    if (!(rate->per_second > 1e-6 && rate->per_second <= 1e9))
        return problem_of("rate", "E023",
                          "rate must be more than 0.000001/s, and at most 1000000000/s");
    const bool is_bucket = rule.value_or(RateRule::token_bucket) == RateRule::token_bucket;
    if (burst && !is_bucket)
        return problem_of("burst", "E014", "only a token bucket has a burst", "use `window`");
    if (burst && (*burst < 1 || *burst > 1'000'000'000))
        return problem_of("burst", "E023", "burst must be from 1 to 1000000000");
    if (window && is_bucket)
        return problem_of("window", "E014", "a token bucket has no window", "use `burst`");
    if (window_of(*this) <= Duration::zero())
        return problem_of("window", "E024", "window must be more than 0");
    const double calls = rate->per_second * to_seconds(window_of(*this));
    if (!is_bucket && !(calls >= 1 && calls <= calls_max))
        return problem_of("window", "E023", "a window must have room for 1 to 1000000 calls",
                          "rate x window is how many");
    if (wait && *wait < Duration::zero())
        return problem_of("wait", "E024", "wait must not be negative");
    if (wait && *wait > std::chrono::hours{24})
        return problem_of("wait", "E023", "wait must be at most 24h");
    return std::nullopt;
}

RateLimitMachine::RateLimitMachine(const RateLimit& settings)
    : rule_{settings.rule.value_or(RateRule::token_bucket)},
      wait_max_{settings.wait.value_or(Duration::zero())},
      window_{window_of(settings)} {
    const double rate = settings.rate.value_or(Rate{1}).per_second;
    if (rule_ == RateRule::token_bucket) {
        step_ = static_cast<std::int64_t>(parts_per_second / rate + 0.5);
        const double seconds_worth = std::max(1.0, std::min(rate, 1e9));
        const std::int64_t burst =
            settings.burst.value_or(static_cast<std::uint32_t>(seconds_worth));
        slack_ = (burst - 1) * step_;
        return;
    }
    // The half-billionth makes 50 of 49.9999999999, which 0.1 s * 500/s may come out as.
    limit_ =
        static_cast<std::uint32_t>(std::clamp(rate * to_seconds(window_) + 5e-10, 1.0, calls_max));
    if (rule_ == RateRule::sliding_window) turns_.assign(limit_, Time::min());
}

RateLimitMachine::Turn RateLimitMachine::admit(Time now) {
    switch (rule_) {
        case RateRule::token_bucket:
            return admit_bucket(now);
        case RateRule::fixed_window:
            return admit_fixed(now);
        case RateRule::sliding_window:
            return admit_sliding(now);
    }
    return {};
}

RateLimitMachine::Turn RateLimitMachine::admit_bucket(Time now) noexcept {
    const std::int64_t parts = now.time_since_epoch().count() * 256;
    const std::int64_t due = std::max(due_, parts);
    const std::int64_t early = due - slack_ - parts;  // > 0: no token yet
    const Duration wait{early > 0 ? (early + 255) / 256 : 0};
    if (wait > wait_max_) return {};
    due_ = due + step_;
    return {true, wait};
}

RateLimitMachine::Turn RateLimitMachine::admit_fixed(Time now) noexcept {
    const std::int64_t current = now.time_since_epoch().count() / window_.count();
    std::int64_t index = window_index_;
    std::uint32_t used = used_;
    if (index < current) {
        index = current;
        used = 0;
    } else if (used == limit_) {
        ++index;
        used = 0;
    }
    const Duration wait = index > current ? Time{window_ * index} - now : Duration::zero();
    if (wait > wait_max_) return {};
    window_index_ = index;
    used_ = used + 1;
    return {true, wait};
}

RateLimitMachine::Turn RateLimitMachine::admit_sliding(Time now) noexcept {
    const Time oldest = turns_[at_];
    const Time turn = oldest == Time::min() ? now : std::max(now, oldest + window_);
    if (turn - now > wait_max_) return {};
    turns_[at_] = turn;
    at_ = at_ + 1 == turns_.size() ? 0 : at_ + 1;
    return {true, turn - now};
}

}  // namespace shaketable::policies
