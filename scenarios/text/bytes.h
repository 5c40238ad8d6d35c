/// Is this a text at all? Asked before the parser sees it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/problem.h"
#include "scenarios/source.h"

namespace shaketable::scenarios::text {

/// Bytes of the UTF-8 character at the start of `rest`; 0 = there is none. Source: RFC 3629,
/// section 4.
[[nodiscard]] std::size_t character_length(std::string_view rest);

/// E002: larger than 16 MiB, a line longer than 512 KiB, UTF-16, not UTF-8, or control characters
/// (binary). E004: empty.
[[nodiscard]] std::optional<Problem> find_problem_of_bytes(const Source& source);

}  // namespace shaketable::scenarios::text
