/// Decimal text to numbers and back, exactly and without a locale. What quantities and
/// distributions share; this room only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.h"

namespace shaketable::detail {

/// In quotes, shortened to some 40 bytes, control characters as \xNN: fit for a message whatever it
/// holds.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// A problem at `[column, column + length)` of a value's text.
[[nodiscard]] Problem problem_at(std::string_view code, std::string message, std::string hint,
                                 std::size_t column, std::size_t length);

/// Bytes of `text` that are a decimal number, `12`, `1.5`, `.5`, `1e6`, without sign; 0 where it
/// starts with none.
[[nodiscard]] std::size_t number_length(std::string_view text);

/// Nearest double to number * 10^shift; none where it overflows or vanishes. Precondition:
/// `number_length` is its size.
[[nodiscard]] std::optional<double> to_double(std::string_view number, int shift = 0);

struct Multiple {
    std::uint64_t value = 0;
    bool exact = true;
};
/// number * unit, rounded half up; none where it exceeds 64 bits. Precondition: as above; 0 < unit
/// < 2^50.
[[nodiscard]] std::optional<Multiple> multiply(std::string_view number, std::uint64_t unit);

/// value * 10^shift, as the shortest text that `to_double(text, -shift)` reads back to `value`.
/// Precondition: finite.
[[nodiscard]] std::string print_shifted(double value, int shift);

/// Is it nan, inf or infinity, with or without sign, in any case?
[[nodiscard]] bool is_no_number(std::string_view text);

/// What a quantity of some kind cannot start with: nothing, a sign, a word, NaN. `kind` with its
/// article: "a duration".
[[nodiscard]] std::optional<Problem> find_bad_start(std::string_view text, std::string_view kind,
                                                    std::string_view example);

/// The kind of quantity a unit belongs to ("a rate"), or "" for an unknown one.
[[nodiscard]] std::string_view kind_of_unit(std::string_view unit);

/// E022 where `unit` belongs to another kind of quantity, E021 with the nearest of `known` where it
/// belongs to none.
[[nodiscard]] Problem unit_problem(std::string_view text, std::string_view unit, std::size_t column,
                                   std::string_view kind, std::string_view known);

}  // namespace shaketable::detail
