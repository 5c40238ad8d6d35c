#include "faults/kinds/blackhole.h"

namespace shaketable::faults {

Verdict Blackhole::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (existing || crossing.connection_opened >= state.start) verdict.fate = Fate::swallow;
    return verdict;
}

}  // namespace shaketable::faults
