/// The parts of result.json that follow time: series, events, traces.
#pragma once

#include "reports/record/record.h"
#include "reports/render/json_writer.h"

namespace shaketable::reports {

/// "series": one array per figure, the mean over repeats of each step; null where no repeat has a
/// value.
void write_series(JsonWriter& json, const Record& record);
/// "events" of the first repeat, and how many were not kept.
void write_events(JsonWriter& json, const Record& record);
/// "traces" of the first repeat. A time that was not reached is null.
void write_traces(JsonWriter& json, const Record& record);

}  // namespace shaketable::reports
