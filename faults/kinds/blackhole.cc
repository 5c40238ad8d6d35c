#include "faults/kinds/blackhole.h"

namespace shaketable::faults {

std::optional<Problem> Blackhole::find_problem() const {
    if (!close_after || *close_after > Duration{0}) return std::nullopt;
    return problem_of("close_after", "E023", "expected a time longer than 0",
                      "for connections that end at once: reset");
}

Verdict Blackhole::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (existing || crossing.connection_opened >= state.start) {
        verdict.fate = Fate::swallow;
        verdict.close_after = close_after.value_or(forever);
    }
    return verdict;
}

}  // namespace shaketable::faults
