#include "faults/kinds/refuse.h"

namespace shaketable::faults {

Verdict Refuse::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (of == Of::request || crossing.new_connection) verdict.fate = Fate::refuse;
    return verdict;
}

}  // namespace shaketable::faults
