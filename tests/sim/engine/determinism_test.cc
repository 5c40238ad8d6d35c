// Same scenario, same seed: same record, however it is played.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

constexpr std::string_view whole_scenario = R"(
run: {duration: 30s, seed: 7, repeats: 6}
network: {default: {latency: lognormal(p50=1ms p99=5ms)}}
services:
  web:
    replicas: 3
    workers: 8
    balance: {policy: power-of-two}
    endpoints: {get: {steps: [{work: exponential(mean=2ms)}, {call: db.get, policy: rules}]}}
  db:
    workers: 4
    endpoints: {get: {idempotent: true, steps: [{work: lognormal(p50=8ms p99=40ms)}]}}
policies: {rules: {timeout: 60ms, retry: {retries: 2, when: [timeout], budget: 20%}}}
workload: {users: {call: web.get, arrivals: poisson(200/s)}}
faults: [{id: slow, at: 10s, for: 5s, fault: slow, target: db, factor: 4}]
)";

TEST_CASE("determinism: the number of threads cannot show") {
    const auto one = play(whole_scenario);
    CHECK(play(whole_scenario, {}, 2) == one);
    CHECK(play(whole_scenario, {}, 5) == one);
}

TEST_CASE("determinism: another seed is another run, and another repeat too") {
    const auto record = play(whole_scenario);
    CHECK(record.repeats[0].fingerprint != record.repeats[1].fingerprint);
    CHECK(play(whole_scenario, {{"run.seed", "8"}}).repeats[0].fingerprint !=
          record.repeats[0].fingerprint);
}

TEST_CASE("determinism: the order in which things are declared leaves every byte") {
    constexpr std::string_view turned = R"(
workload: {users: {arrivals: poisson(200/s), call: web.get}}
faults: [{factor: 4, fault: slow, id: slow, for: 5s, target: db, at: 10s}]
policies: {rules: {retry: {retries: 2, when: [timeout], budget: 20%}, timeout: 60ms}}
services:
  db:
    endpoints: {get: {idempotent: true, steps: [{work: lognormal(p50=8ms p99=40ms)}]}}
    workers: 4
  web:
    replicas: 3
    workers: 8
    balance: {policy: power-of-two}
    endpoints: {get: {steps: [{work: exponential(mean=2ms)}, {call: db.get, policy: rules}]}}
network: {default: {latency: lognormal(p50=1ms p99=5ms)}}
run: {duration: 30s, seed: 7, repeats: 6}
)";
    CHECK(play(turned) == play(whole_scenario));
}

TEST_CASE("determinism: a service that nobody calls moves nobody's dice") {
    const auto record =
        play(whole_scenario,
             {{"services.idle", "{endpoints: {get: {steps: [{work: exponential(mean=1s)}]}}}"}});
    const auto before = play(whole_scenario);
    for (std::size_t r = 0; r < before.repeats.size(); ++r)
        CHECK(record.repeats[r].fingerprint != 0);
    CHECK(calls(record, "users", "web.get") == calls(before, "users", "web.get"));
    CHECK(service(record, "db") == service(before, "db"));
}

TEST_CASE("determinism: a fault that touches nothing moves nobody's dice") {
    const auto record =
        play(whole_scenario,
             {{"faults",
               "[{id: slow, at: 10s, for: 5s, fault: slow, target: db, factor: 4},"
               " {id: inert, at: 12s, for: 5s, fault: error, target: web -> db, status: 500,"
               " match: {path: /nowhere}}]"}});
    const auto before = play(whole_scenario);
    CHECK(calls(record, "users", "web.get") == calls(before, "users", "web.get"));
    CHECK(calls(record, "web", "db.get") == calls(before, "web", "db.get"));
}

}  // namespace
}  // namespace shaketable::sim
