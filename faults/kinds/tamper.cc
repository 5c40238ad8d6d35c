#include "faults/kinds/tamper.h"

#include <array>

#include "faults/kinds/header.h"

namespace shaketable::faults {

std::optional<Problem> Tamper::find_problem() const {
    if (header.empty() && !body)
        return problem_of("header", "E012", "expected a header or a body to rewrite");
    if (header.empty() && value)
        return problem_of("value", "E014", "a value goes with a header only");
    if (!header.empty() && !is_header_name(header))
        return problem_of("header", "E023",
                          "expected the name of a header, found \"" + header + "\"");
    constexpr std::array<std::string_view, 5> framing{"content-length", "transfer-encoding",
                                                      "connection", "upgrade", "trailer"};
    for (const std::string_view name : framing)
        if (same_name(header, name))
            return problem_of("header", "E023", header + " says where messages end: it stays",
                              "the length follows the body by itself");
    if (value && value->find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos)
        return problem_of("value", "E023", "expected one line");
    return std::nullopt;
}

Verdict Tamper::judge(const Crossing& crossing, FaultState& state, Random& random) const {
    Verdict verdict;
    if (!is_hit(share, of, crossing, state, random)) return verdict;
    const std::uint64_t bit = std::uint64_t{1} << state.number;
    if (direction != Direction::response) verdict.request_bytes.tampers = bit;
    if (direction != Direction::request) verdict.response_bytes.tampers = bit;
    return verdict;
}

}  // namespace shaketable::faults
