#include "faults/kinds/load.h"

namespace shaketable::faults {

std::optional<Problem> Load::find_problem() const {
    if (factor && rate) return problem_of("rate", "E014", "factor and rate exclude each other");
    if (!factor && !rate)
        return problem_of("factor", "E012", "expected a factor or a rate", "factor: 3");
    if (factor && !(*factor >= 0 && *factor <= 1e6))
        return problem_of("factor", "E023", "expected a factor from 0 to 1,000,000");
    return std::nullopt;
}

Condition Load::condition(double strength) const {
    return {.load = 1 + (factor.value_or(1) - 1) * strength,
            .load_extra = rate.value_or(Rate{0}).per_second * strength};
}

}  // namespace shaketable::faults
