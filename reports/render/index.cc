#include "reports/render/index.h"

#include <algorithm>

#include "reports/band.h"
#include "reports/render/html.h"
#include "reports/render/json_writer.h"
#include "reports/render/terminal.h"
#include "reports/render/web_assets.h"
#include "reports/select.h"
#include "reports/summary.h"
#include "reports/verdict.h"

namespace shaketable::reports {

namespace {

constexpr std::size_t points_most = 60;

double mean_of_estimate(const Estimate& estimate) {
    return estimate.n > 0 ? estimate.mean : -1;
}

void set_windows(IndexRow& row, const RunView& run) {
    const Record& record = *run.record;
    const std::vector<std::uint32_t> rows = workload_flows(record);
    const auto calls = [&](WindowKind kind, const std::string& name) {
        return summarize_calls(record, stretches_by_repeat(record, kind, name), rows);
    };
    const CallSummary before = calls(WindowKind::baseline, "baseline");
    row.success_before = mean_of_estimate(before.success);
    row.p99_before = mean_of_estimate(before.p99);
    row.success_after = mean_of_estimate(calls(WindowKind::after, "after").success);
    for (const std::string& fault : record.fault_ids) {
        const CallSummary during = calls(WindowKind::fault, fault);
        const double success = mean_of_estimate(during.success);
        if (success < 0 || (row.success_during >= 0 && success >= row.success_during)) continue;
        row.success_during = success;
        row.p99_during = mean_of_estimate(during.p99);
    }
}

/// Largest p99 of the steps behind each point, of the first repeat.
std::vector<double> line_of(const Record& record) {
    if (record.repeats.empty()) return {};
    const std::vector<StepTotals> steps =
        step_totals(record.repeats.front(), workload_flows(record));
    const std::size_t merged =
        std::max<std::size_t>((steps.size() + points_most - 1) / points_most, 1);
    std::vector<double> line((steps.size() + merged - 1) / merged, -1);
    for (std::size_t k = 0; k < steps.size(); ++k)
        line[k / merged] = std::max(line[k / merged], steps[k].p99);
    return line;
}

void write_share(JsonWriter& json, std::string_view key, double value) {
    json.key(key);
    value < 0 ? json.null() : json.rounded(value);
}

void write_row(JsonWriter& json, const IndexRow& row) {
    json.begin_object(JsonWriter::Layout::compact);
    json.key("folder").text(row.folder).key("report").text(row.report);
    json.key("scenario").text(row.scenario).key("variant").text(row.variant);
    json.key("world").text(row.world).key("headline").text(row.headline);
    json.key("hold").truth(row.hold).key("seed").text(std::to_string(row.seed));
    json.key("repeats").whole(row.repeats).key("expectations").whole(row.expectations);
    json.key("held").whole(row.held).key("requests").whole(row.requests);
    json.key("duration").number(row.duration);
    write_share(json, "success_before", row.success_before);
    write_share(json, "success_during", row.success_during);
    write_share(json, "success_after", row.success_after);
    write_share(json, "p99_before", row.p99_before);
    write_share(json, "p99_during", row.p99_during);
    write_share(json, "recovery", row.recovery);
    json.key("never_back").truth(row.never_back).key("p99s").begin_array();
    for (const double value : row.p99s) value < 0 ? json.null() : json.rounded(value, 3);
    json.end_array().end_object();
}

}  // namespace

IndexRow index_row(const RunView& run, std::string folder, std::string report) {
    const Record& record = *run.record;
    const std::vector<Finding>& found = run.findings->expectations;
    IndexRow row;
    row.folder = std::move(folder);
    row.report = std::move(report);
    row.scenario = record.scenario;
    row.variant = record.variant;
    row.world = record.world;
    row.headline = verdict_line(*run.findings, {});
    row.hold = all_hold(*run.findings);
    row.seed = record.seed;
    row.repeats = record.repeats.size();
    row.expectations = found.size();
    row.held = static_cast<std::size_t>(std::count_if(
        found.begin(), found.end(), [](const Finding& f) { return f.verdict == Verdict::hold; }));
    for (const Repeat& repeat : record.repeats) row.requests += repeat.requests;
    row.duration = to_seconds(record.duration);
    set_windows(row, run);
    const RecoverySummary recovery = summarize_recovery(record, workload_flows(record));
    if (recovery.back > 0) row.recovery = recovery.seconds;
    row.never_back = recovery.back < recovery.of;
    row.p99s = line_of(record);
    return row;
}

std::string to_index(const std::vector<IndexRow>& rows) {
    JsonWriter json;
    json.begin_object(JsonWriter::Layout::compact).key("rows").begin_array();
    for (const IndexRow& row : rows) write_row(json, row);
    json.end_array().end_object();
    return page_around("runs · shaketable", index_script(), json.finish());
}

}  // namespace shaketable::reports
