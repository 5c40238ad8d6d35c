/// The bindings file as a JSON Schema, for editors.
#pragma once

#include <string>

namespace shaketable::injector {

/// Made from the words of bindings.h. Draft 2020-12, indented, with a line end.
[[nodiscard]] std::string bindings_schema();

}  // namespace shaketable::injector
