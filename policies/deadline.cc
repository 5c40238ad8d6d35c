#include "policies/deadline.h"

namespace shaketable::policies {

std::optional<Problem> Deadline::find_problem() const {
    if (shrink && *shrink < Duration::zero())
        return problem_of("shrink", "E024", "shrink must not be negative");
    if (shrink && mode == DeadlineMode::none)
        return problem_of("shrink", "E014", "`mode: none` tells no deadline that could shrink",
                          "leave out `shrink`");
    return std::nullopt;
}

Time deadline_for_callee(const Deadline& rule, Time gives_up) noexcept {
    if (rule.mode.value_or(DeadlineMode::propagate) == DeadlineMode::none) return never;
    return gives_up == never ? never : gives_up - rule.shrink.value_or(Duration::zero());
}

}  // namespace shaketable::policies
