#include "reports/render/formats.h"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/assess.h"
#include "reports/render/catalogue.h"
#include "reports/render/topology_text.h"
#include "tests/golden.h"
#include "tests/reports/rich_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using nlohmann::json;

namespace {

struct Whole {
    scenarios::Scenario scenario = rich::scenario();
    Record record = rich::record();
    Findings findings = assess(scenario, record);
    Provenance provenance = rich::provenance();
    [[nodiscard]] RunView view() const { return {&scenario, &record, &findings, &provenance}; }
};

/// A result whose names try to be something else.
Whole hostile() {
    Whole whole;
    const std::string name = "a\"b'<c>&,\n|`x`%::error::{}=\\";
    whole.record.scenario = whole.record.variant = name;
    for (FlowKey& flow : whole.record.flows) flow.caller = name;
    whole.record.services[0] = name;
    for (Finding& finding : whole.findings.expectations) finding.expectation.that.text = name;
    whole.provenance.command = name;
    return whole;
}

std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("formats: files for other programs are as they were") {
    const Whole whole;
    const std::vector<RunView> runs{whole.view()};
    const auto same = [](const char* name, const std::string& got) {
        CHECK(test::difference(std::string{"tests/reports/render/small_"} + name, got) == "");
    };
    same("junit.xml", to_junit(runs));
    same("annotations.github", to_github(runs));
    same("summary.md", to_markdown(runs));
    same("metrics.prom", to_prometheus(runs));
    same("trace.otlp.json", to_otlp(whole.view()));
    same("trace.chrome.json", to_chrome_trace(whole.view()));
    same("latency.hgrm", to_hgrm(whole.view()));
    same("topology.dot", to_dot(whole.scenario));
    same("topology.mmd", to_mermaid(whole.scenario));
}

TEST_CASE("junit: what fails the run fails, what warns does not") {
    const Whole whole;
    const std::string xml = to_junit({whole.view(), whole.view()});
    CHECK(xml.find("tests=\"6\" failures=\"2\"") != std::string::npos);
    CHECK(xml.find("line=\"21\"") != std::string::npos);
    CHECK(xml.find("<failure type=\"broken\"") != std::string::npos);
}

TEST_CASE("github: a failed expectation stands at its line, and no name can begin a command") {
    const Whole whole;
    const std::string text = to_github({whole.view()});
    CHECK(text.starts_with("::error file=small.yaml,line=21,title=small%3A expectation failed::"));
    CHECK(text.find("::warning file=small.yaml,line=23,") != std::string::npos);
    CHECK(text.find("::notice file=small.yaml,line=15,title=W203::") != std::string::npos);
    const std::string other = to_github({hostile().view()});
    CHECK(lines(other) == lines(text));
    CHECK(other.find("\n::error::{}") == std::string::npos);
}

TEST_CASE("github: variants of one file give the notes of the lint once") {
    const Whole whole;
    const std::string one = to_github({whole.view()}),
                      two = to_github({whole.view(), whole.view()});
    const auto notes = [](const std::string& text) {
        std::size_t n = 0;
        for (std::size_t at = text.find("::notice"); at != std::string::npos;
             at = text.find("::notice", at + 1))
            ++n;
        return n;
    };
    CHECK(notes(one) == 1);
    CHECK(notes(two) == 1);
}

TEST_CASE("markdown: a name has no meaning, and a table keeps its columns") {
    const std::string text = to_markdown({hostile().view()});
    CHECK(text.find("# a\"b'\\<c\\>\\&") != std::string::npos);
    CHECK(text.find("`` a\"b'<c>&,?\\|`x`%::error::{}=\\ ``") != std::string::npos);
    std::size_t start = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         start = end + 1, end = text.find('\n', start)) {
        const std::string line = text.substr(start, end - start);
        if (!line.starts_with("| ✅") && !line.starts_with("| ❌")) continue;
        std::size_t bars = 0;
        for (std::size_t i = 0; i < line.size(); ++i)
            if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++bars;
        CHECK(bars == 6);
    }
}

TEST_CASE("csv: a row for each step of each flow and service, all of one width") {
    const Whole whole;
    const std::string text = to_csv({whole.view()});
    CHECK(lines(text) == 1 + 60 * 4);
    std::set<long> widths;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find("\r\n", at);
        widths.insert(std::count(text.begin() + static_cast<long>(at),
                                 text.begin() + static_cast<long>(end), ','));
        at = end + 2;
    }
    CHECK(widths == std::set<long>{23});
    CHECK(text.find("small,,31,flow,users,,web,checkout,10,2,8,10,0,0.2,,0.2,") !=
          std::string::npos);
}

TEST_CASE("csv: no text begins a formula") {
    Whole whole;
    whole.record.services[0] = "=cmd()";
    whole.record.services[1] = "a,\"b\"";
    const std::string text = to_csv({whole.view()});
    CHECK(text.find(",=cmd") == std::string::npos);
    CHECK(text.find(",'=cmd()") != std::string::npos);
    CHECK(text.find(",\"a,\"\"b\"\"\"") != std::string::npos);
}

