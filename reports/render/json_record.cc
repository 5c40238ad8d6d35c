#include "reports/render/json_record.h"

#include <algorithm>
#include <type_traits>

#include "base/field.h"
#include "reports/render/record_fields.h"
#include "scenarios/print.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

void write_value(JsonWriter& json, std::uint64_t value) {
    json.whole(value);
}
void write_value(JsonWriter& json, std::uint32_t value) {
    json.whole(value);
}
void write_value(JsonWriter& json, float value) {
    json.single(value);
}
void write_value(JsonWriter& json, Duration value) {
    json.integer(value.count());
}
void write_value(JsonWriter& json, RequestTime value) {
    json.nanoseconds(value);
}
void write_value(JsonWriter& json, Time value) {
    json.integer(value.time_since_epoch().count());
}
void write_value(JsonWriter& json, const std::array<std::uint64_t, outcome_count>& by) {
    json.begin_array();
    // Zeros at the end say nothing.
    auto last = by.end();
    while (last != by.begin() && *(last - 1) == 0) --last;
    for (auto at = by.begin(); at != last; ++at) json.whole(*at);
    json.end_array();
}
void write_value(JsonWriter& json, const Histogram& histogram) {
    json.begin_array();
    if (histogram.count() > 0 || histogram.sum_ns() > 0) {
        json.whole(static_cast<std::uint64_t>(histogram.sum_ns() >> 64U));
        json.whole(static_cast<std::uint64_t>(histogram.sum_ns()));
        json.integer(histogram.longest().count());
        std::uint32_t before = 0;
        for (const auto& [bucket, count] : histogram.filled()) {
            json.whole(bucket - before).whole(count);
            before = bucket;
        }
    }
    json.end_array();
}

/// Totals of one segment: a column per figure, one entry per row.
template <class Totals>
void write_totals(JsonWriter& json, std::string_view key, const std::vector<Totals>& rows) {
    json.key(key).begin_object();
    each_column<Totals>([&](const auto& column) {
        const auto is_zero = [&](const Totals& row) {
            return row.*column.member == std::remove_cvref_t<decltype(row.*column.member)>{};
        };
        if (column.only_if_any && std::all_of(rows.begin(), rows.end(), is_zero)) return;
        json.key(column.name).begin_array(Layout::compact);
        for (const Totals& row : rows) write_value(json, row.*column.member);
        json.end_array();
    });
    json.end_object();
}

template <class Sample>
void write_samples(JsonWriter& json, std::string_view key,
                   const std::vector<std::vector<Sample>>& rows) {
    json.key(key).begin_array();
    for (const std::vector<Sample>& row : rows) {
        json.begin_object().key("steps").whole(row.size());
        each_column<Sample>([&](const auto& column) {
            json.key(column.name);
            const auto differs = [&](const Sample& s) {
                return s.*column.member != row.front().*column.member;
            };
            if (!row.empty() && std::none_of(row.begin(), row.end(), differs)) {
                write_value(json, row.front().*column.member);
                return;
            }
            json.begin_array(Layout::compact);
            for (const Sample& sample : row) write_value(json, sample.*column.member);
            json.end_array();
        });
        json.end_object();
    }
    json.end_array();
}

void write_heat(JsonWriter& json, const HeatMap& heat) {
    json.key("heat").begin_object().key("every").integer(heat.every.count());
    json.key("flows").begin_array();
    for (const std::vector<HeatMap::Cell>& cells : heat.flows) {
        json.begin_array(Layout::compact);
        for (const HeatMap::Cell& cell : cells)
            json.whole(cell.column).whole(cell.band).whole(cell.count);
        json.end_array();
    }
    json.end_array().end_object();
}

void write_repeat(JsonWriter& json, const Repeat& repeat) {
    json.begin_object();
    each_column<Repeat>([&](const auto& column) {
        json.key(column.name);
        write_value(json, repeat.*column.member);
    });
    json.key("fault_hits").begin_array(Layout::compact);
    for (const std::uint64_t hits : repeat.fault_hits) json.whole(hits);
    json.end_array().key("spans").begin_array(Layout::compact);
    for (const NamedSpan& span : repeat.spans) {
        json.begin_array().text(span.name);
        write_value(json, span.start);
        write_value(json, span.end);
        json.end_array();
    }
    json.end_array().key("segments").begin_array();
    for (const Segment& segment : repeat.segments) {
        json.begin_object().key("start");
        write_value(json, segment.start);
        json.key("end");
        write_value(json, segment.end);
        write_totals(json, "flows", segment.flows);
        write_totals(json, "services", segment.services);
        json.end_object();
    }
    json.end_array();
    write_samples(json, "flow_samples", repeat.flow_samples);
    write_samples(json, "service_samples", repeat.service_samples);
    write_heat(json, repeat.heat);
    json.key("events").begin_array();
    for (const Event& event : repeat.events) {
        json.begin_array(Layout::compact);
        write_value(json, event.at);
        json.text(event.what).text(event.subject).text(event.detail).end_array();
    }
    json.end_array().end_object();
}

}  // namespace

void write_record(JsonWriter& json, const Record& record) {
    json.key("record").begin_object();
    json.key("duration").integer(record.duration.count());
    json.key("warmup").integer(record.warmup.count());
    json.key("cooldown").integer(record.cooldown.count());
    json.key("sample_every").integer(record.sample_every.count());
    json.key("environment").begin_array();
    for (const auto& [name, value] : record.environment)
        json.begin_array(Layout::compact).text(name).text(value).end_array();
    json.end_array().key("repeats").begin_array();
    for (const Repeat& repeat : record.repeats) write_repeat(json, repeat);
    json.end_array().end_object();
}

void write_provenance(JsonWriter& json, const scenarios::Scenario& scenario,
                      const Provenance& provenance) {
    json.key("provenance").begin_object();
    json.key("place").whole(provenance.place);
    json.key("command").text(provenance.command);
    json.key("canonical").text(scenarios::print(scenario));
    json.key("sources").begin_array();
    for (const SourceText& source : provenance.sources)
        json.begin_object()
            .key("name")
            .text(source.name)
            .key("text")
            .text(source.text)
            .end_object();
    json.end_array().key("anchors").begin_array();
    for (const Anchor& anchor : provenance.anchors) {
        json.begin_array(Layout::compact).text(anchor.path).text(anchor.file);
        json.integer(anchor.line).end_array();
    }
    json.end_array().key("lint").begin_array();
    for (const Problem& problem : provenance.lint) {
        json.begin_object().key("code").text(problem.code).key("message").text(problem.message);
        json.key("hint").text(problem.hint).key("notes").begin_array();
        for (const std::string& note : problem.notes) json.text(note);
        json.end_array().key("file").text(problem.where.file);
        json.key("line").integer(problem.where.line).key("column").integer(problem.where.column);
        json.end_object();
    }
    json.end_array().end_object();
}

}  // namespace shaketable::reports
