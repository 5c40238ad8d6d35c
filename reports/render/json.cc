#include "reports/render/json.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "reports/metrics/metric.h"
#include "reports/render/figures.h"
#include "reports/render/json_record.h"
#include "reports/render/json_series.h"
#include "reports/render/json_windows.h"
#include "reports/render/json_writer.h"
#include "reports/select.h"
#include "reports/verdict.h"
#include "reports/version.h"
#include "reports/windows.h"
#include "scenarios/print.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

constexpr std::string_view comparison_sign(scenarios::Comparison comparison) {
    switch (comparison) {
        case scenarios::Comparison::less:
            return "<";
        case scenarios::Comparison::at_most:
            return "<=";
        case scenarios::Comparison::greater:
            return ">";
        case scenarios::Comparison::at_least:
            return ">=";
        case scenarios::Comparison::equal:
            return "==";
        case scenarios::Comparison::not_equal:
            return "!=";
    }
    return "?";
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    json.key(key).begin_array();
    for (const std::string& text : texts) json.text(text);
    json.end_array();
}

void write_identity(JsonWriter& json, const scenarios::Scenario& scenario, const Record& record) {
    json.key("schema").text(result_schema);
    json.key("tool").begin_object(Layout::compact);
    json.key("name").text("shaketable").key("version").text(tool_version).end_object();
    const std::uint64_t hash = random_key(0, 0, scenarios::print(scenario), "scenario").bits;
    json.key("scenario").begin_object();
    json.key("name").text(record.scenario).key("variant").text(record.variant);
    json.key("description").text(scenario.description);
    json.key("hash").text(fmt::format("{:016x}", hash)).end_object();
    json.key("run").begin_object();
    json.key("world").text(record.world).key("seed").whole(record.seed);
    json.key("duration").seconds(record.duration).key("warmup").seconds(record.warmup);
    json.key("cooldown").seconds(record.cooldown).key("sample_every").seconds(record.sample_every);
    json.key("repeats").whole(record.repeats.size()).end_object();
}

void write_finding(JsonWriter& json, const Finding& finding) {
    const scenarios::Claim& claim = finding.expectation.that;
    json.begin_object();
    json.key("id").text(finding.expectation.id).key("text").text(claim.text);
    json.key("verdict").text(name_of(finding.verdict)).key("uncertain").truth(finding.uncertain);
    json.key("severity").text(name_of(finding.expectation.severity));
    json.key("metric").text(name_of(claim.metric)).key("selector").text(print(claim.selector));
    json.key("window").text(describe(claim.span)).key("unit").text(unit_name(claim.unit));
    json.key("comparison").text(comparison_sign(claim.comparison)).key("limit").number(claim.limit);
    json.key("value");
    write(json, finding.value);
    json.key("values").begin_array(Layout::compact);
    for (const double value : finding.values) json.number(value);
    json.end_array();
    json.key("samples").whole(finding.samples);
    json.key("repeats_judged").whole(finding.judged).key("repeats_held").whole(finding.held);
    const Interval held = wilson_interval(finding.held, finding.judged);
    json.key("held_interval")
        .begin_array(Layout::compact)
        .number(held.low)
        .number(held.high)
        .end_array();
    json.key("repeats_open_ended").whole(finding.open_ended);
    write_texts(json, "notes", finding.notes);
    json.key("doc").text(finding.expectation.doc).end_object();
}

void write_findings(JsonWriter& json, const Findings& findings) {
    json.key("verdict").begin_object(Layout::compact);
    json.key("hold").truth(all_hold(findings));
    json.key("exit_code").whole(static_cast<std::uint64_t>(exit_code(findings))).end_object();
    json.key("method").text(
        "each expectation is judged on the mean over repeats; intervals are 95%, by Student's t "
        "over repeats, and Wilson's for shares of repeats");
    json.key("expectations").begin_array();
    for (const Finding& finding : findings.expectations) write_finding(json, finding);
    json.end_array();
    json.key("notices").begin_array();
    for (const Notice& notice : findings.notices) {
        json.begin_object(Layout::compact).key("kind").text(notice.kind);
        json.key("severity").text(name_of(notice.severity)).key("subject").text(notice.subject);
        json.key("text").text(notice.text).end_object();
    }
    json.end_array();
    write_texts(json, "why", findings.why);
}

void write_names(JsonWriter& json, const Record& record) {
    json.key("flows").begin_array();
    for (const FlowKey& flow : record.flows) {
        json.begin_object(Layout::compact).key("caller").text(flow.caller);
        json.key("from_workload").truth(flow.from_workload).key("from_zone").text(flow.from_zone);
        json.key("service").text(flow.service).key("endpoint").text(flow.endpoint).end_object();
    }
    json.end_array().key("services").begin_array();
    for (std::size_t s = 0; s < record.services.size(); ++s) {
        json.begin_object(Layout::compact).key("name").text(record.services[s]);
        json.key("replicas")
            .whole(s < record.replicas.size() ? record.replicas[s] : 0)
            .end_object();
    }
    json.end_array();
}

/// Faults with what they did: hits per repeat, and their occurrences in the first repeat.
void write_faults(JsonWriter& json, const scenarios::Scenario& scenario, const Record& record) {
    json.key("faults").begin_array();
    for (std::size_t f = 0; f < record.fault_ids.size(); ++f) {
        const std::string& id = record.fault_ids[f];
        const auto fault = std::find_if(scenario.faults.begin(), scenario.faults.end(),
                                        [&](const faults::Fault& x) { return x.id == id; });
        json.begin_object().key("id").text(id);
        json.key("kind").text(fault == scenario.faults.end() ? "" : faults::kind_name(fault->what));
        json.key("hits").begin_array(Layout::compact);
        for (const Repeat& repeat : record.repeats)
            json.whole(f < repeat.fault_hits.size() ? repeat.fault_hits[f] : 0);
        json.end_array().key("occurrences").begin_array(Layout::compact);
        if (!record.repeats.empty())
            for (const NamedSpan& span : record.repeats.front().spans)
                if (span.name == id)
                    json.begin_array().seconds(span.start).seconds(span.end).end_array();
        json.end_array().end_object();
    }
    json.end_array();
}

void write_repeats(JsonWriter& json, const Record& record) {
    json.key("repeats").begin_array();
    for (const Repeat& repeat : record.repeats) {
        json.begin_object(Layout::compact).key("requests").whole(repeat.requests);
        json.key("in_flight")
            .whole(repeat.in_flight)
            .key("engine_events")
            .whole(repeat.engine_events);
        json.key("fingerprint").text(fmt::format("{:016x}", repeat.fingerprint)).end_object();
    }
    json.end_array();
}

}  // namespace

std::string to_json(const scenarios::Scenario& scenario, const Record& record,
                    const Findings& findings, const Provenance& provenance) {
    JsonWriter json;
    json.begin_object();
    write_identity(json, scenario, record);
    write_findings(json, findings);
    write_names(json, record);
    write_faults(json, scenario, record);
    write_windows(json, scenario, record);
    write_series(json, record);
    write_events(json, record);
    write_traces(json, record);
    write_repeats(json, record);
    write_provenance(json, scenario, provenance);
    write_record(json, record);
    json.end_object();
    return json.finish();
}

}  // namespace shaketable::reports