TEST_CASE("prometheus: labels are quoted, and the samples of a metric stand together") {
    const std::string text = to_prometheus({hostile().view()});
    CHECK(text.find("variant=\"a\\\"b'<c>&,?|`x`%::error::{}=\\\\\"") != std::string::npos);
    std::set<std::string> closed;
    std::string current;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with("#")) continue;
        const std::string name = line.substr(0, line.find('{'));
        if (name != current) {
            CHECK(closed.insert(name).second);
            current = name;
        }
    }
    CHECK(closed.size() == 13);
}

TEST_CASE("otlp: every try is a span, its parent its caller's, within one trace") {
    const Whole whole;
    const json j = json::parse(to_otlp(whole.view()));
    std::map<std::string, json> spans;
    for (const json& resource : j["resourceSpans"])
        for (const json& span : resource["scopeSpans"][0]["spans"])
            spans[span["spanId"].get<std::string>()] = span;
    CHECK(spans.size() == 6);
    std::set<std::string> traces;
    for (const auto& [id, span] : spans) {
        CHECK(id.size() == 16);
        CHECK(span["traceId"].get<std::string>().size() == 32);
        traces.insert(span["traceId"].get<std::string>());
        if (!span.contains("parentSpanId")) continue;
        REQUIRE(spans.count(span["parentSpanId"].get<std::string>()) == 1);
        CHECK(spans[span["parentSpanId"].get<std::string>()]["traceId"] == span["traceId"]);
    }
    CHECK(traces.size() == 3);
    CHECK(j["resourceSpans"].size() == 2);  // ledger, and the requests of the workload
}

TEST_CASE("chrome trace: no two slices of a lane overlap, unless one is within the other") {
    Whole whole;
    for (int i = 0; i < 20; ++i) {
        Trace more = whole.record.traces[0];
        more.ordinal = static_cast<std::uint64_t>(i);
        for (Visit& visit : more.visits) {
            visit.sent += std::chrono::milliseconds{37 * i};
            if (visit.arrived != never) visit.arrived += std::chrono::milliseconds{37 * i};
            if (visit.started != never) visit.started += std::chrono::milliseconds{37 * i};
            if (visit.ended != never) visit.ended += std::chrono::milliseconds{37 * i};
        }
        whole.record.traces.push_back(more);
    }
    const json j = json::parse(to_chrome_trace(whole.view()));
    std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> lanes;
    std::size_t arrows = 0;
    for (const json& event : j["traceEvents"]) {
        if (event["ph"] == "s") ++arrows;
        if (event["ph"] != "X" || event.value("cat", "") == "queue") continue;
        lanes[{event["pid"], event["tid"]}].emplace_back(
            event["ts"].get<double>(), event["ts"].get<double>() + event["dur"].get<double>());
    }
    CHECK(arrows == 3 + 20 * 2);
    for (auto& [lane, slices] : lanes) {
        std::sort(slices.begin(), slices.end());
        for (std::size_t i = 1; i < slices.size(); ++i)
            CHECK(slices[i].first >= slices[i - 1].second - 1e-3);
    }
}

TEST_CASE("hgrm: percentiles ascend, and the last line is the longest call") {
    const Whole whole;
    const std::string text = to_hgrm(whole.view());
    CHECK(text.starts_with("       Value     Percentile TotalCount 1/(1-Percentile)\n\n"));
    CHECK(text.find("     200.000 1.000000000000") != std::string::npos);
    CHECK(text.find("Total count    =          620]") != std::string::npos);
}

TEST_CASE("vega-lite: the specification is whole, with a row for each step") {
    const Whole whole;
    const json j = json::parse(to_vega_lite(whole.view()));
    CHECK(j["data"]["values"].size() == 60);
    CHECK(j["data"]["values"][45]["success"] == 0.6);
    CHECK(j["vconcat"][0]["layer"][0]["data"]["values"][0]["from"] == 30);
}

TEST_CASE("dot, mermaid: no name can end its label") {
    scenarios::Scenario scenario = rich::scenario();
    scenario.services.entries[0].name = "a\"]; x -> y; \\";
    CHECK(to_dot(scenario).find(R"([label="a\"]; x -> y; \\", shape=cylinder])") !=
          std::string::npos);
    CHECK(to_mermaid(scenario).find(R"([("a#34;]#59; x -#62; y#59; #92;")])") != std::string::npos);
}

TEST_CASE("catalogue: the longest ending counts, an unknown one has no renderer") {
    CHECK(find_renderer("a/result.json")->ending == ".json");
    CHECK(find_renderer("a/trace.otlp.json")->ending == ".otlp.json");
    CHECK(find_renderer("x.exe") == nullptr);
    CHECK(find_renderer("x") == nullptr);
    CHECK(path_for("a/x.otlp.json", *find_renderer("x.otlp.json"), "naive") ==
          "a/x.naive.otlp.json");
    CHECK(path_for("x.hgrm", *find_renderer("x.hgrm"), "") == "x.hgrm");
}

TEST_CASE("catalogue: every renderer makes something of a run, even of one without repeats") {
    Whole whole;
    Whole empty;
    empty.record.repeats.clear();
    empty.record.traces.clear();
    empty.findings = {};
    empty.provenance = {};
    for (const Renderer& renderer : renderers()) {
        INFO(renderer.ending);
        CHECK(renderer.render({whole.view()}).size() > 50);
        CHECK_NOTHROW(renderer.render({empty.view()}));
        CHECK(renderer.render({whole.view()}) == renderer.render({whole.view()}));
    }
}
