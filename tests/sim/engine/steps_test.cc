// What the steps of an endpoint come to.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

/// Ten requests, one a second, to an endpoint with these steps; `db.get` takes 10 ms, `db.slow`
/// 50 ms and `db.bad` fails after 20 ms.
reports::Record play_steps(const std::string& steps, const std::string& more = "") {
    return play(R"(
run: {duration: 10s, seed: 1}
services:
  web:
    )" + more + R"(
    endpoints: {get: {steps: )" +
                steps + R"(}}
  db:
    endpoints:
      get: {idempotent: true, steps: [{work: 10ms}]}
      slow: {idempotent: true, steps: [{work: 50ms}]}
      bad: {idempotent: true, steps: [{work: 20ms}, {fail: 500}]}
workload: {users: {call: web.get, arrivals: constant(1/s)}}
)");
}

reports::FlowTotals answers(const reports::Record& record) {
    return calls(record, "users", "web.get");
}

TEST_CASE("steps: work and wait add up") {
    CHECK(answers(play_steps("[{work: 3ms}, {wait: 4ms}, {work: 5ms}]")).latency.longest() ==
          milliseconds{12});
}

TEST_CASE("steps: branches run side by side, and all must answer") {
    const auto good = answers(play_steps("[{parallel: [{call: db.get}, {call: db.slow}]}]"));
    CHECK(of(good.settled, Outcome::ok) == 10);
    CHECK(good.latency.longest() == milliseconds{50});
    const auto bad = play_steps("[{parallel: [{call: db.bad}, {call: db.slow}]}]");
    CHECK(of(answers(bad).settled, Outcome::error) == 10);
    // It fails when one has failed; the other ends on its own.
    CHECK(of(calls(bad, "web", "db.slow").settled, Outcome::ok) == 10);
}

TEST_CASE("steps: `need` goes on when enough branches are done") {
    const auto two = answers(
        play_steps("[{parallel: [{call: db.get}, {call: db.bad}, {call: db.slow}], need: 2}]"));
    CHECK(of(two.settled, Outcome::ok) == 10);
    CHECK(two.latency.longest() == milliseconds{50});
    const auto one =
        answers(play_steps("[{parallel: [{call: db.get}, {call: db.slow}], need: 1}]"));
    CHECK(one.latency.longest() == milliseconds{10});
}

TEST_CASE("steps: the first success of `any` is the answer") {
    const auto flow = answers(play_steps("[{any: [{call: db.slow}, {call: db.get}]}]"));
    CHECK(flow.latency.longest() == milliseconds{10});
    const auto one_fails = answers(play_steps("[{any: [{call: db.slow}, {call: db.bad}]}]"));
    CHECK(one_fails.latency.longest() == milliseconds{50});
    CHECK(of(answers(play_steps("[{any: [{call: db.bad}, {call: db.bad}]}]")).settled,
             Outcome::error) == 10);
}

TEST_CASE("steps: branches may fork again, and end with their request") {
    const auto flow =
        answers(play_steps("[{parallel: [[{parallel: [{call: db.get}, {work: 30ms}]}, {work: "
                           "5ms}], {call: db.slow}]}]"));
    CHECK(of(flow.settled, Outcome::ok) == 10);
    CHECK(flow.latency.longest() == milliseconds{50});
}

TEST_CASE("steps: `choose` draws by weight, and the rest does nothing") {
    const auto record = play(R"(
run: {duration: 1000s, seed: 3}
services:
  web:
    endpoints:
      get: {steps: [{choose: [{weight: 50%, steps: [{call: db.a}]}, {weight: 20%, steps: [{call: db.b}]}]}]}
  db:
    endpoints:
      a: {idempotent: true, steps: [{work: 1us}]}
      b: {idempotent: true, steps: [{work: 1us}]}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
)");
    // 100,000 draws: 4 standard deviations are 632 and 506.
    CHECK(static_cast<double>(calls(record, "web", "db.a").started) == Approx(50000).margin(632));
    CHECK(static_cast<double>(calls(record, "web", "db.b").started) == Approx(20000).margin(506));
}

TEST_CASE("steps: a call with a probability is made by that share of requests") {
    const auto record = play(R"(
run: {duration: 1000s, seed: 3}
services:
  web: {endpoints: {get: {steps: [{call: db.a, probability: 30%}]}}}
  db: {endpoints: {a: {idempotent: true, steps: [{work: 1us}]}}}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
)");
    CHECK(static_cast<double>(calls(record, "web", "db.a").started) == Approx(30000).margin(580));
}

TEST_CASE("steps: a loop repeats, and `times: 0` does not") {
    const auto three = play_steps("[{loop: {times: 3, steps: [{call: db.get}]}}]");
    CHECK(answers(three).latency.longest() == milliseconds{30});
    CHECK(calls(three, "web", "db.get").started == 30);
    CHECK(answers(play_steps("[{loop: {times: 0, steps: [{call: db.get}]}}, {work: 1ms}]"))
              .latency.longest() == milliseconds{1});
}

TEST_CASE("steps: a reply answers now, and the worker goes on") {
    const auto record = play_steps("[{work: 2ms}, {reply: 202}, {work: 30ms}]", "workers: 1");
    CHECK(answers(record).latency.longest() == milliseconds{2});
    CHECK(service(record, "web").busy_time == milliseconds{320});
    CHECK(service(record, "web").completed == 10);
    CHECK(service(record, "web").wasted == 0);
}

TEST_CASE("steps: `fail` answers with an error, for a share of the requests where it says so") {
    CHECK(of(answers(play_steps("[{fail: 500}]")).settled, Outcome::error) == 10);
    const auto record = play(R"(
run: {duration: 1000s, seed: 3}
services: {web: {endpoints: {get: {steps: [{fail: 503, probability: 10%}]}}}}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
)");
    const auto flow = calls(record, "users", "web.get");
    CHECK(static_cast<double>(of(flow.settled, Outcome::error)) == Approx(10000).margin(380));
}

/// A burst of five at once on an endpoint with these steps.
reports::Record play_burst(const std::string& steps) {
    return play(R"(
run: {duration: 10s, seed: 1}
services: {web: {endpoints: {get: {steps: )" +
                steps + R"(}}}}
workload: {users: {call: web.get, arrivals: constant(1000000/s), for: 5us}}
)");
}

TEST_CASE("steps: a lock lets one in at a time, until `unlock` or the end") {
    const auto held = calls(play_burst("[{lock: row}, {work: 10ms}]"), "users", "web.get");
    CHECK(held.latency.mean() == Approx(0.03).epsilon(1e-3));
    const auto freed =
        calls(play_burst("[{lock: row}, {work: 10ms}, {unlock: row}, {work: 100ms}]"), "users",
              "web.get");
    CHECK(freed.latency.mean() == Approx(0.13).epsilon(1e-3));
}

TEST_CASE("steps: a fixed share of look-ups hits the cache") {
    const auto record = play(R"(
run: {duration: 1000s, seed: 3}
services:
  web: {endpoints: {get: {steps: [{cache: {hit: 80%, miss: [{call: db.a}]}}]}}}
  db: {endpoints: {a: {idempotent: true, steps: [{work: 1us}]}}}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
)");
    CHECK(static_cast<double>(calls(record, "web", "db.a").started) == Approx(20000).margin(506));
}

constexpr std::string_view keyed = R"(
run: {duration: 100s, seed: 3}
services:
  web: {endpoints: {get: {steps: [{cache: {keys: uniform(n=50), miss: [{call: db.a}]}}]}}}
  db: {endpoints: {a: {idempotent: true, steps: [{work: 20ms}]}}}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
)";

TEST_CASE("steps: a cache with real keys misses once a key, and again when an entry is too old") {
    const auto first = calls(play(keyed), "web", "db.a");
    CHECK(first.started >= 50);
    CHECK(first.started < 110);  // until the first fill is there, a key may be asked for again
    const auto aged =
        calls(play(keyed, {{"services.web.endpoints.get.steps",
                            "[{cache: {keys: uniform(n=50), ttl: 10s, miss: [{call: db.a}]}}]"}}),
              "web", "db.a");
    CHECK(aged.started > 400);
}

TEST_CASE("steps: with `coalesce`, a key is filled once at a time") {
    const auto flow = calls(
        play(keyed, {{"services.web.endpoints.get.steps",
                      "[{cache: {keys: uniform(n=50), coalesce: true, miss: [{call: db.a}]}}]"}}),
        "web", "db.a");
    CHECK(flow.started == 50);
}

TEST_CASE("steps: who waits for a fill or a lock in an async service leaves its worker to others") {
    // The only worker must be free for the branch that fills, and for the holder of the lock.
    for (const char* steps : {"[{cache: {keys: uniform(n=5), coalesce: true, miss: [{parallel: "
                              "[{work: 1ms}, {work: 1ms}]}]}}]",
                              "[{lock: one}, {wait: 1ms}, {work: 1ms}, {unlock: one}]"}) {
        INFO(steps);
        const auto flow = calls(play(R"(
run: {duration: 100s, seed: 1}
services: {s: {workers: 1, threading: async, queue: {limit: unlimited}, endpoints: {get: {steps: []}}}}
workload: {users: {call: s.get, for: 10s, arrivals: poisson(110/s)}}
)",
                                     {{"services.s.endpoints.get.steps", steps}}),
                                "users", "s.get");
        CHECK(of(flow.settled, Outcome::ok) == flow.started);
        CHECK(flow.started > 1000);
    }
}

TEST_CASE("steps: a cache that is too small keeps what was used last") {
    // Uniform keys in half the room: half of the look-ups miss in the long run.
    const auto flow = calls(
        play(keyed,
             {{"services.web.endpoints.get.steps",
               "[{cache: {keys: uniform(n=50), capacity: 25, miss: [{work: 1us}, {call: db.a}]}}]"},
              {"run.duration", "1000s"}}),
        "web", "db.a");
    CHECK(static_cast<double>(flow.started) / 100000 == Approx(0.5).margin(0.02));
}

}  // namespace
}  // namespace shaketable::sim
