#include "sim/verify.h"

#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

constexpr std::string_view one_service = R"(
run: {duration: 20s, seed: 7, repeats: 3}
services:
  web: {replicas: 2, workers: 8, endpoints: {get: {steps: [{work: exponential(mean=2ms)}, {call: db.get}]}}}
  db: {workers: 4, endpoints: {get: {steps: [{work: exponential(mean=8ms)}]}}}
workload: {users: {call: web.get, arrivals: poisson(200/s)}}
)";

TEST_CASE("verify: a run is the same when it is played again") {
    const auto scenario = scenario_of(one_service);
    const auto record = play(one_service, {}, 2);
    const Verified verified = verify(scenario, record, {});
    CHECK_FALSE(verified.divergence);
    CHECK(verified.events == record.repeats[0].engine_events + record.repeats[1].engine_events +
                                 record.repeats[2].engine_events);
}

TEST_CASE("verify: the first event that differs is named, with when and where") {
    // From its third second on, the other's callee is slow: its events come later.
    const auto other = scenario_of(
        one_service,
        {{"faults", "[{id: gray, at: 3s, for: 1s, fault: slow, target: db, factor: 3}]"}});
    const auto divergence = find_divergence(scenario_of(one_service), other, 1);
    REQUIRE(divergence);
    CHECK(divergence->repeat == 1);
    CHECK(divergence->event > 1000);
    CHECK(divergence->second_at == at_second(3));
    CHECK(divergence->second == "a fault begins or ends");
    CHECK(print(*divergence).find("of repeat 2: " + divergence->first + " at ") !=
          std::string::npos);
}

TEST_CASE("verify: figures that differ where no event does are found, too") {
    const auto scenario = scenario_of(one_service);
    auto record = play(one_service);
    ++record.repeats[1].segments.front().flows.front().attempts;
    const Verified verified = verify(scenario, record, {});
    REQUIRE(verified.divergence);
    CHECK(verified.divergence->event == 0);
    CHECK(print(*verified.divergence) ==
          "every event of repeat 2 is the same, and its figures are not");
}

}  // namespace
}  // namespace shaketable::sim
