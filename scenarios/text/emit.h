/// A tree as YAML: block style, short lists and maps of scalars in one line.
#pragma once

#include <string>

#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

/// `root` is a map. parse(emit(root)) gives the same tree, but for places. `quoted` scalars are
/// those that must not be taken for nothing (`~`, `null`, the empty text); the others get quotes
/// where YAML needs them.
[[nodiscard]] std::string emit(const Node& root);

}  // namespace shaketable::scenarios::text
