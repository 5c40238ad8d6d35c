// Which faults act now, on whom.
#include "model/weather.h"

#include <tuple>
#include <vector>

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
  - {id: all, at: 10s, for: 10s, fault: slow, factor: 2}
  - {id: one, at: 10s, for: 20s, fault: crash, target: "c[1]"}
  - {id: way, at: 40s, for: 10s, fault: latency, target: a -> b, delay: 1ms}
  - {id: load, at: 60s, for: 10s, fault: load, target: users, factor: 2}
)"));
    Weather weather{model,
                    *faults::resolve(model.scenario.faults, model.scenario.run.duration, 1, 0), 0};
    const auto next = [&] {
        const Time at = weather.next_change();
        const Weather::Change change = weather.advance(at);
        return std::tuple{to_seconds(at.time_since_epoch()), change.touched, change.services,
                          change.loads};
    };
    using Services = std::vector<std::uint32_t>;
    CHECK(next() == std::tuple{10.0, Services{0, 1, 2}, true, false});
    CHECK(next() == std::tuple{20.0, Services{0, 1, 2}, true, false});
    CHECK(next() == std::tuple{30.0, Services{2}, true, false});
    CHECK(next() == std::tuple{40.0, Services{}, false, false});
    CHECK(next() == std::tuple{50.0, Services{}, false, false});
    CHECK(next() == std::tuple{60.0, Services{}, false, true});
    CHECK(next() == std::tuple{70.0, Services{}, false, true});
    CHECK(weather.next_change() == never);
}

}  // namespace shaketable::model
