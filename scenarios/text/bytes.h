/// Is this a text at all? Asked before the parser sees it.
#pragma once

#include <optional>

#include "base/problem.h"
#include "scenarios/source.h"

namespace shaketable::scenarios::text {

/// E002: larger than 16 MiB, a line longer than 512 KiB, UTF-16, not UTF-8, or control characters (binary). E004: empty.
[[nodiscard]] std::optional<Problem> find_problem_of_bytes(const Source& source);

}  // namespace shaketable::scenarios::text
