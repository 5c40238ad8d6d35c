// Which faults act now, on whom.
#include "model/weather.h"

#include <string>

#include "tests/sim/play.h"

namespace shaketable::model {

TEST_CASE("weather: a change touches the services of the replicas that are hit, and no other") {
    const Model model = compile(sim::scenario_of(R"(
run: {duration: 100s}
services:
  a: {replicas: 3, endpoints: {get: {steps: [{work: 1ms}, {call: b.get}]}}}
  b: {replicas: 2, endpoints: {get: {steps: [{work: 1ms}, {call: c.get}]}}}
  c: {replicas: 3, endpoints: {get: {steps: [{work: 1ms}]}}}
workload: {users: {call: a.get, arrivals: poisson(1/s)}}
faults:
  - {id: first, at: 10s, for: 10s, fault: slow, target: b, factor: 2}
  - {id: second, at: 10s, for: 10s, fault: slow, target: "c[0]", factor: 2}
  - {id: one, at: 10s, for: 20s, fault: crash, target: "c[1]"}
  - {id: way, at: 40s, for: 10s, fault: latency, target: a -> b, delay: 1ms}
  - {id: load, at: 60s, for: 10s, fault: load, target: users, factor: 2}
)"));
    Weather weather{model,
                    *faults::resolve(model.scenario.faults, model.scenario.run.duration, 1, 0), 0};
    const auto next = [&] {
        const Time at = weather.next_change();
        const Weather::Change change = weather.advance(at);
        std::string told = std::to_string(at.time_since_epoch() / std::chrono::seconds{1}) + " s:";
        for (const std::uint32_t s : change.touched) told += " " + model.services[s].name;
        return told + (change.services ? " services" : "") + (change.loads ? " loads" : "");
    };
    CHECK(next() == "10 s: b c services");
    CHECK(next() == "20 s: b c services");
    CHECK(next() == "30 s: c services");
    CHECK(next() == "40 s:");
    CHECK(next() == "50 s:");
    CHECK(next() == "60 s: loads");
    CHECK(next() == "70 s: loads");
    CHECK(weather.next_change() == never);
}

}  // namespace shaketable::model
