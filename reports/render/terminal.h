/// The result of one variant, for people: expectations, services, time lines, why.
///
/// Names from the scenario are stripped of what a terminal could take for a command. Never wider
/// than `style.width`, but for single words that are.
#pragma once

#include <string>

#include "reports/findings.h"
#include "reports/record/record.h"
#include "reports/render/paint.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

[[nodiscard]] std::string to_terminal(const scenarios::Scenario& scenario, const Record& record,
                                      const Findings& findings, const TerminalStyle& style);

/// The last line alone: "✗ 3 of 6 expectations failed, 1 warning".
[[nodiscard]] std::string verdict_line(const Findings& findings, const TerminalStyle& style);

}  // namespace shaketable::reports
