/// What a page is drawn from: one JSON document for any number of results.
#pragma once

#include <string>
#include <vector>

#include "reports/render/json_writer.h"
#include "reports/render/page_groups.h"
#include "reports/run_view.h"

namespace shaketable::reports {

/// {"tool", "sources": each text once, "runs": [...]}. Estimates are [mean, low, high], [mean] of
/// one repeat, or null. Rows named by number are those of the same run.
[[nodiscard]] std::string page_data(const std::vector<RunView>& runs);

/// The part "windows" of a run, with curves of percentiles.
void write_page_windows(JsonWriter& json, const scenarios::Scenario& scenario, const Record& record,
                        const PageGroups& groups);

}  // namespace shaketable::reports
