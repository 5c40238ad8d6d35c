#include "policies/concurrency_limit.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

namespace shaketable::policies {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// gradient2
constexpr double queue_allowed = 4;
constexpr double tolerance = 1.5;
constexpr std::uint32_t warm_up_samples = 10;
constexpr double long_alpha = 2.0 / 601;
// envoy
constexpr std::uint32_t measured_samples = 50;
constexpr double buffer = 0.25;
constexpr double remeasure_jitter = 0.15;
constexpr std::uint32_t windows_at_min = 5;
constexpr std::uint32_t sketch_memory = 10'000;
// windowed samples
constexpr Duration too_short_to_tell = std::chrono::microseconds{100};

[[nodiscard]] LimitRule rule_of(const ConcurrencyLimit& c) {
    return c.rule.value_or(LimitRule::fixed);
}

/// Bounds that a rule has where none are written. Source: the classes' constants.
struct Bounds {
    std::uint32_t first, min, max;
};
[[nodiscard]] Bounds bounds_of(LimitRule rule) {
    switch (rule) {
        case LimitRule::fixed:
            return {20, 1, 0xffff'ffff};
        case LimitRule::vegas:
            return {20, 1, 1'000};
        case LimitRule::envoy:
            return {3, 3, 1'000};
        case LimitRule::aimd:
        case LimitRule::gradient2:
            break;
    }
    return {20, 20, 200};
}

/// max(1, the whole part of the decimal logarithm). Source: Log10RootIntFunction.
[[nodiscard]] double log10_root(double limit) noexcept {
    double log = 0;
    for (double power = 10; power <= limit; power *= 10) ++log;
    return std::max(1.0, log);
}

}  // namespace

std::optional<Problem> ConcurrencyLimit::find_problem() const {
    const LimitRule r = rule_of(*this);
    const auto idle = [&](bool written, std::initializer_list<LimitRule> users) {
        return written && std::find(users.begin(), users.end(), r) == users.end();
    };
    using L = LimitRule;
    const auto unused = [&](std::string_view field) {
        return problem_of(field, "E014",
                          "the limit rule `" + std::string{name_of(r)} + "` does not look at `" +
                              std::string{field} + "`",
                          "leave it out, or choose another `rule`");
    };
    if (idle(min.has_value(), {L::aimd, L::gradient2, L::vegas, L::envoy})) return unused("min");
    if (idle(max.has_value(), {L::aimd, L::gradient2, L::vegas, L::envoy})) return unused("max");
    if (idle(smoothing.has_value(), {L::gradient2, L::vegas})) return unused("smoothing");
    if (idle(slow_after.has_value(), {L::aimd})) return unused("slow_after");
    if (idle(window.has_value(), {L::aimd, L::gradient2, L::vegas, L::envoy}))
        return unused("window");
    if (idle(samples.has_value(), {L::aimd, L::gradient2, L::vegas, L::envoy}))
        return unused("samples");
    if (idle(remeasure_every.has_value(), {L::envoy})) return unused("remeasure_every");
    const Bounds bounds = bounds_of(r);
    const std::uint32_t least = min.value_or(bounds.min);
    const std::uint32_t first = limit.value_or(std::max(least, bounds.first));
    if (first < 1) return problem_of("limit", "E023", "limit must be at least 1");
    if (least < 1) return problem_of("min", "E023", "min must be at least 1");
    if (max.value_or(bounds.max) < least) return problem_of("max", "E023", "max is less than min");
    if (first < least || first > max.value_or(bounds.max))
        return problem_of("limit", "E023", "limit must be from min to max");
    if (smoothing && !(*smoothing > 0 && *smoothing <= 1))
        return problem_of("smoothing", "E023", "smoothing must be more than 0, and at most 1");
    if (slow_after && *slow_after <= Duration::zero())
        return problem_of("slow_after", "E024", "slow_after must be more than 0");
    const bool needs_window = r == L::envoy;
    if (window && (*window < Duration::zero() || (needs_window && *window == Duration::zero())))
        return problem_of("window", "E024", "window must be more than 0");
    if (samples && *samples < 1) return problem_of("samples", "E023", "samples must be at least 1");
    if (remeasure_every && *remeasure_every <= Duration::zero())
        return problem_of("remeasure_every", "E024", "remeasure_every must be more than 0");
    return std::nullopt;
}

ConcurrencyLimitMachine::ConcurrencyLimitMachine(const ConcurrencyLimit& settings)
    : rule_{rule_of(settings)},
      limit_{0},
      min_{settings.min.value_or(bounds_of(rule_).min)},
      max_{settings.max.value_or(bounds_of(rule_).max)},
      samples_min_{settings.samples.value_or(10)},
      smoothing_{settings.smoothing.value_or(rule_ == LimitRule::vegas ? 1.0 : 0.2)},
      estimate_{0},
      slow_after_{settings.slow_after.value_or(seconds{5})},
      window_{settings.window.value_or(rule_ == LimitRule::envoy ? milliseconds{100}
                                                                 : milliseconds{0})},
      remeasure_every_{settings.remeasure_every.value_or(seconds{60})} {
    set_estimate(settings.limit.value_or(std::max(min_, bounds_of(rule_).first)));
    if (rule_ == LimitRule::envoy) {
        sketch_ = LatencySketch{sketch_memory};
        begin_envoy_measurement(Time{});
    }
}

/// The billionth takes back what 0.8 * L + 0.2 * (L + 4) loses to rounding: 200 steps of 0.8 are
/// 160.
void ConcurrencyLimitMachine::set_estimate(double estimate) noexcept {
    estimate_ = estimate;
    limit_ = static_cast<std::uint32_t>(estimate + 1e-9);
}

void ConcurrencyLimitMachine::leave(Time now, Duration latency, bool dropped, Random& random) {
    const std::uint32_t busy = in_progress_--;
    if (rule_ == LimitRule::fixed) return;
    if (rule_ == LimitRule::envoy) {
        if (!dropped) leave_envoy(now, latency, random);
        return;
    }
    if (window_ == Duration::zero())
        return sample(static_cast<double>(latency.count()), busy, dropped, random);
    window_busy_ = std::max(window_busy_, busy);
    window_dropped_ = window_dropped_ || dropped;
    if (!dropped && latency < too_short_to_tell) return;
    window_sum_ += static_cast<double>(latency.count());
    ++window_count_;
    if (now <= window_end_ || window_count_ < samples_min_) return;
    sample(window_sum_ / window_count_, window_busy_, window_dropped_, random);
    window_end_ = now + window_;
    window_sum_ = 0;
    window_count_ = window_busy_ = 0;
    window_dropped_ = false;
}

void ConcurrencyLimitMachine::sample(double latency, std::uint32_t in_progress, bool dropped,
                                     Random& random) {
    switch (rule_) {
        case LimitRule::aimd:
            return sample_aimd(latency, in_progress, dropped);
        case LimitRule::gradient2:
            return sample_gradient2(latency, in_progress);
        case LimitRule::vegas:
            return sample_vegas(latency, in_progress, dropped, random);
        case LimitRule::fixed:
        case LimitRule::envoy:
            return;
    }
}

void ConcurrencyLimitMachine::sample_aimd(double latency, std::uint32_t in_progress,
                                          bool dropped) noexcept {
    double next = limit_;
    if (dropped || latency > static_cast<double>(slow_after_.count()))
        next = std::floor(next * 0.9 + 1e-9);
    else if (2.0 * in_progress >= next)
        next += 1;
    set_estimate(std::clamp<double>(next, min_, max_));
}

void ConcurrencyLimitMachine::sample_gradient2(double latency, std::uint32_t in_progress) noexcept {
    if (count_ < warm_up_samples) {
        ++count_;
        long_latency_ += (latency - long_latency_) / count_;
    } else {
        long_latency_ = long_latency_ * (1 - long_alpha) + latency * long_alpha;
    }
    const double before = long_latency_;
    if (before / latency > 2) long_latency_ *= 0.95;
    if (in_progress < estimate_ / 2) return;
    const double gradient = std::clamp(tolerance * before / latency, 0.5, 1.0);
    const double aimed = estimate_ * gradient + queue_allowed;
    set_estimate(std::clamp<double>(estimate_ * (1 - smoothing_) + aimed * smoothing_, min_, max_));
}

void ConcurrencyLimitMachine::sample_vegas(double latency, std::uint32_t in_progress, bool dropped,
                                           Random& random) noexcept {
    ++count_;
    if (jitter_ * 30 * estimate_ <= count_) {
        jitter_ = 0.5 + 0.5 * random.uniform();
        count_ = 0;
        long_latency_ = latency;
        return;
    }
    if (long_latency_ == 0 || latency < long_latency_) {
        long_latency_ = latency;
        return;
    }
    const double root = log10_root(estimate_);
    const double queue = std::ceil(estimate_ * (1 - long_latency_ / latency));
    double next = estimate_;
    if (dropped)
        next = estimate_ - root;
    else if (2.0 * in_progress < estimate_)
        return;
    else if (queue <= root)
        next += 6 * root;
    else if (queue < 3 * root)
        next += root;
    else if (queue > 6 * root)
        next = estimate_ - root;
    else
        return;
    next = std::clamp<double>(next, min_, max_);
    set_estimate((1 - smoothing_) * estimate_ + smoothing_ * next);
}

void ConcurrencyLimitMachine::leave_envoy(Time now, Duration latency, Random& random) noexcept {
    // A request that began before the measurement says what the wider limit was like.
    if (pinned_ && now - latency < measuring_since_) return;
    sketch_.add(latency);
    ++window_count_;
    if (pinned_) {
        if (window_count_ >= measured_samples) end_envoy_measurement(now, random);
    } else if (now >= window_end_ && window_count_ >= samples_min_) {
        end_envoy_window(now);
    }
}

void ConcurrencyLimitMachine::begin_envoy_measurement(Time now) noexcept {
    pinned_ = true;
    measuring_since_ = now;
    sketch_.clear();
    window_count_ = 0;
}

void ConcurrencyLimitMachine::end_envoy_measurement(Time now, Random& random) noexcept {
    long_latency_ = static_cast<double>(sketch_.quantile(0.5).count());
    pinned_ = false;
    count_ = 0;
    sketch_.clear();
    window_count_ = 0;
    window_end_ = now + window_;
    const double late = 1 + remeasure_jitter * random.uniform();
    remeasure_at_ = now + from_seconds(to_seconds(remeasure_every_) * late);
}

void ConcurrencyLimitMachine::end_envoy_window(Time now) noexcept {
    const double median = std::max(1.0, static_cast<double>(sketch_.quantile(0.5).count()));
    const double gradient = std::clamp(long_latency_ * (1 + buffer) / median, 0.5, 2.0);
    set_estimate(
        std::clamp<double>(gradient * limit_ + std::sqrt(static_cast<double>(limit_)), min_, max_));
    sketch_.clear();
    window_count_ = 0;
    window_end_ = now + window_;
    count_ = limit_ == min_ ? count_ + 1 : 0;
    if (count_ >= windows_at_min || now >= remeasure_at_) begin_envoy_measurement(now);
}

}  // namespace shaketable::policies
