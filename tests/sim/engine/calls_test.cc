// A call at its caller: timeouts, retries, hedges, fallbacks, cancellation.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

/// A timeout fires just after the last instant at which an answer is in time.
constexpr Duration nanosecond{1};

/// One request a second for ten seconds, from a caller to a callee that takes 100 ms.
constexpr std::string_view pair = R"(
run: {duration: 10s, seed: 1}
services:
  db:
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
policies: {rules: {}}
workload:
  users: {call: db.get, arrivals: constant(1/s), policy: rules}
)";

TEST_CASE("call: an answer in time is a success of the length of its work") {
    const auto flow = calls(play(pair), "users", "db.get");
    CHECK(flow.started == 10);
    CHECK(of(flow.settled, Outcome::ok) == 10);
    CHECK(flow.attempts == 10);
    CHECK(flow.latency.longest() == milliseconds{100});
    CHECK(flow.latency.mean() == Approx(0.1));
}

TEST_CASE("call: a timeout ends the call, not the work, and the answer comes late") {
    const auto record = play(pair, {{"policies.rules.timeout", "30ms"}});
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::timeout) == 10);
    CHECK(flow.late == 10);
    const auto db = service(record, "db");
    CHECK(db.completed == 10);
    CHECK(db.wasted == 10);
    CHECK(db.cancelled == 0);
    CHECK(db.busy_time == milliseconds{1000});
}

TEST_CASE("call: an answer at the very instant of its timeout is in time") {
    const auto flow = calls(play(pair, {{"policies.rules.timeout", "100ms"}}), "users", "db.get");
    CHECK(of(flow.settled, Outcome::ok) == 10);
}

TEST_CASE("call: with cancel, the work stops when its caller leaves") {
    const auto record =
        play(pair, {{"policies.rules.timeout", "30ms"}, {"policies.rules.cancel", "propagate"}});
    const auto db = service(record, "db");
    CHECK(db.cancelled == 10);
    CHECK(db.completed == 0);
    CHECK(db.busy_time == milliseconds{300} + 10 * nanosecond);
    CHECK(calls(record, "users", "db.get").late == 0);
}

TEST_CASE("call: a cancellation may need time to arrive") {
    const auto record = play(pair, {{"policies.rules.timeout", "30ms"},
                                    {"policies.rules.cancel", "{mode: propagate, delay: 20ms}"}});
    CHECK(service(record, "db").busy_time == milliseconds{500} + 10 * nanosecond);
}

TEST_CASE("call: retries come after their back-off, each a new request to the callee") {
    const auto record =
        play(pair, {{"policies.rules.timeout", "30ms"},
                    {"policies.rules.retry",
                     "{retries: 2, when: [timeout], backoff: {base: 10ms, factor: 2, "
                     "jitter: none}}"}});
    const auto flow = calls(record, "users", "db.get");
    CHECK(flow.attempts == 30);
    CHECK(flow.retries == 20);
    CHECK(of(flow.tries, Outcome::timeout) == 30);
    CHECK(of(flow.settled, Outcome::timeout) == 10);
    CHECK(service(record, "db").arrived == 30);
}

TEST_CASE("call: a total timeout bounds all tries together") {
    const auto record = play(pair, {{"policies.rules.timeout", "{attempt: 60ms, total: 130ms}"},
                                    {"policies.rules.retry",
                                     "{retries: 9, when: [timeout], backoff: {base: 0, max: 0}}"}});
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::timeout) == 10);
    CHECK(flow.attempts == 30);  // at 0, 60 and 120 ms
}

TEST_CASE("call: a failure that is not to be retried is not") {
    const auto record = play(pair, {{"policies.rules.timeout", "30ms"},
                                    {"policies.rules.retry", "{retries: 2, when: [unreachable]}"}});
    CHECK(calls(record, "users", "db.get").attempts == 10);
}

TEST_CASE("call: a budget denies the retries that it cannot pay") {
    const auto record = play(
        pair, {{"policies.rules.timeout", "30ms"},
               {"policies.rules.retry",
                "{retries: 1, when: [timeout], budget: {share: 10%, tokens: 3}, backoff: 10ms}"}});
    const auto flow = calls(record, "users", "db.get");
    CHECK(flow.retries == 3);
    CHECK(flow.budget_denied == 7);
}

TEST_CASE("call: a hedge is sent when the answer is late, and the first answer counts") {
    const auto record = play(R"(
run: {duration: 10s, seed: 1}
services:
  db:
    replicas: 2
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
policies: {rules: {hedge: {after: 50ms, extra: 1}}}
workload: {users: {call: db.get, arrivals: constant(1/s), policy: rules}}
faults:
  - {id: gray, at: 0s, for: 10s, fault: slow, target: "db[0]", factor: 10}
)");
    const auto flow = calls(record, "users", "db.get");
    CHECK(flow.hedges == 10);
    CHECK(flow.attempts == 20);
    CHECK(of(flow.settled, Outcome::ok) == 10);
    CHECK(flow.latency.longest() <= milliseconds{150});
}

