/// The table of services by window, for a terminal.
#pragma once

#include <string>
#include <vector>

#include "reports/record/record.h"
#include "reports/render/paint.h"
#include "reports/summary.h"

namespace shaketable::reports {

/// One row per service and window: baseline, each fault, after; `run` where there was no fault. At
/// most 15 services, the busiest; says how many more there are.
[[nodiscard]] std::string service_table(const Record& record,
                                        const std::vector<WindowSummary>& windows,
                                        const TerminalStyle& style);

}  // namespace shaketable::reports
