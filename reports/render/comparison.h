/// Several variants side by side, for people.
#pragma once

#include <string>
#include <vector>

#include "reports/findings.h"
#include "reports/record/record.h"
#include "reports/render/paint.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// One variant's results. The pointers are not null and outlive the call.
struct VariantResult {
    const scenarios::Scenario* scenario = nullptr;
    const Record* record = nullptr;
    const Findings* findings = nullptr;
};

/// One row per variant: expectations held, success before, during the worst fault and after, p99
/// before and during it, time to recover, most tries a call on any edge, most wasted work of any
/// service. Success, p99 and recovery are of all workloads together. All variants ran on the same
/// dice, so that differences between rows are due to the variants.
[[nodiscard]] std::string to_terminal_comparison(const std::vector<VariantResult>& variants,
                                                 const TerminalStyle& style);

}  // namespace shaketable::reports
