/// A scenario as canonical YAML: keys in the order of `fields()`, defaults left out, parameters put
/// in.
#pragma once

#include <string>

#include "scenarios/scenario.h"

namespace shaketable::scenarios {

/// read_text(print(s)) gives s, but for `variant`, which a file of one scenario has no place for.
[[nodiscard]] std::string print(const Scenario& scenario);

}  // namespace shaketable::scenarios