TEST_CASE("call: a hedge to another replica is not sent to one that has the call already") {
    const auto play_two = [](const char* to, const char* extra) {
        return play(R"(
run: {duration: 200s, seed: 1}
services: {db: {replicas: 3, balance: {policy: random}, endpoints: {get: {steps: [{work: 100ms}]}}}}
policies: {rules: {}}
workload: {users: {call: db.get, arrivals: constant(1/s), policy: rules}}
faults: [{id: gray, at: 0s, for: 200s, fault: slow, target: "db[0]", factor: 10}]
)",
                    {{"policies.rules", std::string{"{hedge: {after: 50ms, to: "} + to +
                                            ", extra: " + extra + "}}"}});
    };
    // Another one than the slow one answers within its 100 ms, always; by chance, not always.
    const auto other = calls(play_two("other", "1"), "users", "db.get");
    CHECK(other.latency.longest() <= milliseconds{150});
    CHECK(calls(play_two("any", "1"), "users", "db.get").latency.longest() > milliseconds{900});
    // Where all have it, any may have it again.
    const auto many = calls(play_two("other", "5"), "users", "db.get");
    CHECK(of(many.settled, Outcome::ok) == 200);
}

TEST_CASE("call: a fallback answers for a failed call, and the answer is degraded") {
    const auto record =
        play(pair, {{"policies.rules.timeout", "30ms"}, {"policies.rules.fallback", "5ms"}});
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::degraded) == 10);
    CHECK(flow.latency.mean() == Approx(0.035).epsilon(1e-6));
}

constexpr std::string_view with_stand_in = R"(
run: {duration: 10s, seed: 1}
services:
  web:
    endpoints: {get: {steps: [{call: db.get, policy: rules}]}}
  db:
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
  copy:
    endpoints: {get: {idempotent: true, steps: [{work: 7ms}]}}
policies: {rules: {timeout: 30ms, fallback: {call: copy.get}}}
workload: {users: {call: web.get, arrivals: constant(1/s)}}
)";

TEST_CASE("call: a fallback may call somebody else") {
    const auto record = play(with_stand_in);
    CHECK(of(calls(record, "web", "db.get").settled, Outcome::degraded) == 10);
    const auto other = calls(record, "web", "copy.get");
    CHECK(of(other.settled, Outcome::ok) == 10);
    const auto flow = calls(record, "users", "web.get");
    CHECK(of(flow.settled, Outcome::ok) == 10);
    CHECK(flow.latency.mean() == Approx(0.037).epsilon(1e-6));
}

TEST_CASE("call: a fallback that fails leaves the failure that it was called for") {
    const auto record =
        play(with_stand_in, {{"services.copy.endpoints.get.steps", "[{fail: 500}]"}});
    CHECK(of(calls(record, "web", "db.get").settled, Outcome::timeout) == 10);
    CHECK(of(calls(record, "users", "web.get").settled, Outcome::error) == 10);
}

TEST_CASE("call: a workload's fallback may call somebody else, and the request is counted once") {
    const auto record = play(
        with_stand_in, {{"workload.users.call", "db.get"}, {"workload.users.policy", "rules"}});
    CHECK(record.repeats[0].requests == 10);
    CHECK(of(calls(record, "users", "db.get").settled, Outcome::degraded) == 10);
    CHECK(of(calls(record, "users", "copy.get").settled, Outcome::ok) == 10);
}

TEST_CASE("call: a caller that dies while its fallback is at work leaves the books balanced") {
    const auto record = play(with_stand_in, {{"faults",
                                              "[{id: dead, at: 5033ms, for: 2s, fault: crash, "
                                              "target: web}]"}});
    CHECK(of(calls(record, "web", "copy.get").settled, Outcome::ok) == 8);
    CHECK(of(calls(record, "users", "web.get").settled, Outcome::unreachable) == 3);
}

TEST_CASE("call: a deadline is handed on, and work past it is not begun") {
    const auto record = play(R"(
run: {duration: 10s, seed: 1}
services:
  web:
    endpoints: {get: {steps: [{work: 50ms}, {call: db.get, policy: inner}]}}
  db:
    endpoints: {get: {idempotent: true, steps: [{work: 20ms}, {work: 80ms}]}}
policies:
  outer: {timeout: 60ms, deadline: propagate}
  inner: {deadline: propagate}
workload: {users: {call: web.get, arrivals: constant(1/s), policy: outer}}
)");
    CHECK(of(calls(record, "users", "web.get").settled, Outcome::timeout) == 10);
    CHECK(service(record, "db").busy_time == milliseconds{200});  // the second step is not begun
}

TEST_CASE("call: what is sent and forgotten does not keep its caller waiting") {
    const auto record = play(R"(
run: {duration: 10s, seed: 1}
services:
  web:
    endpoints: {get: {steps: [{call: db.get, async: true}, {work: 1ms}]}}
  db:
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
workload: {users: {call: web.get, arrivals: constant(1/s)}}
)");
    CHECK(calls(record, "users", "web.get").latency.longest() == milliseconds{1});
    CHECK(calls(record, "web", "db.get").started == 10);
}

TEST_CASE("call: an optional call may fail") {
    const auto record = play(R"(
run: {duration: 10s, seed: 1}
services:
  web:
    endpoints: {get: {steps: [{call: db.get, optional: true}]}}
  db:
    endpoints: {get: {steps: [{fail: 503}]}}
workload: {users: {call: web.get, arrivals: constant(1/s)}}
)");
    CHECK(of(calls(record, "users", "web.get").settled, Outcome::ok) == 10);
    CHECK(of(calls(record, "web", "db.get").settled, Outcome::error) == 10);
}

}  // namespace
}  // namespace shaketable::sim
