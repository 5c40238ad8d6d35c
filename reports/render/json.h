/// result.json: everything a run found, for machines. Schema `shaketable.result/v1`.
///
/// Byte-identical for equal arguments. All times are seconds, all shares 0 .. 1, all rates a
/// second. An estimate is
/// {"mean","low","high","n"} (95% interval by Student's t over repeats; low = high = mean for n =
/// 1) or null where no repeat has a value. `flows` and `services` of windows and series stand in
/// the order of the top-level lists. Series are means over repeats, six digits.
/// `record` holds everything that was recorded, for `read_result`; see json_record.h.
#pragma once

#include <string>

#include "reports/findings.h"
#include "reports/provenance.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

inline constexpr std::string_view result_schema = "shaketable.result/v1";

[[nodiscard]] std::string to_json(const scenarios::Scenario& scenario, const Record& record,
                                  const Findings& findings, const Provenance& provenance = {});

}  // namespace shaketable::reports
