// What too many requests at once do to a replica: work that takes longer, and crashes.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

double throughput(const std::string& contention, const std::string& users) {
    const auto record = play(R"(
run: {duration: 101s, warmup: 1s, seed: 1, keep_traces: 0}
services:
  server:
    contention: )" + contention +
                             R"(
    endpoints: {get: {idempotent: true, steps: [{work: 10ms}]}}
workload: {users: {call: server.get, users: )" +
                             users + R"(}}
)");
    return static_cast<double>(calls(record, "users", "server.get", at_second(1)).settled_total()) /
           100;
}

TEST_CASE("contention: throughput follows the universal scalability law") {
    // N. Gunther: X(n) = n X(1) / (1 + sigma (n - 1) + kappa n (n - 1)).
    const auto law = [](double n, double sigma, double kappa) {
        return 100 * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
    };
    CHECK(throughput("{serial: 5%, crosstalk: 0.1%}", "1") == Approx(100).epsilon(0.001));
    for (const int n : {8, 32, 100}) {
        INFO(n);
        CHECK(throughput("{serial: 5%, crosstalk: 0.1%}", std::to_string(n)) ==
              Approx(law(n, 0.05, 0.001)).epsilon(0.01));
        CHECK(throughput("2%", std::to_string(n)) == Approx(law(n, 0.02, 0)).epsilon(0.01));
    }
}

TEST_CASE("contention: each request counts at its own replica, and only once it is in service") {
    const std::string text = R"(
run: {duration: 1s, seed: 1}
services:
  server:
    replicas: REPLICAS
    workers: WORKERS
    contention: 100%
    balance: round-robin
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
workload: {users: {call: server.get, users: 2}}
)";
    const auto longest = [&](std::string_view replicas, std::string_view workers) {
        std::string own = text;
        own.replace(own.find("REPLICAS"), 8, replicas);
        own.replace(own.find("WORKERS"), 7, workers);
        return calls(play(own), "users", "server.get").latency.longest();
    };
    // Alone, the two of them: 100 ms; side by side 200 ms for the second; in turn again 100 ms
    // each, with a wait.
    CHECK(longest("2", "2") == milliseconds{100});
    CHECK(longest("1", "2") == milliseconds{200});
    CHECK(longest("1", "1") == milliseconds{200});
}

std::string fragile(const std::string& crash_at, const std::string& more = "") {
    return R"(
run: {duration: 20s, seed: 1}
services:
  server:
    workers: 1
    crash_at: )" +
           crash_at + R"(
    endpoints: {get: {idempotent: true, steps: [{work: 100ms}]}}
workload:
  users: {call: server.get, arrivals: constant(5/s)}
  flood: {call: server.get, arrivals: constant(100/s), start: 5s, for: 50ms}
)" + more;
}

TEST_CASE("crash_at: a replica with too much in hand loses all of it, and is gone") {
    const auto record = play(fragile("5"));
    CHECK(events(record, "crashed") == 1);
    CHECK(events(record, "starting") == 0);
    CHECK(service(record, "server").lost >= 5);
    CHECK(calls(record, "", "server.get", at_second(10)).succeeded() == 0);
    CHECK(events(play(fragile("50")), "crashed") == 0);
}

TEST_CASE("crash_at: it starts again after its time, empty") {
    const auto record = play(fragile("{requests: 5, restart_after: 3s}"));
    CHECK(events(record, "crashed") == 1);
    CHECK(events(record, "up") == 1);
    const auto after = calls(record, "users", "server.get", at_second(9));
    CHECK(after.succeeded() == after.settled_total());
}

TEST_CASE("crash_at: a crash by a fault meanwhile ends when the fault does") {
    const auto record =
        play(fragile("5", "faults: [{id: cut, at: 6s, for: 4s, fault: crash, target: server}]"));
    CHECK(events(record, "crashed") == 2);
    CHECK(events(record, "up") == 1);
}

TEST_CASE("crash_at: requests that wait for a call of an async service are in hand as well") {
    const auto record = play(R"(
run: {duration: 20s, seed: 1}
services:
  web:
    threading: async
    crash_at: 20
    endpoints: {get: {idempotent: true, steps: [{call: db.get}]}}
  db: {endpoints: {get: {idempotent: true, steps: [{wait: 1s}]}}}
workload: {users: {call: web.get, arrivals: constant(30/s)}}
)");
    CHECK(events(record, "crashed") == 1);
    CHECK(service(record, "web").lost == 20);
}

TEST_CASE("subset: a caller keeps to its own replicas, whichever endpoint it calls") {
    const auto record = play(R"(
run: {duration: 100s, seed: 1, keep_traces: 0}
services:
  web:
    replicas: 6
    endpoints: {get: {idempotent: true, steps: [{call: db.a}, {call: db.b}]}}
  db:
    replicas: 40
    balance: {policy: random, subset: 1}
    endpoints:
      a: {idempotent: true, steps: [{work: 1ms}]}
      b: {idempotent: true, steps: [{work: 1ms}]}
workload: {users: {call: web.get, arrivals: constant(100/s)}}
faults: [{id: cut, at: 0s, for: 100s, fault: crash, target: "db[50%]"}]
)");
    // A replica of web whose shard is up answers everything, the others nothing: of its requests
    // those that pass the first call pass the second.
    const auto first = calls(record, "web", "db.a");
    const auto second = calls(record, "web", "db.b");
    CHECK(first.succeeded() > 0);
    CHECK(of(first.settled, Outcome::unreachable) > 0);
    CHECK(second.succeeded() == second.settled_total());
}

}  // namespace
}  // namespace shaketable::sim
