/// What findings mean for the exit code.
#pragma once

#include <algorithm>

#include "reports/findings.h"

namespace shaketable::reports {

/// Every expectation of severity error holds, and nothing else of that severity was found.
[[nodiscard]] inline bool all_hold(const Findings& findings) {
    return std::none_of(findings.expectations.begin(), findings.expectations.end(),
                        [](const Finding& f) { return f.fails(); }) &&
           std::none_of(findings.notices.begin(), findings.notices.end(), [](const Notice& n) {
               return n.severity == scenarios::FindingSeverity::error;
           });
}

/// 0: all expectations hold. 1: one of them failed.
[[nodiscard]] inline int exit_code(const Findings& findings) {
    return all_hold(findings) ? 0 : 1;
}

}  // namespace shaketable::reports
