/// Reads result.json back: what `to_json` wrote gives an equal scenario, record and provenance.
///
/// Findings are not read: `assess` finds the same ones again from scenario and record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "reports/provenance.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

struct StoredResult {
    scenarios::Scenario scenario;  ///< without the contents of data files: nothing reads them here
    Record record;
    Provenance provenance;
};

/// Samples of a record in all, flows and services and repeats together, that are read at most.
inline constexpr std::uint64_t stored_samples_max = 100'000'000;

/// `name` stands in the problem. **Errors:** not JSON, another schema, a part that is missing or of
/// the wrong kind (the problem says which: `record.repeats[0].spans[2]`), or a file whose parts do
/// not fit each other. Nothing in the text is trusted.
[[nodiscard]] Result<StoredResult> read_result(const std::string& name, std::string_view text);

}  // namespace shaketable::reports
