#include "reports/render/page_data.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/field.h"
#include "base/quantity.h"
#include "base/random.h"
#include "faults/target.h"
#include "reports/band.h"
#include "reports/render/figures.h"
#include "reports/render/page_groups.h"
#include "reports/render/page_series.h"
#include "reports/render/terminal.h"
#include "reports/select.h"
#include "reports/verdict.h"
#include "reports/version.h"
#include "scenarios/print.h"

namespace shaketable::reports {

namespace {

using Layout = JsonWriter::Layout;

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    json.key(key).begin_array(Layout::compact);
    for (const std::string& text : texts) json.text(text);
    json.end_array();
}

/// "file" and "line" of a part of the scenario, where they are known.
void write_place(JsonWriter& json, const Provenance& from, std::string_view path) {
    const Anchor* anchor = from.find(path);
    if (anchor == nullptr || anchor->line <= 0) return;
    json.key("file").text(anchor->file).key("line").integer(anchor->line);
}

void write_identity(JsonWriter& json, const RunView& run) {
    const Record& record = *run.record;
    const std::uint64_t hash = random_key(0, 0, scenarios::print(*run.scenario), "scenario").bits;
    json.key("name").text(record.scenario).key("variant").text(record.variant);
    json.key("description").text(run.scenario->description);
    json.key("hash").text(fmt::format("{:016x}", hash));
    json.key("world").text(record.world).key("seed").text(std::to_string(record.seed));
    json.key("duration").seconds(record.duration).key("warmup").seconds(record.warmup);
    json.key("cooldown").seconds(record.cooldown).key("sample").seconds(record.sample_every);
    json.key("command").text(run.provenance->command);
    json.key("environment").begin_array();
    for (const auto& [name, value] : record.environment)
        json.begin_array(Layout::compact).text(name).text(value).end_array();
    json.end_array().key("repeats").begin_array();
    for (const Repeat& repeat : record.repeats) {
        json.begin_array(Layout::compact).whole(repeat.requests).whole(repeat.in_flight);
        json.whole(repeat.engine_events);
        json.text(fmt::format("{:016x}", repeat.fingerprint)).end_array();
    }
    json.end_array();
}

void write_finding(JsonWriter& json, const RunView& run, std::size_t index) {
    const Finding& finding = run.findings->expectations[index];
    const scenarios::Claim& claim = finding.expectation.that;
    json.begin_object().key("id").text(finding.expectation.id).key("text").text(claim.text);
    json.key("verdict").text(name_of(finding.verdict)).key("fails").truth(finding.fails());
    json.key("uncertain").truth(finding.uncertain);
    json.key("value").text(finding.open_ended > 0 ? "≥ " + short_figure(finding.value, claim.unit)
                                                  : figure(finding.value, claim.unit));
    json.key("limit_text").text(figure(claim.limit, claim.unit));
    json.key("estimate").begin_array(Layout::compact);
    if (finding.value.n > 0)
        json.number(finding.value.mean).number(finding.value.low).number(finding.value.high);
    json.end_array().key("limit").number(claim.limit);
    json.key("upper").truth(claim.comparison == scenarios::Comparison::less ||
                            claim.comparison == scenarios::Comparison::at_most);
    json.key("unit").whole(static_cast<std::uint64_t>(claim.unit));
    json.key("window").text(describe(claim.span)).key("samples").whole(finding.samples);
    json.key("judged").whole(finding.judged).key("held").whole(finding.held);
    json.key("values").begin_array(Layout::compact);
    for (const double value : finding.values) json.rounded(value);
    json.end_array();
    write_texts(json, "notes", finding.notes);
    json.key("doc").text(finding.expectation.doc);
    write_place(json, *run.provenance, fmt::format("expect[{}]", index));
    json.end_object();
}

void write_findings(JsonWriter& json, const RunView& run) {
    json.key("hold").truth(all_hold(*run.findings));
    json.key("headline").text(verdict_line(*run.findings, {}));
    json.key("expectations").begin_array();
    for (std::size_t i = 0; i < run.findings->expectations.size(); ++i) write_finding(json, run, i);
    json.end_array().key("notices").begin_array();
    for (const Notice& notice : run.findings->notices) {
        json.begin_object(Layout::compact).key("kind").text(notice.kind);
        json.key("severity").text(name_of(notice.severity)).key("text").text(notice.text);
        json.end_object();
    }
    json.end_array();
    write_texts(json, "why", run.findings->why);
    const RecoverySummary recovery = summarize_recovery(*run.record, workload_flows(*run.record));
    json.key("recovery").begin_array(Layout::compact).whole(recovery.of).whole(recovery.back);
    json.rounded(recovery.seconds).end_array();
    json.key("lint").begin_array();
    for (const Problem& problem : run.provenance->lint) {
        json.begin_object().key("code").text(problem.code).key("text").text(problem.message);
        json.key("hint").text(problem.hint);
        write_texts(json, "notes", problem.notes);
        json.key("file").text(problem.where.file).key("line").integer(problem.where.line);
        json.end_object();
    }
    json.end_array();
}

void write_service(JsonWriter& json, const RunView& run, std::size_t row) {
    const std::string& name = run.record->services[row];
    json.begin_object().key("name").text(name);
    json.key("replicas").whole(row < run.record->replicas.size() ? run.record->replicas[row] : 0);
    if (const scenarios::Service* service = run.scenario->services.find(name)) {
        json.key("kind").text(name_of(service->kind));
        if (!service->workers.is_unlimited()) json.key("workers").whole(service->workers.value);
        if (!service->queue.limit.is_unlimited())
            json.key("queue").whole(service->queue.limit.value);
        json.key("zones").begin_array(Layout::compact);
        for (const auto& zone : run.scenario->zones)
            if (const std::uint32_t n = replicas_in(*run.scenario, name, zone.name); n > 0)
                json.begin_array().text(zone.name).whole(n).end_array();
        json.end_array();
    }
    write_place(json, *run.provenance, "services." + name);
    json.end_object();
}

void write_parts(JsonWriter& json, const RunView& run, const PageGroups& groups) {
    json.key("services").begin_array();
    for (std::size_t row = 0; row < run.record->services.size(); ++row)
        write_service(json, run, row);
    json.end_array().key("endpoints").begin_array();
    for (const PageEndpoint& endpoint : groups.endpoints) {
        json.begin_object(Layout::compact).key("name").text(endpoint.name);
        json.key("service").whole(endpoint.service).key("entry").truth(endpoint.entry);
        json.end_object();
    }
    json.end_array().key("edges").begin_array();
    for (const PageEdge& edge : groups.edges) {
        json.begin_object(Layout::compact).key("from").text(edge.from);
        json.key("workload").truth(edge.from_workload).key("to").whole(edge.to);
        json.key("async").truth(edge.async).key("optional").truth(edge.optional).end_object();
    }
    json.end_array().key("faults").begin_array();
    for (std::size_t f = 0; f < run.record->fault_ids.size(); ++f) {
        const std::string& id = run.record->fault_ids[f];
        json.begin_object().key("id").text(id);
        const auto& all = run.scenario->faults;
        const auto fault = std::find_if(all.begin(), all.end(),
                                        [&](const faults::Fault& x) { return x.id == id; });
        if (fault != all.end()) {
            json.key("kind").text(faults::kind_name(fault->what));
            json.key("target").text(fault->target ? Text<faults::Target>::print(*fault->target)
                                                  : "");
            write_place(json, *run.provenance, fmt::format("faults[{}]", fault - all.begin()));
        }
        std::uint64_t hits = 0;
        for (const Repeat& repeat : run.record->repeats)
            hits += f < repeat.fault_hits.size() ? repeat.fault_hits[f] : 0;
        json.key("hits").whole(hits).key("spans").begin_array(Layout::compact);
        if (!run.record->repeats.empty())
            for (const NamedSpan& span : run.record->repeats.front().spans)
                if (span.name == id)
                    json.begin_array().seconds(span.start).seconds(span.end).end_array();
        json.end_array().end_object();
    }
    json.end_array();
}

void write_run(JsonWriter& json, const RunView& run, const std::vector<SourceText>& sources) {
    const PageGroups groups = page_groups(*run.scenario, *run.record);
    json.begin_object();
    write_identity(json, run);
    json.key("sources").begin_array(Layout::compact);
    for (const SourceText& source : run.provenance->sources)
        json.whole(static_cast<std::uint64_t>(std::find(sources.begin(), sources.end(), source) -
                                              sources.begin()));
    json.end_array();
    write_findings(json, run);
    write_parts(json, run, groups);
    write_page_windows(json, *run.scenario, *run.record, groups);
    write_page_series(json, *run.record, groups);
    write_page_heat(json, *run.record, groups);
    write_page_events(json, *run.record);
    write_page_traces(json, *run.record);
    json.end_object();
}

}  // namespace

std::string page_data(const std::vector<RunView>& runs) {
    std::vector<SourceText> sources;
    for (const RunView& run : runs)
        for (const SourceText& source : run.provenance->sources)
            if (std::find(sources.begin(), sources.end(), source) == sources.end())
                sources.push_back(source);
    JsonWriter json;
    json.begin_object(Layout::compact).key("tool").text(tool_version);
    json.key("sources").begin_array();
    for (const SourceText& source : sources)
        json.begin_object()
            .key("name")
            .text(source.name)
            .key("text")
            .text(source.text)
            .end_object();
    json.end_array().key("runs").begin_array();
    for (const RunView& run : runs) write_run(json, run, sources);
    json.end_array().end_object();
    return json.finish();
}

}  // namespace shaketable::reports
