#include "policies/slow_start.h"

#include <algorithm>

#include "base/math.h"

namespace shaketable::policies {

std::optional<Problem> SlowStart::find_problem() const {
    if (window <= Duration::zero())
        return problem_of("window", "E024", "window must be more than 0");
    if (!(aggression > 0 && aggression <= 1000))
        return problem_of("aggression", "E023", "aggression must be more than 0, and at most 1000");
    if (!(weight_min.fraction > 0 && weight_min.fraction <= 1))
        return problem_of("weight_min", "E023",
                          "weight_min must be more than 0%, and at most 100%");
    return std::nullopt;
}

double slow_start_weight(const SlowStart& rule, Duration up_for) noexcept {
    if (up_for >= rule.window) return 1;
    if (up_for <= Duration::zero()) return rule.weight_min.fraction;
    const double passed = to_seconds(up_for) / to_seconds(rule.window);
    const double grown = rule.aggression == 1 ? passed : stable_pow(passed, 1 / rule.aggression);
    return std::max(rule.weight_min.fraction, grown);
}

}  // namespace shaketable::policies
