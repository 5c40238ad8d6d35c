#include "faults/kinds/slice.h"

namespace shaketable::faults {

std::optional<Problem> Slice::find_problem() const {
    if (size.count <= 0)
        return problem_of("size", "E023", "expected a size above 0",
                          "for no traffic at all: blackhole");
    if (variation.count < 0 || variation >= size)
        return problem_of("variation", "E023", "expected a variation smaller than the size",
                          "a piece has one byte at least");
    if (gap < Duration{0}) return problem_of("gap", "E023", "expected a time of 0 or longer");
    return std::nullopt;
}

Verdict Slice::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    const Slicing slicing{.size = size.count, .variation = variation.count, .gap = gap};
    if (direction != Direction::response) verdict.request_bytes.slicing = slicing;
    if (direction != Direction::request) verdict.response_bytes.slicing = slicing;
    return verdict;
}

}  // namespace shaketable::faults
