#include "policies/adaptive_throttle.h"

#include <algorithm>

#include "base/math.h"

namespace shaketable::policies {
namespace {

[[nodiscard]] bool is_envoy(const AdaptiveThrottle& a) {
    return a.rule.value_or(ThrottleRule::sre) == ThrottleRule::envoy;
}

[[nodiscard]] Duration window_of(const AdaptiveThrottle& a) {
    return a.window.value_or(std::chrono::seconds{is_envoy(a) ? 30 : 120});
}

/// Envoy's history moves by seconds, ours for the SRE book's rule by tenths of the window.
[[nodiscard]] std::uint32_t slices_of(const AdaptiveThrottle& a) {
    if (!is_envoy(a)) return 10;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(window_of(a)).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, 120));
}

[[nodiscard]] std::vector<OutcomeClass> rejections_of(const AdaptiveThrottle& a) {
    if (!a.counts.empty()) return a.counts;
    if (is_envoy(a)) return {OutcomeClass::any};
    return {OutcomeClass::timeout, OutcomeClass::unavailable, OutcomeClass::throttled};
}

}  // namespace

std::optional<Problem> AdaptiveThrottle::find_problem() const {
    if (factor && is_envoy(*this))
        return problem_of("factor", "E014", "`factor` is of the rule sre", "use `threshold`");
    if ((threshold || aggression) && !is_envoy(*this))
        return problem_of(threshold ? "threshold" : "aggression", "E014",
                          "only the rule envoy has `threshold` and `aggression`", "use `factor`");
    if (factor && !(*factor >= 1 && *factor <= 1e6))
        return problem_of("factor", "E023", "factor must be from 1 to 1000000");
    if (threshold && !(threshold->fraction > 0 && threshold->fraction <= 1))
        return problem_of("threshold", "E023", "threshold must be more than 0%, and at most 100%");
    if (aggression && !(*aggression > 0 && *aggression <= 1000))
        return problem_of("aggression", "E023", "aggression must be more than 0, and at most 1000");
    if (reject_max && !(reject_max->fraction >= 0 && reject_max->fraction <= 1))
        return problem_of("reject_max", "E023", "reject_max must be from 0% to 100%");
    if (window && *window <= Duration::zero())
        return problem_of("window", "E024", "window must be more than 0");
    return std::nullopt;
}

AdaptiveThrottleMachine::AdaptiveThrottleMachine(const AdaptiveThrottle& settings)
    : rule_{settings.rule.value_or(ThrottleRule::sre)},
      rejected_{rejections_of(settings)},
      factor_{rule_ == ThrottleRule::envoy ? 1 / settings.threshold.value_or(Share{0.95}).fraction
                                           : settings.factor.value_or(2.0)},
      exponent_{1 / settings.aggression.value_or(1.0)},
      reject_max_{settings.reject_max.value_or(Share{is_envoy(settings) ? 0.8 : 1.0}).fraction},
      volume_min_{settings.rate_min.value_or(Rate{0}).per_second * to_seconds(window_of(settings))},
      window_{window_of(settings), slices_of(settings)} {}

bool AdaptiveThrottleMachine::admit(Time now, Random& random) {
    window_.advance(now);
    const bool refused = random.chance(reject_share());
    if (rule_ == ThrottleRule::sre) window_.add(now, Counts{1, 0});
    return !refused;
}

void AdaptiveThrottleMachine::observe(Time now, Outcome outcome, int status) {
    const std::uint64_t accepted = rejected_.contains(outcome, status) ? 0 : 1;
    window_.add(now, Counts{rule_ == ThrottleRule::envoy ? 1U : 0U, accepted});
}

double AdaptiveThrottleMachine::reject_share() const noexcept {
    const double n = static_cast<double>(window_.sum().requests);
    if (n < volume_min_) return 0;
    const double spare = factor_ * static_cast<double>(window_.sum().accepts);
    const double share = (n - spare) / (n + 1);
    if (share <= 0) return 0;
    return std::min(reject_max_, exponent_ == 1 ? share : stable_pow(share, exponent_));
}

}  // namespace shaketable::policies
