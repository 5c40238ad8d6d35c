// The callers' policies at work in a run.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

/// A hundred requests a second for sixty seconds; the callee fails from 10 s to 20 s.
reports::Record play_failing(const std::string& policy, const Sets& more = {}) {
    Sets sets{{"policies.rules", policy}};
    sets.insert(sets.end(), more.begin(), more.end());
    return play(R"(
run: {duration: 60s, seed: 1}
services:
  web: {endpoints: {get: {steps: [{call: db.get, policy: rules}]}}}
  db: {endpoints: {get: {idempotent: true, steps: [{work: 10ms}]}}}
policies: {rules: {}}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
faults: [{id: bad, at: 10s, for: 10s, fault: error, target: web -> db, status: 503}]
)",
                sets);
}

TEST_CASE("policy: a breaker opens on errors, probes, and closes again") {
    const auto record =
        play_failing("{breaker: {open_at: \"errors > 50% of 20 over 5s\", half_open_after: 3s}}");
    CHECK(events(record, "breaker-open") >= 3);
    CHECK(events(record, "breaker-closed") == 1);
    const auto bad = calls(record, "web", "db.get", at_second(10), at_second(20));
    CHECK(of(bad.settled, Outcome::breaker_open) > 600);
    CHECK(bad.breaker_open > std::chrono::seconds{6});
    CHECK(service(record, "db", at_second(20), at_second(60)).arrived > 3500);
}

TEST_CASE("policy: a breaker outside of the retries judges calls, one inside judges tries") {
    const std::string breaker =
        "breaker: {open_at: \"50 consecutive errors\", half_open_after: 60s}";
    const std::string retry = "retry: {retries: 4, when: [5xx], backoff: {base: 0, max: 0}}";
    const auto inside = play_failing("{" + retry + ", " + breaker + "}");
    const auto outside = play_failing("{" + retry + ", " + breaker + ", order: [breaker, retry]}");
    // Fifty failures in a row are ten calls of five tries, or fifty calls.
    CHECK(of(calls(inside, "web", "db.get").tries, Outcome::error) == 50);
    CHECK(of(calls(outside, "web", "db.get").tries, Outcome::error) == 250);
}

TEST_CASE("policy: a bulkhead lets so many in at a time, and so many wait") {
    const auto record =
        play_failing("{bulkhead: {connections: 1, pending: 0}}",
                     {{"faults", "[]"}, {"workload.users.arrivals", "constant(200/s)"}});
    const auto flow = calls(record, "web", "db.get");
    CHECK(of(flow.settled, Outcome::ok) == Approx(6000).margin(2));
    CHECK(of(flow.settled, Outcome::bulkhead_full) == Approx(6000).margin(2));
    const auto waiting =
        calls(play_failing("{bulkhead: {connections: 1, pending: 10}}", {{"faults", "[]"}}), "web",
              "db.get");
    CHECK(of(waiting.settled, Outcome::ok) == Approx(6000).margin(2));
}

TEST_CASE("policy: a breaker that refuses retries leaves first tries and their failures alone") {
    const auto flow =
        calls(play_failing("{retry: {retries: 2, when: [any], backoff: 1ms}, breaker: "
                           "{open_at: \"1 consecutive errors\", half_open_after: "
                           "60s, refuses: retries}}"),
              "web", "db.get", at_second(10), at_second(20));
    // While everything fails: each call is tried once, its retry is refused, and it ends as it had
    // failed.
    CHECK(of(flow.settled, Outcome::breaker_open) == 0);
    CHECK(of(flow.settled, Outcome::error) == 1000);
    CHECK(flow.settled_total() == 1001);  // one had begun before
    CHECK(flow.sent == flow.started);
    CHECK(of(flow.tries, Outcome::breaker_open) == flow.retries);
    CHECK(flow.retries > 900);
}

TEST_CASE("policy: a rate limit refuses what comes too fast, or makes it wait") {
    const auto refusing = calls(
        play_failing("{rate_limit: {rate: 50/s, burst: 1}}", {{"faults", "[]"}}), "web", "db.get");
    CHECK(of(refusing.settled, Outcome::rate_limited) == Approx(3000).margin(5));
    const auto waiting = calls(play_failing("{rate_limit: {rate: 50/s, burst: 1, wait: 1s}}",
                                            {{"faults", "[]"}, {"workload.users.for", "1s"}}),
                               "web", "db.get");
    CHECK(of(waiting.settled, Outcome::ok) == 100);
    CHECK(waiting.latency.longest() > milliseconds{900});
}

TEST_CASE("policy: adaptive throttling sheds at the caller while the callee fails") {
    const auto record = play_failing("{throttle: {rule: sre, window: 10s, factor: 2}}");
    const auto bad = calls(record, "web", "db.get", at_second(10), at_second(20));
    CHECK(of(bad.settled, Outcome::shed) > 100);
    CHECK(of(calls(record, "web", "db.get", at_second(0), at_second(10)).settled, Outcome::shed) ==
          0);
}

TEST_CASE("policy: the preset of a library is played as its settings say") {
    for (const char* name : {"hystrix", "resilience4j", "polly", "envoy", "finagle", "grpc",
                             "aws-sdk", "sre", "istio", "linkerd"}) {
        INFO(name);
        const auto record = play_failing(std::string{"{preset: "} + name + "}");
        const auto good = calls(record, "web", "db.get", at_second(0), at_second(10));
        CHECK(good.succeeded() == good.settled_total());
    }
}

}  // namespace
}  // namespace shaketable::sim
