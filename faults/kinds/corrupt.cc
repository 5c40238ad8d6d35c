#include "faults/kinds/corrupt.h"

namespace shaketable::faults {

Verdict Corrupt::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (direction != Direction::response) verdict.request_bytes.corrupt = true;
    if (direction != Direction::request) verdict.response_bytes.corrupt = true;
    return verdict;
}

}  // namespace shaketable::faults
