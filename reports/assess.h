/// Judges the expectations of a scenario on a record.
#pragma once

#include "reports/findings.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// A claim is measured in each repeat by itself and judged on the mean over repeats; `held` says in
/// how many it held. A repeat in which the fault of its window did not happen (`probability`) is
/// left out. A repeat that has the window and no samples in it makes the claim fail, unless
/// `allow_empty`. A claim that was "not yet" true at the end of any repeat (not recovered) has no
/// finite mean: `<` and `<=` are broken.
///
/// Further findings: faults without effect, broken conservation, and the WHY paragraph.
[[nodiscard]] Findings assess(const scenarios::Scenario& scenario, const Record& record);

}  // namespace shaketable::reports
