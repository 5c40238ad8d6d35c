// The gates of a try: places that are waited for, given back and left, and time that runs out.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

/// One request a second for ten seconds, from a caller to two replicas that take 100 ms.
reports::Record play_rules(const std::string& rules, const Sets& more = {}) {
    Sets sets{{"policies.rules", rules}};
    sets.insert(sets.end(), more.begin(), more.end());
    return play(R"(
run: {duration: 10s, seed: 1}
services:
  db: {replicas: 2, endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}}
policies: {rules: {}}
workload: {users: {call: db.get, arrivals: constant(1/s), policy: rules}}
)",
                sets);
}

reports::FlowTotals calls_of(const reports::Record& record) {
    return calls(record, "users", "db.get");
}

TEST_CASE("gates: a hedge takes a place of its own and gives it back") {
    // Two of each request's tries are out at once: five places are never all taken.
    const auto flow =
        calls_of(play_rules("{bulkhead: {connections: 5, pending: 0}, hedge: {after: 50ms}}",
                            {{"run.duration", "1000s"}}));
    CHECK(of(flow.settled, Outcome::ok) == 1000);
    CHECK(flow.hedges == 1000);
    CHECK(flow.sent == 2000);
}

TEST_CASE("gates: a hedge that finds no place leaves the first try alone") {
    const auto flow =
        calls_of(play_rules("{bulkhead: {connections: 1, pending: 0}, hedge: {after: 50ms}}"));
    CHECK(of(flow.settled, Outcome::ok) == 10);
    CHECK(of(flow.tries, Outcome::bulkhead_full) == 10);
    CHECK(flow.sent == 10);
}

TEST_CASE("gates: a hedge that waits for a place goes with the first answer") {
    const auto record =
        play_rules("{bulkhead: {connections: 1, pending: 10}, hedge: {after: 50ms}}");
    const auto flow = calls_of(record);
    CHECK(of(flow.settled, Outcome::ok) == 10);
    CHECK(flow.hedges == 10);
    CHECK(flow.sent == 10);
    CHECK(flow.latency.longest() == milliseconds{100});
    CHECK(service(record, "db").arrived == 10);
}

TEST_CASE("gates: a first try that fails leaves its place, and the call, to its waiting hedge") {
    const auto flow = calls_of(play_rules(
        "{bulkhead: {connections: 1, pending: 10}, hedge: {after: 50ms}, timeout: 60ms}"));
    CHECK(flow.sent == 20);
    CHECK(of(flow.settled, Outcome::timeout) == 10);
}

TEST_CASE("gates: a call that is over leaves its place in the queue to the next") {
    // The first of a burst holds the only place; the second waits, until its time is over.
    const auto flow = calls_of(
        play_rules("{bulkhead: {connections: 1, pending: 10, wait: 10s}, timeout: {total: 150ms}}",
                   {{"workload.users.arrivals", "constant(10/s)"},
                    {"services.db.endpoints.get.steps", "[{work: 250ms}]"}}));
    CHECK(of(flow.settled, Outcome::timeout) == flow.settled_total());
    CHECK(flow.sent > 40);
}

TEST_CASE("gates: a failure that settles the call takes its other tries back") {
    const auto record =
        play_rules("{hedge: {after: 50ms, next_on: [timeout]}}",
                   {{"services.db.endpoints.get.steps", "[{work: 100ms}, {fail: 500}]"}});
    const auto flow = calls_of(record);
    CHECK(of(flow.settled, Outcome::error) == 10);
    CHECK(flow.sent == 20);
    CHECK(of(flow.tries, Outcome::cancelled) == 10);
    CHECK(service(record, "db").cancelled == 10);
}

TEST_CASE("gates: a try whose time runs out while it waits for its turn is a timeout at once") {
    const auto record = play_rules("{rate_limit: {rate: 1/s, burst: 1, wait: 10s}, timeout: 100ms}",
                                   {{"workload.users.arrivals", "constant(2/s)"}});
    const auto flow = calls_of(record);
    CHECK(of(flow.settled, Outcome::timeout) > 0);
    CHECK(of(flow.settled, Outcome::timeout) + of(flow.settled, Outcome::ok) ==
          flow.settled_total());
    CHECK(service(record, "db").arrived == flow.sent);
}

TEST_CASE("gates: a deadline that has passed is a timeout without a message") {
    const auto record = play(R"(
run: {duration: 10s, seed: 1}
services:
  web: {endpoints: {get: {steps: [{work: 200ms}, {call: db.get, policy: inner}]}}}
  db: {endpoints: {get: {steps: [{work: 1ms}]}}}
policies:
  outer: {timeout: 100ms, deadline: propagate}
  inner: {timeout: 1s, deadline: propagate}
workload: {users: {call: web.get, arrivals: constant(1/s), policy: outer}}
)");
    const auto flow = calls(record, "web", "db.get");
    CHECK(flow.sent == 0);
    CHECK(of(flow.settled, Outcome::timeout) == flow.settled_total());
}

TEST_CASE("gates: the retry of a try that a gate refused asks that gate again") {
    const auto flow = calls_of(
        play_rules("{breaker: {open_at: \"1 consecutive errors\", half_open_after: 60s}, "
                   "retry: {retries: 1, when: [any]}, timeout: {attempt: 50ms, total: 1h}}"));
    CHECK(flow.sent == 1);
    CHECK(of(flow.tries, Outcome::breaker_open) == 19);
}

TEST_CASE("gates: nothing is lost where every gate, hedges and retries meet an overload") {
    for (const char* order :
         {"", ", order: [bulkhead, retry, hedge]", ", order: [breaker, retry]"}) {
        INFO(order);
        const auto record = play_rules(
            std::string{
                "{bulkhead: {connections: 3, pending: 4}, rate_limit: {rate: 120/s, burst: 1, "
                "wait: 200ms}, breaker: {open_at: \"20 consecutive errors\", "
                "half_open_after: 1s}, hedge: {after: 40ms, extra: 2}, retry: {retries: 2, "
                "when: [any], backoff: 10ms}, timeout: {attempt: 120ms, total: 400ms}, "
                "deadline: propagate"} +
                order + "}",
            {{"run.duration", "200s"},
             {"workload.users.arrivals", "poisson(30/s)"},
             {"services.db.endpoints.get.steps", "[{work: exponential(mean=90ms)}]"}});
        const auto flow = calls_of(record);
        CHECK(flow.settled_total() + record.repeats.front().in_flight == flow.started);
        CHECK(of(flow.settled, Outcome::ok) > flow.started / 10);
    }
}

}  // namespace
}  // namespace shaketable::sim
