#include "faults/kinds/limit_data.h"

namespace shaketable::faults {

Verdict LimitData::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (direction != Direction::response) verdict.request_bytes.limit = bytes.count;
    if (direction != Direction::request) verdict.response_bytes.limit = bytes.count;
    return verdict;
}

}  // namespace shaketable::faults
