/// `name(key=value key=value)` taken apart, with the place of each part; this room only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace shaketable::detail {

/// One `name=value`, or a value alone, whose name is then empty.
struct Argument {
    std::string_view name;
    std::size_t name_column = 0;
    std::string_view value;
    std::size_t value_column = 0;
};

[[nodiscard]] bool is_space(char c) noexcept;
/// First place at or after `at`, before `end`, that is neither space nor comma.
[[nodiscard]] std::size_t skip_separators(std::string_view text, std::size_t at, std::size_t end);
/// The word at `at`: up to a space, comma, colon, equals sign or parenthesis; may be empty.
[[nodiscard]] std::string_view word_at(std::string_view text, std::size_t at);

/// Place of the parenthesis that closes the one at `open`. Errors: E031 where none does.
[[nodiscard]] Result<std::size_t> find_closing(std::string_view text, std::size_t open);

/// The arguments in [from, to). Errors: E033 for what is none.
[[nodiscard]] Result<std::vector<Argument>> split_arguments(std::string_view text, std::size_t from,
                                                            std::size_t to);

/// The problem of a part of a text, as a problem of the text.
[[nodiscard]] Problem shifted(Problem problem, std::size_t column);

}  // namespace shaketable::detail
