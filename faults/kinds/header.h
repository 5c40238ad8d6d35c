/// Header lines of HTTP, as far as a fault looks at them.
#pragma once

#include <string_view>

namespace shaketable::faults {

/// A token of RFC 9110 (5.6.2).
[[nodiscard]] bool is_header_name(std::string_view text) noexcept;

[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;

/// Is there a line `NAME: VALUE` among `lines` (each ended by CRLF), or any line of that name where
/// `wanted` has no colon? Names compare without case, values exactly, blanks around them apart.
[[nodiscard]] bool has_header(std::string_view lines, std::string_view wanted) noexcept;

}  // namespace shaketable::faults
