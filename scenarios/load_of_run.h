/// How many requests an open workload sends in a run, with what faults of kind `load` make of it.
#pragma once

#include <string_view>

#include "faults/timeline.h"
#include "scenarios/scenario.h"

namespace shaketable::scenarios {

/// `rate`: requests a second of the workload without faults. Ramps count as if they were steps, so
/// this is at least as much as what comes.
[[nodiscard]] double requests_of(const Scenario& scenario, const faults::Timeline& timeline,
                                 std::string_view workload, double rate);

}  // namespace shaketable::scenarios
