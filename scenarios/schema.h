/// The language as a JSON Schema (draft 2020-12), for editors. Made from the same declarations that
/// the reader uses.
#pragma once

#include <string>

namespace shaketable::scenarios {

/// Ends in a newline; same bytes every time.
[[nodiscard]] std::string json_schema();

}  // namespace shaketable::scenarios
