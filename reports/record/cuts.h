/// Where a run is cut into segments, so that every window an expectation can name is a sum of whole
/// segments.
#pragma once

#include <vector>

#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// The spans of one repeat by name, in this order: "baseline", "run", the scenario's `windows`,
/// then `fault_spans` (one entry per occurrence, as given).
///
/// `run` reaches from the end of the warm-up to the start of the cool-down; `baseline` from the end
/// of the warm-up to the start of the first occurrence of any fault, or to the end of `run` where
/// there is none. A span without any length within the run is left out: a fault that begins during
/// the warm-up leaves no baseline.
[[nodiscard]] std::vector<NamedSpan> named_spans(const scenarios::Scenario& scenario,
                                                 const std::vector<NamedSpan>& fault_spans);

/// Every instant at which a run must be cut, ascending, without repetition: 0, the ends of warm-up
/// and run, both ends of every span of `named_spans`, the instants W + D of `after W + D`, and last
/// the run's duration.
[[nodiscard]] std::vector<Time> cut_times(const scenarios::Scenario& scenario,
                                          const std::vector<NamedSpan>& fault_spans);

}  // namespace shaketable::reports
