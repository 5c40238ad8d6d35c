// A request at a replica: workers, waiting room, disciplines, admission.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Ten requests at once, served one by one in 100 ms each.
constexpr std::string_view burst = R"(
run: {duration: 20s, seed: 1}
services:
  db:
    workers: 1
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
policies: {rules: {}}
workload:
  users: {call: db.get, arrivals: constant(1000000/s), for: 10us, policy: rules}
)";

TEST_CASE("replica: who finds no worker waits for one") {
    const auto record = play(burst);
    const auto db = service(record, "db");
    CHECK(db.completed == 10);
    CHECK(db.queue_max == 9);
    CHECK(db.busy_time == seconds{1});
    CHECK(calls(record, "users", "db.get").latency.longest() > milliseconds{999});
    CHECK(db.wait.count() == 10);
    CHECK(db.wait.longest() < milliseconds{900});
}

TEST_CASE("replica: a full waiting room refuses at once") {
    const auto record = play(burst, {{"services.db.queue", "4"}});
    CHECK(of(service(record, "db").refused, Outcome::queue_full) == 5);
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::queue_full) == 5);
    CHECK(of(flow.settled, Outcome::ok) == 5);
}

TEST_CASE("replica: without a waiting room, as many as there are workers") {
    const auto record = play(burst, {{"services.db.queue", "0"}, {"services.db.workers", "3"}});
    CHECK(of(calls(record, "users", "db.get").settled, Outcome::ok) == 3);
}

TEST_CASE("replica: last in, first out turns the order round") {
    // Who is patient for 450 ms: the first four in order, or the first and the last three.
    const Sets patient{{"policies.rules.timeout", "450ms"}};
    Sets lifo = patient;
    lifo.emplace_back("services.db.queue", "{limit: 100, discipline: lifo}");
    const auto in_order = play(burst, patient);
    const auto reversed = play(burst, lifo);
    CHECK(of(calls(in_order, "users", "db.get").settled, Outcome::ok) == 4);
    CHECK(of(calls(reversed, "users", "db.get").settled, Outcome::ok) == 4);
    CHECK(service(reversed, "db").wait.longest() > service(in_order, "db").wait.longest());
}

TEST_CASE("replica: adaptive LIFO turns round once the queue has stood for 100 ms") {
    const auto record =
        play(burst, {{"services.db.queue", "{limit: 100, discipline: adaptive-lifo}"},
                     {"policies.rules.timeout", "450ms"}});
    CHECK(of(calls(record, "users", "db.get").settled, Outcome::ok) == 4);
}

TEST_CASE("replica: in a queue at random everybody has the same chance, whenever they came") {
    // The first finds a worker; of the nine that wait four are served within 450 ms, any of them.
    constexpr std::uint32_t repeats = 400;
    const Sets at_random{{"services.db.queue", "{limit: 100, discipline: random}"},
                         {"run.repeats", std::to_string(repeats)}};
    const auto record = play(burst, at_random);
    const auto db = service(record, "db");
    CHECK(db.completed == 10 * repeats);
    CHECK(db.queue_time == service(play(burst), "db").queue_time * repeats);
    // What a request waits is one of 0, 100, ... 900 ms. Those who came first and last, of nine in
    // the queue, were served at every place.
    CHECK(db.wait.deviation() ==
          Approx(service(play(burst), "db").wait.deviation()).epsilon(0.001));
    Sets patient = at_random;
    patient.emplace_back("policies.rules.timeout", "450ms");
    const auto flow = calls(play(burst, patient), "users", "db.get");
    CHECK(of(flow.settled, Outcome::ok) == 4 * repeats);
}

