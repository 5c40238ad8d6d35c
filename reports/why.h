/// Why a run went as it did, in plain sentences, from the record alone. Every number in them was
/// measured.
///
/// In this order, each only where the record shows it: what the fault did to those who use the
/// system; which service was saturated first, and which followed; by how much retries multiplied
/// the load; how much work was for callers who had left; what breakers, budgets and shedding did;
/// whether and when it recovered, or what keeps it down after the fault is gone.
///
/// Shares are sums over all repeats; times are means over the repeats that have them.
#pragma once

#include <string>
#include <vector>

#include "reports/record/record.h"
#include "reports/summary.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// Whole sentences with full stop. Never empty for a record with at least one repeat.
[[nodiscard]] std::vector<std::string> explain_why(const scenarios::Scenario& scenario,
                                                   const Record& record);

}  // namespace shaketable::reports
