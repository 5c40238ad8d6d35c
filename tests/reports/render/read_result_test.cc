#include "reports/render/read_result.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "reports/assess.h"
#include "reports/render/json.h"
#include "tests/reports/rich_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using nlohmann::json;

namespace {

std::string written() {
    const Record record = rich::record();
    return to_json(rich::scenario(), record, assess(rich::scenario(), record), rich::provenance());
}

/// The message for a result in which the value at a JSON pointer was changed.
std::string message_after(const char* pointer, const json& value) {
    json changed = json::parse(written());
    changed[json::json_pointer{pointer}] = value;
    const auto read = read_result("result.json", changed.dump());
    return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("read_result: what was written gives an equal scenario, record and provenance") {
    const auto read = read_result("result.json", written());
    REQUIRE(read);
    CHECK(read->record == rich::record());
    CHECK(read->scenario == rich::scenario());
    CHECK(read->provenance == rich::provenance());
}

TEST_CASE("read_result: writing what was read gives the same bytes") {
    const auto read = read_result("result.json", written());
    REQUIRE(read);
    CHECK(to_json(read->scenario, read->record, assess(read->scenario, read->record),
                  read->provenance) == written());
}

TEST_CASE("read_result: a column that is left out where it is 0 is read where it is not") {
    Record record = rich::record();
    CHECK(written().find("\"duplicates\"") == std::string::npos);
    record.repeats[1].segments[0].flows[0].duplicates = 4;
    const std::string text = to_json(rich::scenario(), record, {});
    const auto read = read_result("result.json", text);
    REQUIRE(read);
    CHECK(read->record == record);
}

TEST_CASE("read_result: more request-seconds than 64 bits hold are written in full") {
    Record record = rich::record();
    ServiceTotals& service = record.repeats[0].segments[0].services[0];
    service.queue_time = RequestTime{(WideTime{5} << 70) + 7};
    service.sojourn = RequestTime{(WideTime{1} << 63) + 1};
    service.busy_time = RequestTime{WideTime{-3}};
    const std::string text = to_json(rich::scenario(), record, {});
    CHECK(text.find("5902958103587056517127") != std::string::npos);
    const auto read = read_result("result.json", text);
    REQUIRE(read);
    const ServiceTotals& back = read->record.repeats[0].segments[0].services[0];
    CHECK(back.sojourn == service.sojourn);
    CHECK(back.busy_time == service.busy_time);
    // A reader of JSON has no more than a double for a number of that size.
    CHECK(to_seconds(back.queue_time) == Approx(to_seconds(service.queue_time)).epsilon(1e-15));
}

TEST_CASE("read_result: single precision survives as it is") {
    Record record = rich::record();
    Random random{random_key(3, 0, "floats", "test")};
    for (auto& row : record.repeats[0].service_samples)
        for (ServiceSample& sample : row)
            sample.queue = static_cast<float>(random.uniform() * 1e-3);
    const std::string text = to_json(rich::scenario(), record, {});
    const auto read = read_result("result.json", text);
    REQUIRE(read);
    CHECK(read->record.repeats[0].service_samples == record.repeats[0].service_samples);
}

TEST_CASE("read_result: a scenario that names data files is read without them") {
    scenarios::Scenario scenario = rich::scenario();
    scenarios::Arrivals trace;
    trace.law = scenarios::ArrivalLaw::trace;
    trace.file = "nowhere.csv";
    scenario.workload.entries[0].value.arrivals = trace;
    CHECK(read_result("result.json", to_json(scenario, rich::record(), {})));
}

TEST_CASE("read_result: what is no result is refused, and the message says why") {
    CHECK(read_result("x.json", "{").error().message ==
          "expected a result.json, found what is not JSON");
    CHECK(read_result("x.json", "[]").error().message ==
          "the document: expected an object, found array");
    CHECK(message_after("/schema", "shaketable.result/v9") ==
          "expected the schema \"shaketable.result/v1\", found \"shaketable.result/v9\"");
    CHECK(message_after("/record/repeats/1/spans/0/1", "soon") ==
          "record.repeats[1].spans[0][1]: expected a whole number, found string");
    CHECK(message_after("/record/repeats", nullptr) ==
          "record.repeats: expected an array, found nothing");
    CHECK(message_after("/traces/0/visits/0/outcome", "fine") ==
          "traces[0].visits[0].outcome: expected an outcome, found string");
    CHECK(message_after("/provenance/canonical", "schema: shaketable/v1\nserfices: {}\n")
              .starts_with("provenance.canonical: expected a scenario, found: "));
}

TEST_CASE("read_result: parts that do not fit each other are refused") {
    CHECK(message_after("/record/repeats/0/flow_samples", json::array({1})) ==
          "record.repeats[0].flow_samples: expected one entry per row, or none, found array");
    CHECK(message_after("/record/repeats/0/flow_samples/0/started", json::array({1})) ==
          "record.repeats[0].flow_samples[0].started: expected one entry per step, found array");
    CHECK(message_after("/record/repeats/0/segments/0/flows/started", json::array()) ==
          "record.repeats[0].segments[0].flows.started: expected one entry per row, found array");
    CHECK(message_after("/traces/0/visits/1/parent", 3) ==
          "traces[0].visits[1].parent: expected a whole number up to 2, found number");
}

TEST_CASE("read_result: no number can make it reserve without bound") {
    CHECK(message_after("/record/repeats/0/flow_samples/0/steps", 1'000'000'000'000)
              .find("expected a whole number up to 100000000") != std::string::npos);
    CHECK(message_after("/record/repeats/0/segments/0/flows/latency/0",
                        json::array({0, 5, 5, 1'000'000, 1}))
              .find("whole number up to") != std::string::npos);
    CHECK(message_after("/record/repeats/0/segments/0/flows/latency/0",
                        json::array({0, 5, 5, 7, 1, 0, 1}))
              .find("ascending") != std::string::npos);
}
