/// What is wrong with a run whatever its expectations say.
#pragma once

#include <vector>

#include "reports/findings.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// Faults that were active and touched nothing, and faults that never happened: the run proves less
/// than it seems to.
[[nodiscard]] std::vector<Notice> find_faults_without_effect(const Record& record);

/// started = settled + in flight, for the workloads of each repeat; and no more settled than
/// started in any flow.
[[nodiscard]] std::vector<Notice> find_broken_conservation(const Record& record);

/// Events that the record had no room for: the timeline shows only the first ones.
[[nodiscard]] std::vector<Notice> find_dropped_events(const Record& record);

/// `warmup: auto` that found no steady state in the time before the first fault.
[[nodiscard]] std::vector<Notice> find_missing_steady_state(const scenarios::Scenario& scenario,
                                                            const Record& record);

}  // namespace shaketable::reports
