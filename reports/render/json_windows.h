/// The part of result.json that holds totals and estimates by window.
#pragma once

#include "reports/record/record.h"
#include "reports/render/json_writer.h"
#include "reports/statistics.h"
#include "scenarios/scenario.h"

namespace shaketable::reports {

/// {"mean","low","high","n"}, or null for no values.
void write(JsonWriter& json, const Estimate& estimate);

/// "windows": for each window its flows and services.
void write_windows(JsonWriter& json, const scenarios::Scenario& scenario, const Record& record);

}  // namespace shaketable::reports
