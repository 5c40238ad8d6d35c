#include "faults/kinds/reset.h"

namespace shaketable::faults {

Verdict Reset::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (existing || crossing.connection_opened >= state.start) {
        verdict.fate = Fate::reset;
        verdict.delay = after;
    }
    return verdict;
}

}  // namespace shaketable::faults
