/// Two runs side by side, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "reports/compare.h"
#include "reports/render/paint.h"
#include "reports/run_view.h"

namespace shaketable::reports {

/// Both runs with the figures that differ between them.
struct ComparedRuns {
    std::string name_a, name_b;  ///< what they are called: the paths they were read from
    RunView a, b;
    std::vector<Difference> differences;
};

/// One row a figure: both values, the difference with its interval, the word; and how the words
/// were found.
[[nodiscard]] std::string to_terminal(const ComparedRuns& runs, const TerminalStyle& style);

/// An array with one object per pair of runs.
[[nodiscard]] std::string to_json(const std::vector<ComparedRuns>& pairs);

}  // namespace shaketable::reports
