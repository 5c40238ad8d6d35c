#include "reports/render/json.h"

#include <limits>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/assess.h"
#include "reports/render/json_writer.h"
#include "reports/version.h"
#include "tests/golden.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using nlohmann::json;
using scenarios::Metric;
using std::chrono::seconds;

namespace {

scenarios::Scenario expecting() {
    scenarios::Scenario s = small::scenario();
    scenarios::Expectation e;
    e.id = "survives";
    e.that = small::claim(Metric::success, small::checkout, small::during("cut"));
    e.that.text = "success(web.checkout) >= 99% during cut";
    e.that.comparison = scenarios::Comparison::at_least;
    e.that.limit = 0.99;
    e.that.unit = scenarios::Unit::share;
    s.expect = {e};
    return s;
}

Record with_trace() {
    Record r = small::record({small::broken(), small::metastable()});
    r.repeats[0].events = {{Time{seconds{30}}, "fault-start", "cut", ""}};
    r.repeats[0].fingerprint = 0xABCDEF;
    Visit visit;
    visit.service = "web";
    visit.endpoint = "checkout";
    visit.sent = Time{Duration{1'500'000'001}};
    visit.arrived = visit.started = visit.ended = never;
    visit.outcome = Outcome::timeout;
    r.traces = {{"users", 17, "failed", {visit}}};
    return r;
}

std::string result() {
    const Record r = with_trace();
    return to_json(expecting(), r, assess(expecting(), r));
}

}  // namespace

TEST_CASE("json writer: keys stand in the order of the calls, compact parts on one line") {
    JsonWriter w;
    w.begin_object().key("b").whole(1).key("a").begin_array(JsonWriter::Layout::compact);
    w.number(0.1).null().truth(true).end_array().key("c").begin_object().end_object().end_object();
    CHECK(w.finish() == "{\n \"b\": 1,\n \"a\": [0.1,null,true],\n \"c\": {}\n}\n");
}

TEST_CASE("json writer: text is escaped for JSON and for pages") {
    JsonWriter w;
    w.text("a\"\\\n\x01</script>&\xE2\x80\xA8\xFF ü");
    const std::string text = w.finish();
    CHECK(text == "\"a\\\"\\\\\\n\\u0001\\u003c/script\\u003e\\u0026\\u2028\\ufffd ü\"\n");
    CHECK(json::parse(text).get<std::string>() ==
          "a\"\\\n\x01</script>&\xE2\x80\xA8\xEF\xBF\xBD ü");
}

TEST_CASE("json writer: times are exact, what is not finite is null") {
    JsonWriter w;
    w.begin_array(JsonWriter::Layout::compact);
    w.seconds(Duration{1'500'000'001}).seconds(Duration{-250'000'000}).seconds(seconds{60});
    w.number(std::numeric_limits<double>::infinity()).rounded(1.0 / 3).rounded(-0.0).end_array();
    CHECK(w.finish() == "[1.500000001,-0.25,60,null,0.333333,0]\n");
}

TEST_CASE("json: equal arguments give equal bytes") {
    CHECK(result() == result());
}

TEST_CASE("json: the result of the small record is as it was") {
    const std::string got = result();
    CHECK(test::difference("tests/reports/render/small_result.json", got) == "");
}

TEST_CASE("json: the result says what was run, found and measured") {
    const json j = json::parse(result());
    CHECK(j["schema"] == "shaketable.result/v1");
    CHECK(j["tool"]["version"] == tool_version);
    CHECK(j["scenario"]["name"] == "small");
    CHECK(j["scenario"]["hash"].get<std::string>().size() == 16);
    CHECK(j["run"]["seed"] == 7);
    CHECK(j["run"]["repeats"] == 2);
    CHECK(j["verdict"]["exit_code"] == 1);
    const json& e = j["expectations"][0];
    CHECK(e["verdict"] == "broken");
    CHECK(e["value"]["mean"] == 0.2);
    CHECK(e["value"]["n"] == 2);
    CHECK(e["repeats_held"] == 0);
    CHECK(e["samples"] == 200);
    CHECK(j["flows"].size() == 2);
    CHECK(j["faults"][0]["occurrences"] == json::parse("[[30,40]]"));
    std::vector<std::string> names;
    for (const json& w : j["windows"]) names.push_back(w["name"]);
    CHECK(names == std::vector<std::string>{"baseline", "cut", "after", "run"});
    const json& cut = j["windows"][1];
    CHECK(cut["flows"][1]["attempts"]["mean"] == 4);
    CHECK(cut["flows"][0]["totals"]["settled"]["timeout"] == 160);
    CHECK(cut["services"][0]["wasted"]["mean"] == Approx(0.6));
    CHECK(j["series"]["flows"][0]["started"].size() == 60);
    CHECK(j["series"]["flows"][0]["succeeded"][45] == 6);  // ten in one repeat, two in the other
    CHECK(j["events"][0]["what"] == "fault-start");
    CHECK(j["traces"][0]["visits"][0]["sent"] == 1.500000001);
    CHECK(j["traces"][0]["visits"][0]["ended"].is_null());
    CHECK(j["repeats"][0]["fingerprint"] == "0000000000abcdef");
}

TEST_CASE("json: quantiles need ten calls beyond them") {
    const json j = json::parse(result());
    const json& latency = j["windows"][0]["flows"][0]["totals"]["latency"];
    CHECK(latency["count"] == 400);
    CHECK(latency["p95"].is_number());
    CHECK(latency["p99"].is_null());
}

TEST_CASE("json: the scenario's hash follows what it says") {
    const Record r = with_trace();
    scenarios::Scenario changed = expecting();
    changed.services.entries[0].value.idempotent = !changed.services.entries[0].value.idempotent;
    const Findings f = assess(expecting(), r);
    const json a = json::parse(to_json(expecting(), r, f));
    const json b = json::parse(to_json(changed, r, f));
    CHECK(a["scenario"]["hash"] != b["scenario"]["hash"]);
}

TEST_CASE("version: is the project's") {
    CHECK(test::read_file("CMakeLists.txt").find("VERSION " + std::string{tool_version} + " ") !=
          std::string::npos);
}
