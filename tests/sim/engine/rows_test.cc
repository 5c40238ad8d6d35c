// Requests that commit to rows without locks.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

/// One request a second, which holds the version of the row that it read for a second and a half.
std::string overlapping(const std::string& settings, const std::string& more = "") {
    return R"(
run: {duration: 11.9s, seed: 1}
services:
  store:
    replicas: 2
    balance: round-robin
    endpoints:
      put: {idempotent: true, steps: [{optimistic: {)" +
           settings + R"(, steps: [{wait: 1.5s}]}}]}
)" + more + R"(
workload: {users: {call: store.put, arrivals: constant(1/s))" +
           std::string{more.empty() ? "" : ", policy: again"} + R"(}}
)";
}

TEST_CASE("rows: who commits after another has is refused with a conflict, on any replica") {
    // They arrive at 0, 1, 2 ... s; each reads before the last one commits and ends after it. A
    // conflict commits nothing, so every second one succeeds: those of 0, 2, 4, 6, 8 and 10 s; the
    // one of 11 s is under way at the end.
    const auto flow = calls(play(overlapping("row: stock")), "users", "store.put");
    CHECK(of(flow.settled, Outcome::ok) == 6);
    CHECK(of(flow.settled, Outcome::error) == 5);
}

TEST_CASE("rows: different rows never meet, nor do different keys") {
    const auto keys =
        calls(play(overlapping("row: stock, keys: uniform(n=1000000)")), "users", "store.put");
    CHECK(of(keys.settled, Outcome::ok) == 11);
    const auto rows = calls(play(R"(
run: {duration: 11.9s, seed: 1}
services:
  store:
    endpoints:
      a: {idempotent: true, steps: [{optimistic: {row: a, steps: [{wait: 900ms}]}}]}
      b: {idempotent: true, steps: [{optimistic: {row: b, steps: [{wait: 900ms}]}}]}
workload:
  some: {call: store.a, arrivals: constant(1/s)}
  others: {call: store.b, arrivals: constant(1/s)}
)"),
                            "", "store.b");
    CHECK(of(rows.settled, Outcome::ok) == 11);
}

TEST_CASE("rows: endpoints of a service share its rows") {
    const auto flow = calls(play(R"(
run: {duration: 11.9s, seed: 1}
services:
  store:
    endpoints:
      slow: {idempotent: true, steps: [{optimistic: {row: a, steps: [{wait: 900ms}]}}]}
      fast: {idempotent: true, steps: [{wait: 100ms}, {optimistic: {row: a, steps: []}}]}
workload:
  some: {call: store.slow, arrivals: constant(1/s)}
  others: {call: store.fast, arrivals: constant(1/s)}
)"),
                            "some", "store.slow");
    CHECK(of(flow.settled, Outcome::error) == 11);
}

TEST_CASE("rows: a retry may name conflicts, and nothing else meets them") {
    const auto with = [](const std::string& when) {
        return calls(
            play(overlapping("row: stock", "policies: {again: {retry: {retries: 3, when: [" + when +
                                               "], backoff: 200ms}}}")),
            "users", "store.put");
    };
    CHECK(with("conflict").retries > 0);
    CHECK(with("4xx").retries == with("conflict").retries);
    CHECK(with("5xx, timeout, unavailable").retries == 0);
}

TEST_CASE("rows: conflicts are as many as a counter's losses by its dead time") {
    // A success is a count, after which nobody who had read before it succeeds: 1 / (1 + rate x
    // time). Source: G. Knoll, "Radiation detection and measurement", non-paralysable dead time.
    const auto flow = calls(play(R"(
run: {duration: 1000s, seed: 1, keep_traces: 0}
services:
  store:
    endpoints:
      put: {idempotent: true, steps: [{optimistic: {row: a, steps: [{wait: 15ms}]}}]}
workload: {users: {call: store.put, arrivals: poisson(100/s)}}
)"),
                            "users", "store.put");
    const double share = static_cast<double>(of(flow.settled, Outcome::ok)) /
                         static_cast<double>(flow.settled_total());
    CHECK(share == Approx(1 / (1 + 100 * 0.015)).epsilon(0.015));
}

TEST_CASE("rows: what is cancelled or lost in a crash is not committed") {
    // Both read at 0 s; one is given up at 0.2 s, or else commits before the other at 1.5 s.
    const std::string text = R"(
run: {duration: 3.9s, seed: 1}
services:
  store:
    endpoints:
      put: {idempotent: true, steps: [{optimistic: {row: a, steps: [{wait: 1.5s}]}}]}
      see: {idempotent: true, steps: [{optimistic: {row: a, steps: [{wait: 1.7s}]}}]}
policies: {brief: {timeout: 200ms, cancel: CANCEL}}
workload:
  hasty: {call: store.put, arrivals: constant(1/s), for: 500ms, policy: brief}
  calm: {call: store.see, arrivals: constant(1/s), for: 500ms}
)";
    const auto calm = [&](std::string_view cancel) {
        std::string own = text;
        own.replace(own.find("CANCEL"), 6, cancel);
        return calls(play(own), "calm", "store.see");
    };
    CHECK(of(calm("propagate").settled, Outcome::ok) == 1);
    // Giving up is not cancelling: the work goes on, and is committed.
    CHECK(of(calm("none").settled, Outcome::error) == 1);
    // The first is lost at 2.2 s on one replica, so the second commits on the other.
    const auto crashed = play(R"(
run: {duration: 5.9s, seed: 1}
services:
  store:
    replicas: 2
    balance: {policy: least-requests, ties: index}
    endpoints:
      put: {idempotent: true, steps: [{optimistic: {row: a, steps: [{wait: 1.5s}]}}]}
workload: {users: {call: store.put, arrivals: constant(1/s), start: 1s, for: 1.5s}}
faults: [{id: gone, at: 2.2s, for: 1s, fault: crash, target: "store[0]"}]
)");
    const auto flow = calls(crashed, "users", "store.put");
    CHECK(of(flow.settled, Outcome::unreachable) == 1);
    CHECK(of(flow.settled, Outcome::ok) == 1);
}

TEST_CASE("rows: a lock may be taken inside and held on") {
    const auto flow = calls(play(R"(
run: {duration: 10.9s, seed: 1}
services:
  store:
    endpoints:
      put:
        idempotent: true
        steps: [{optimistic: {row: a, steps: [{lock: l}, {work: 10ms}]}}, {work: 10ms}, {unlock: l}]
workload: {users: {call: store.put, arrivals: constant(1/s)}}
)"),
                            "users", "store.put");
    CHECK(of(flow.settled, Outcome::ok) == 11);
    CHECK(flow.latency.longest() == milliseconds{20});
}

TEST_CASE("rows: a lock may be taken within a loop or the miss of a cache as well, and held on") {
    const auto record = play(R"(
run: {duration: 10.9s, seed: 1}
services:
  store:
    endpoints:
      loop:
        idempotent: true
        steps: [{loop: {times: 1, steps: [{lock: l}, {work: 10ms}]}}, {unlock: l}]
      miss:
        idempotent: true
        steps: [{cache: {keys: uniform(n=1000), coalesce: true, miss: [{lock: m}, {work: 10ms}]}}]
workload:
  some: {call: store.loop, arrivals: constant(1/s)}
  others: {call: store.miss, arrivals: constant(1/s)}
)");
    CHECK(calls(record, "some", "store.loop").succeeded() == 11);
    CHECK(calls(record, "others", "store.miss").succeeded() == 11);
}

}  // namespace
}  // namespace shaketable::sim
