#include "faults/kinds/slow.h"

namespace shaketable::faults {

std::optional<Problem> Slow::find_problem() const {
    if (factor >= 1 && factor <= 1e6) return std::nullopt;
    return problem_of("factor", "E023", "expected a factor from 1 to 1,000,000",
                      "8 means that work takes eight times as long");
}

Condition Slow::condition(double strength) const {
    return {.slowdown = 1 + (factor - 1) * strength};
}

}  // namespace shaketable::faults
