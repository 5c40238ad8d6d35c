#include "scenarios/load_of_run.h"

#include "tests/scenarios/validate_text.h"

namespace shaketable::scenarios {

namespace {

/// Of `users`, at 10/s for 100 s, with these faults.
double requests_with(const std::string& faults, const std::string& more = "") {
    const Scenario scenario = scenario_of(R"(schema: shaketable/v1
run: {duration: 100s}
services: {web: {endpoints: {page: {steps: [{work: 1ms}]}}}}
workload: {users: {call: web.page, arrivals: poisson(10/s))" +
                                          more + "}}\nfaults: [" + faults + "]\n");
    const auto timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, 0);
    REQUIRE(timeline);
    return requests_of(scenario, *timeline, "users", 10);
}

}  // namespace

TEST_CASE("load of a run: the rate times the time in which the workload is there") {
    CHECK(requests_with("") == Approx(1000));
    CHECK(requests_with("", ", start: 20s") == Approx(800));
    CHECK(requests_with("", ", start: 20s, for: 30s") == Approx(300));
    CHECK(requests_with("", ", start: 90s, for: 30s") == Approx(100));
}

TEST_CASE("load of a run: faults multiply each other while they act, add to it, and stop it") {
    CHECK(requests_with("{id: a, at: 20s, for: 10s, fault: load, factor: 4}") == Approx(1300));
    CHECK(requests_with("{id: a, at: 20s, for: 10s, fault: load, target: users, factor: 4},"
                        "{id: b, at: 25s, for: 10s, fault: load, factor: 3}") ==
          Approx(1000 + 150 + 550 + 100));
    CHECK(requests_with("{id: a, at: 20s, for: 10s, fault: load, rate: 7/s}") == Approx(1070));
    CHECK(requests_with("{id: a, at: 20s, for: 10s, fault: load, factor: 0},"
                        "{id: b, at: 20s, for: 10s, fault: load, factor: 1000}") == Approx(900));
    CHECK(requests_with("{id: a, at: 0, for: 1s, every: 10s, fault: load, factor: 11}") ==
          Approx(2000));
}

}  // namespace shaketable::scenarios
