#include <array>

#include "reports/band.h"
#include "reports/render/formats.h"
#include "reports/render/json_writer.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

/// A row per step and entry: success share and p99, means over the repeats that have one.
void write_rows(JsonWriter& json, const Record& record, const Entry& entry) {
    std::vector<std::vector<StepTotals>> repeats;
    std::size_t steps = 0;
    for (const Repeat& repeat : record.repeats) {
        repeats.push_back(step_totals(repeat, entry.rows));
        steps = std::max(steps, repeats.back().size());
    }
    for (std::size_t k = 0; k < steps; ++k) {
        double success = 0, p99 = 0;
        std::size_t settled = 0, timed = 0;
        for (const std::vector<StepTotals>& one : repeats) {
            if (k >= one.size()) continue;
            const auto all = one[k].succeeded + one[k].failed;
            if (all > 0) {
                success += static_cast<double>(one[k].succeeded) / static_cast<double>(all);
                ++settled;
            }
            if (one[k].p99 >= 0) {
                p99 += one[k].p99;
                ++timed;
            }
        }
        json.begin_object(Layout::compact).key("time");
        json.seconds(record.sample_every * k).key("endpoint").text(entry.name).key("success");
        settled > 0 ? json.rounded(success / static_cast<double>(settled)) : json.null();
        json.key("p99");
        timed > 0 ? json.rounded(p99 / static_cast<double>(timed)) : json.null();
        json.end_object();
    }
}

/// Where faults were active, behind the lines of both charts.
void write_faults(JsonWriter& json, const Record& record) {
    json.begin_object().key("data").begin_object().key("values").begin_array();
    if (!record.repeats.empty())
        for (const NamedSpan& span : record.repeats.front().spans)
            for (const std::string& fault : record.fault_ids)
                if (span.name == fault) {
                    json.begin_object(Layout::compact).key("fault").text(fault).key("from");
                    json.seconds(span.start).key("to").seconds(span.end).end_object();
                }
    json.end_array().end_object().key("mark").begin_object(Layout::compact);
    json.key("type").text("rect").key("color").text("#d55e00").key("opacity").number(0.12);
    json.end_object().key("encoding").begin_object();
    json.key("x").begin_object(Layout::compact).key("field").text("from");
    json.key("type").text("quantitative").end_object();
    json.key("x2").begin_object(Layout::compact).key("field").text("to").end_object();
    json.end_object().end_object();
}

void write_chart(JsonWriter& json, const Record& record, std::string_view field,
                 std::string_view title, bool logarithmic) {
    json.begin_object().key("width").whole(520).key("height").whole(120);
    json.key("layer").begin_array();
    write_faults(json, record);
    json.begin_object().key("mark").begin_object(Layout::compact).key("type").text("line");
    json.key("clip").truth(true).end_object().key("encoding").begin_object();
    json.key("x").begin_object(Layout::compact).key("field").text("time");
    json.key("type").text("quantitative").key("title").text("time, s").end_object();
    json.key("y").begin_object(Layout::compact).key("field").text(field);
    json.key("type").text("quantitative").key("title").text(title);
    json.key("scale").begin_object().key("type").text(logarithmic ? "log" : "linear");
    json.end_object().end_object();
    for (const std::string_view channel : {"color", "strokeDash"}) {
        json.key(channel).begin_object(Layout::compact).key("field").text("endpoint");
        json.key("type").text("nominal").end_object();
    }
    json.end_object().end_object().end_array().end_object();
}

}  // namespace

std::string to_vega_lite(const RunView& run) {
    const Record& record = *run.record;
    JsonWriter json;
    json.begin_object().key("$schema").text("https://vega.github.io/schema/vega-lite/v5.json");
    json.key("title").text(record.scenario +
                           (record.variant.empty() ? "" : " · " + record.variant));
    json.key("data").begin_object().key("values").begin_array();
    for (const Entry& entry : entries_of(record)) write_rows(json, record, entry);
    json.end_array().end_object().key("vconcat").begin_array();
    write_chart(json, record, "success", "success", false);
    write_chart(json, record, "p99", "p99, s", true);
    json.end_array().end_object();
    return json.finish();
}

}  // namespace shaketable::reports
