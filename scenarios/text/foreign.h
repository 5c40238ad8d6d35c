/// Words of other tools: keys that mean something elsewhere, and files that belong to another
/// program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

/// What to write here instead of another tool's key; "" where the key is nobody's.
[[nodiscard]] std::string_view advice_for_key(std::string_view key) noexcept;

/// The tool a file was written for: "Docker Compose"; "" where it is nobody's.
[[nodiscard]] std::string_view tool_of(const Node& root) noexcept;

}  // namespace shaketable::scenarios::text
