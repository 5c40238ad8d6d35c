#include "faults/kinds/throttle_response.h"

namespace shaketable::faults {

std::optional<Problem> ThrottleResponse::find_problem() const {
    if (rate.bytes_per_second > 0) return std::nullopt;
    return problem_of("rate", "E023", "expected a rate above 0", "for no answer at all: blackhole");
}

Verdict ThrottleResponse::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    verdict.response_bytes.rate = rate.bytes_per_second;
    return verdict;
}

}  // namespace shaketable::faults