TEST_CASE("replica: a queue at random draws dice of its own, and moves nobody else's") {
    constexpr std::string_view two = R"(
run: {duration: 60s, seed: 4}
services:
  a: {workers: 1, queue: 50, endpoints: {get: {steps: [{work: exponential(mean=9ms)}, {call: b.get}]}}}
  b: {workers: 1, queue: 50, endpoints: {get: {steps: [{work: exponential(mean=5ms)}]}}}
  c: {workers: 1, queue: 50, endpoints: {get: {steps: [{work: exponential(mean=9ms)}]}}}
workload:
  users: {call: a.get, arrivals: poisson(60/s)}
  others: {call: c.get, arrivals: poisson(100/s)}
)";
    const auto before = play(two),
               after = play(two, {{"services.a.queue", "{limit: 50, discipline: random}"}});
    CHECK(service(after, "c") == service(before, "c"));
    CHECK(calls(after, "others", "c.get") == calls(before, "others", "c.get"));
    CHECK(service(after, "a").wait.deviation() > 1.05 * service(before, "a").wait.deviation());
    // Work is drawn by who is served, not by who came: the n-th to be served brings the same.
    CHECK(service(after, "a").work == service(before, "a").work);
}

TEST_CASE("replica: a lower number is served first in a priority queue") {
    const auto record = play(R"(
run: {duration: 20s, seed: 1}
services:
  db:
    workers: 1
    queue: {limit: 100, discipline: priority}
    endpoints:
      slow: {priority: 1, steps: [{work: 100ms}]}
      fast: {priority: 0, steps: [{work: 100ms}]}
workload:
  bulk: {call: db.slow, arrivals: constant(1000000/s), for: 5us}
  first: {call: db.fast, arrivals: constant(1000000/s), start: 50ms, for: 3us}
)");
    CHECK(calls(record, "first", "db.fast").latency.longest() < milliseconds{360});
    CHECK(calls(record, "bulk", "db.slow").latency.longest() > milliseconds{790});
}

TEST_CASE("replica: who has waited longer than max_wait is refused when its turn comes") {
    const auto record = play(burst, {{"services.db.queue", "{limit: 100, max_wait: 350ms}"}});
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::ok) == 4);
    CHECK(of(flow.settled, Outcome::expired) == 6);
}

TEST_CASE("replica: a blocking service holds its worker during a call, an async one does not") {
    constexpr std::string_view chain = R"(
run: {duration: 10s, seed: 1}
services:
  web:
    workers: 1
    endpoints: {get: {steps: [{work: 1ms}, {call: db.get}]}}
  db:
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
workload: {users: {call: web.get, arrivals: constant(1000000/s), for: 5us}}
)";
    const auto blocking = play(chain);
    CHECK(service(blocking, "web").busy_time == milliseconds{505});
    CHECK(calls(blocking, "users", "web.get").latency.longest() > milliseconds{504});
    const auto async = play(chain, {{"services.web.threading", "async"}});
    CHECK(service(async, "web").busy_time == milliseconds{5});
    CHECK(calls(async, "users", "web.get").latency.longest() < milliseconds{106});
}

TEST_CASE("replica: work on shared cores takes its share of them") {
    // Four works of 100 ms on one core: each gets a quarter, and all end together.
    const auto record = play(R"(
run: {duration: 10s, seed: 1}
services:
  db:
    cores: 1
    workers: 4
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
workload: {users: {call: db.get, arrivals: constant(1000000/s), for: 4us}}
)");
    const auto flow = calls(record, "users", "db.get");
    CHECK(flow.latency.mean() == Approx(0.4).epsilon(1e-4));
}

TEST_CASE("replica: an inbound rate limit, shedder and concurrency limit each refuse by name") {
    const auto limited =
        play(burst, {{"services.db.policies", "{rate_limit: {rate: 1/s, burst: 2}}"}});
    CHECK(of(service(limited, "db").refused, Outcome::rate_limited) == 8);
    const auto aimd =
        play(burst, {{"services.db.policies", "{concurrency_limit: {rule: fixed, limit: 3}}"}});
    CHECK(of(service(aimd, "db").refused, Outcome::limited) == 7);
}

TEST_CASE("replica: its requests go to the replicas in turn") {
    const auto record = play(burst, {{"services.db.replicas", "5"}});
    CHECK(service(record, "db").queue_max == 5);
    CHECK(calls(record, "users", "db.get").latency.longest() < milliseconds{201});
}

}  // namespace
}  // namespace shaketable::sim
