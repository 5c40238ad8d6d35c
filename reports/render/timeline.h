/// Success and p99 of each entry over time, with the faults beneath.
#pragma once

#include <string>
#include <vector>

#include "reports/record/record.h"
#include "reports/render/paint.h"

namespace shaketable::reports {

/// Eight levels from 0 to `most`; a negative value is none. ASCII: " _.-:=+*#"-like signs of
/// growing height.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, double most, bool ascii);

/// One block per entry (at most 5): success (mean over repeats; a full bar is 100%), p99 (the
/// largest of the steps in a column, mean over repeats), then one band per fault (at most 8;
/// occurrences of the first repeat) and a time axis. "" without samples.
[[nodiscard]] std::string timeline(const Record& record, const TerminalStyle& style);

}  // namespace shaketable::reports
