/// What is wrong with something a user gave us: where, what was expected, what was found, what to
/// do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shaketable {

/// A place in a text. Inside a value's text, before its file is known, `file` is empty and `line`
/// is 0.
struct Location {
    std::string file;
    int line = 0;    ///< from 1; 0 = unknown
    int column = 0;  ///< from 1, in bytes; while `line` is 0, from 0 within the value's text
    int length = 0;  ///< bytes under the caret line; 0 = one caret
    bool operator==(const Location&) const = default;
};

enum class Severity : std::uint8_t { error, warning, note };

struct Problem {
    std::string code;                     ///< stable, like "E104"
    std::string message;                  ///< one line: what was expected, what was found
    std::string hint{};                   ///< one line behind the carets: what to do
    std::vector<std::string> notes{};     ///< further lines, each behind `= note:`
    Location where{};                     ///<
    Severity severity = Severity::error;  ///<
    std::string field{};  ///< from `find_problem()`: the field it concerns; "" = the whole word
    bool operator==(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

/// The problem of one field of a word, as `find_problem()` reports it.
[[nodiscard]] inline Problem problem_of(std::string_view field, std::string_view code,
                                        std::string message, std::string hint = {}) {
    return Problem{.code = std::string{code},
                   .message = std::move(message),
                   .hint = std::move(hint),
                   .field = std::string{field}};
}

}  // namespace shaketable
