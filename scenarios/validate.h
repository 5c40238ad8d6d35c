/// Do the names of a scenario exist, do its parts fit each other? What a value can say wrong by
/// itself is the reader's.
#pragma once

#include <functional>
#include <string_view>

#include "base/problem.h"
#include "scenarios/scenario.h"

namespace shaketable::scenarios {

/// Where the value of a path stands: "services.web.endpoints.checkout.steps[1].call",
/// "faults[0].target", "expect[2]". Where a part of the path was not written, the nearest value
/// around it. `Locations::at` is one.
using Locate = std::function<Location(std::string_view path)>;

/// All problems, in no particular order (`sort_problems` puts them in that of the file). Codes:
/// `codes.h`, E101 to E124. Precondition: every value was read without an error of its own.
[[nodiscard]] Problems validate(const Scenario& scenario, const Locate& where);

}  // namespace shaketable::scenarios
