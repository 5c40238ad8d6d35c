/// The part of result.json from which the record can be read back: "record" and "provenance".
///
/// "record" is for `read_result`; people and scripts are better served by `windows` and `series`,
/// which are made from it. Times in it are whole nanoseconds. Totals and samples stand by column;
/// a column of samples that is the same number throughout is that number alone. A histogram is
/// [sum of 2^64 ns, rest of the sum, longest, bucket, count, steps to the next bucket, count, ...];
/// a heat map's row is [column, band, count, ...].
#pragma once

#include "reports/provenance.h"
#include "reports/record/record.h"
#include "reports/render/json_writer.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// `traces`, `flows` and the names of services and faults stand elsewhere in result.json.
void write_record(JsonWriter& json, const Record& record);
/// The scenario as canonical YAML, the files it was read from, the command, and the lint's notes.
void write_provenance(JsonWriter& json, const scenarios::Scenario& scenario,
                      const Provenance& provenance);

}  // namespace shaketable::reports
