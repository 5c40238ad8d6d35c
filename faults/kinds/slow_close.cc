#include "faults/kinds/slow_close.h"

namespace shaketable::faults {

std::optional<Problem> SlowClose::find_problem() const {
    if (delay > Duration{0}) return std::nullopt;
    return problem_of("delay", "E023", "expected a time longer than 0");
}

Verdict SlowClose::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    if (direction != Direction::response) verdict.request_bytes.close_delay = delay;
    if (direction != Direction::request) verdict.response_bytes.close_delay = delay;
    return verdict;
}

}  // namespace shaketable::faults
