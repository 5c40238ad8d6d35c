// Calls without a record of their own, until their first try fails: nobody can tell.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

/// A front that calls a back which is slow, sheds, crashes and loses messages; both are in trouble.
reports::Record play_trouble(const std::string& timeout, const std::string& rest) {
    auto record = play(R"(
run: {duration: 40s, seed: 5, keep_traces: 20}
network: {default: {latency: exponential(mean=1ms)}}
services:
  front:
    replicas: 2
    workers: 20
    queue: 10
    endpoints:
      get:
        steps:
          - work: exponential(mean=1ms)
          - parallel: [[{call: back.get, policy: rules}], [{call: back.get, policy: rules, optional: true}]]
          - reply: 200
          - call: back.get
            policy: rules
  back:
    replicas: 2
    workers: 3
    queue: 20
    endpoints: {get: {idempotent: true, steps: [{work: exponential(mean=20ms)}]}}
policies:
  users: {timeout: 150ms, cancel: propagate, deadline: propagate}
  rules: {}
workload: {users: {call: front.get, arrivals: poisson(60/s), policy: users}}
faults:
  - {id: lost, at: 5s, for: 5s, fault: loss, target: front -> back, share: 20%}
  - {id: crash, at: 15s, for: 2s, fault: crash, target: "back[0]"}
  - {id: reset, at: 20s, for: 5s, fault: reset, target: front -> back, share: 30%}
  - {id: dead, at: 28s, for: 1s, fault: crash, target: front}
)",
                       {{"policies.rules", "{timeout: " + timeout + ", " + rest + "}"}});
    // Records of calls are numbered, and timers are named after them.
    record.repeats.front().fingerprint = 0;
    return record;
}

void check_same(const std::string& rest) {
    CAPTURE(rest);
    const auto direct = play_trouble("60ms", rest);
    // A time for the whole call needs a record from the start; this one never ends.
    const auto recorded = play_trouble("{attempt: 60ms, total: 10h}", rest);
    CHECK(calls(direct, "front", "back.get").retries > 100);
    CHECK(direct.repeats == recorded.repeats);
    CHECK(direct.traces == recorded.traces);
}

TEST_CASE("starts: a call whose record is made when its first try fails is as one that had it") {
    check_same("retry: {retries: 2, when: [timeout, 5xx, unreachable]}");
    check_same("retry: {retries: 3, when: [timeout, 5xx], backoff: 20ms, budget: 30%}");
    check_same("retry: {retries: 1, when: [timeout, 5xx], budget: {rule: grpc, tokens: 50}}");
}

TEST_CASE("starts: nor with gates that refuse, fallbacks, deadlines and cancellation") {
    const std::string retry = "retry: {retries: 2, when: [timeout, 5xx, refused]}";
    check_same(retry + ", breaker: {open_at: \"errors > 30% of 10 over 5s\", half_open_after: 1s}");
    check_same(retry + ", fallback: {when: [any], work: 2ms}, deadline: propagate");
    check_same(retry + ", throttle: {}, cancel: propagate, deadline: propagate");
}

}  // namespace
}  // namespace shaketable::sim
