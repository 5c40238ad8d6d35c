#include "faults/kinds/crash.h"

namespace shaketable::faults {

std::optional<Problem> Crash::find_problem() const {
    if (!restart_after || *restart_after > Duration{0}) return std::nullopt;
    return problem_of("restart_after", "E023", "expected a time longer than 0");
}

Condition Crash::condition(double) const {
    return {.up = false};
}

}  // namespace shaketable::faults
