/// One judged run and where it came from: what every renderer of files is given.
#pragma once

#include "reports/findings.h"
#include "reports/provenance.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// The pointers are not null and outlive whatever is called with them.
struct RunView {
    const scenarios::Scenario* scenario = nullptr;
    const Record* record = nullptr;
    const Findings* findings = nullptr;
    const Provenance* provenance = nullptr;
    /// What it is called beside other runs of the same report: its variant, or its scenario.
    [[nodiscard]] const std::string& name() const {
        return record->variant.empty() ? record->scenario : record->variant;
    }
};

}  // namespace shaketable::reports
