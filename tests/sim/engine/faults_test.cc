// What faults do in a run, and that everything is as before when they are over.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Ten requests a second for thirty seconds through web (1 ms) to db (10 ms); a fault from 10 s to
/// 20 s.
reports::Record play_fault(const std::string& fault, const Sets& sets = {}) {
    return play(R"(
run: {duration: 30s, seed: 1}
services:
  web:
    endpoints: {get: {http: GET /x, steps: [{work: 1ms}, {call: db.get, policy: rules, size: 1kB, response: 10kB}]}}
  db:
    endpoints: {get: {http: GET /rows, idempotent: true, steps: [{work: 10ms}]}}
policies: {rules: {timeout: 500ms}}
workload: {users: {call: web.get, arrivals: constant(10/s)}}
faults:
  - {id: cut, at: 10s, for: 10s, )" +
                    fault + "}\n",
                sets);
}

reports::FlowTotals during(const reports::Record& record) {
    return calls(record, "web", "db.get", at_second(10), at_second(20));
}
reports::FlowTotals outside(const reports::Record& record) {
    auto sum = calls(record, "web", "db.get", at_second(0), at_second(10));
    sum.merge(calls(record, "web", "db.get", at_second(20), at_second(30)));
    return sum;
}

void check_untouched(const reports::FlowTotals& flow) {
    CHECK(flow.settled_total() == flow.succeeded());
    CHECK(flow.latency.longest() == milliseconds{10});
}

TEST_CASE("fault: latency is added while it lasts") {
    const auto record = play_fault("fault: latency, target: web -> db, delay: 200ms");
    CHECK(during(record).latency.quantile(0.5) == Approx(0.21).epsilon(0.01));
    CHECK(outside(record).settled_total() == outside(record).succeeded());
    CHECK(record.repeats[0].fault_hits[0] == 100);
}

TEST_CASE("fault: latency of one direction is that of the response") {
    const auto record =
        play_fault("fault: latency, target: web -> db, delay: 200ms, direction: response");
    CHECK(service(record, "db", at_second(10), at_second(20)).arrived == 100);
    CHECK(during(record).latency.quantile(0.5) == Approx(0.21).epsilon(0.01));
}

TEST_CASE("fault: a blackhole swallows, and only the timeout tells") {
    const auto record = play_fault("fault: blackhole, target: web -> db");
    CHECK(of(during(record).settled, Outcome::timeout) >= 94);
    CHECK(service(record, "db", at_second(10), at_second(20)).arrived == 0);
}

TEST_CASE("fault: refuse and reset are noticed at once, and nothing arrives") {
    for (const char* kind : {"refuse", "reset"}) {
        INFO(kind);
        const auto record = play_fault(std::string{"fault: "} + kind + ", target: web -> db");
        CHECK(of(during(record).settled, Outcome::unreachable) == 100);
        CHECK(service(record, "db", at_second(10), at_second(20)).arrived == 0);
        check_untouched(outside(record));
    }
}

TEST_CASE("fault: an error answers for the callee, for its share of the requests") {
    const auto all = play_fault("fault: error, target: web -> db, status: 503");
    CHECK(of(during(all).settled, Outcome::error) == 100);
    CHECK(service(all, "db", at_second(10), at_second(20)).arrived == 0);
    check_untouched(outside(all));
    const auto some = play_fault("fault: error, target: web -> db, status: 503, share: 30%");
    CHECK(static_cast<double>(of(during(some).settled, Outcome::error)) == Approx(30).margin(19));
}

TEST_CASE("fault: a sequence hits the very requests that it names") {
    const auto first =
        play_fault("fault: error, target: web -> db, status: 503, sequence: first 2");
    CHECK(of(during(first).settled, Outcome::error) == 2);
    const auto every =
        play_fault("fault: error, target: web -> db, status: 503, sequence: every 5th");
    CHECK(of(during(every).settled, Outcome::error) == 20);
}

TEST_CASE("fault: loss costs retransmissions, not requests") {
    const auto record = play_fault("fault: loss, target: web -> db, share: 20%",
                                   {{"policies.rules.timeout", "60s"}});
    CHECK(during(record).succeeded() + outside(record).succeeded() == 300);
    CHECK(during(record).latency.longest() >= milliseconds{210});
}

TEST_CASE("fault: bandwidth makes a message as long as its bytes") {
    // 10 kB at 100 kB/s are 100 ms, 1 kB on the way there 10 ms.
    const auto record =
        play_fault("fault: bandwidth, target: web -> db, rate: 100kB/s, per: connection");
    CHECK(during(record).latency.quantile(0.5) == Approx(0.12).epsilon(0.02));
}

TEST_CASE("fault: a partition silences both ways, in flight included, and may be told at once") {
    const auto silent = play_fault("fault: partition, groups: [[web], [db]]");
    CHECK(of(during(silent).settled, Outcome::timeout) >= 94);
    const auto told = play_fault("fault: partition, groups: [[web], [db]], reject: true");
    CHECK(of(during(told).settled, Outcome::unreachable) == 100);
}

TEST_CASE("fault: a crash loses what is in hand, and the replica comes back cold") {
    const auto record = play_fault("fault: crash, target: db");
    CHECK(of(during(record).settled, Outcome::unreachable) == 100);
    CHECK(events(record, "crashed") == 1);
    CHECK(events(record, "up") == 1);
    check_untouched(outside(record));
    const auto early = play_fault("fault: crash, target: db, restart_after: 2s");
    CHECK(of(during(early).settled, Outcome::unreachable) == 20);
    const auto starting =
        play_fault("fault: crash, target: db, restart_after: 2s", {{"services.db.startup", "3s"}});
    CHECK(of(during(starting).settled, Outcome::unreachable) == 50);
}

TEST_CASE("fault: a pause stops work and keeps it") {
    const auto record = play_fault("fault: pause, target: db", {{"policies.rules.timeout", "60s"}});
    const auto flow = calls(record, "web", "db.get");
    CHECK(flow.succeeded() == 300);
    CHECK(flow.latency.longest() > seconds{9});
}

TEST_CASE("fault: slow stretches work") {
    const auto record = play_fault("fault: slow, target: db, factor: 7");
    CHECK(during(record).latency.quantile(0.5) == Approx(0.07).epsilon(0.01));
    const auto ramp = play_fault("fault: slow, target: db, factor: 7, ramp: 10s");
    CHECK(during(ramp).latency.quantile(0.5) == Approx(0.04).epsilon(0.1));
}

TEST_CASE("fault: exhaust takes workers away, capacity replicas") {
    const auto record = play_fault("fault: exhaust, target: db, workers: 100%",
                                   {{"services.db.workers", "4"}, {"services.db.queue", "0"}});
    CHECK(of(during(record).settled, Outcome::queue_full) == 100);
    const auto drained =
        play_fault("fault: capacity, target: db, removed: 2", {{"services.db.replicas", "2"}});
    CHECK(of(during(drained).settled, Outcome::unreachable) == 100);
    check_untouched(outside(drained));
}

TEST_CASE("fault: exhaust takes connections of callers, who wait for what is left of them") {
    // A rate of 10/s times 10 ms needs a tenth of a connection; with none, all are refused.
    const auto none = play_fault("fault: exhaust, target: db, connections: 100%",
                                 {{"policies.rules.bulkhead", "4"}});
    CHECK(of(during(none).settled, Outcome::bulkhead_full) == 100);
    check_untouched(outside(none));
    const auto some = play_fault("fault: exhaust, target: db, connections: 3",
                                 {{"policies.rules.bulkhead", "4"}});
    check_untouched(during(some));
    CHECK(some.repeats[0].fault_hits[0] == 1);
    // Whoever waits when it ends is let through then: 500 ms of arrivals have not given up yet.
    const auto waiting = play_fault("fault: exhaust, target: db, connections: 4",
                                    {{"policies.rules.bulkhead", "{connections: 4, pending: 100}"},
                                     {"policies.rules.timeout", "60s"}});
    CHECK(calls(waiting, "web", "db.get").succeeded() == 300);
    CHECK(during(waiting).settled_total() == 0);
    CHECK(calls(waiting, "web", "db.get").latency.longest() > seconds{9});
}

TEST_CASE("fault: load multiplies what comes") {
    const auto record = play_fault("fault: load, target: users, factor: 3");
    CHECK(during(record).started == Approx(300).margin(2));
    CHECK(outside(record).started == Approx(200).margin(2));
}

TEST_CASE("fault: one that touches nothing is known by its hits") {
    const auto record =
        play_fault("fault: error, target: web -> db, status: 503, match: {path: /nowhere}");
    CHECK(record.repeats[0].fault_hits[0] == 0);
    check_untouched(during(record));
}

TEST_CASE("fault: it reaches the replicas that it names") {
    const auto record =
        play_fault("fault: slow, target: \"db[0]\", factor: 7", {{"services.db.replicas", "2"}});
    CHECK(during(record).latency.quantile(0.25) == Approx(0.01).epsilon(0.01));
    CHECK(during(record).latency.quantile(0.75) == Approx(0.07).epsilon(0.01));
}

TEST_CASE("fault: repeated, it comes and goes") {
    const auto record = play_fault("fault: refuse, target: web -> db, every: 3s",
                                   {{"faults",
                                     "[{id: cut, at: 10s, for: 1s, every: 3s, "
                                     "fault: refuse, target: web -> db}]"}});
    CHECK(events(record, "fault-start") == 7);
    CHECK(of(calls(record, "web", "db.get").settled, Outcome::unreachable) == 70);
}

TEST_CASE("fault: one breaks what another has cut short, and the books still balance") {
    const auto record = play_fault(
        "fault: partition, groups: [[web], [db]], reject: true",
        {{"faults",
          "[{id: a, at: 10s, for: 10s, fault: partition, groups: [[web], [db]], reject: true},"
          " {id: b, at: 10s, for: 5s, fault: crash, target: web},"
          " {id: c, at: 10s, for: 7s, fault: crash, target: db},"
          " {id: d, at: 15s, for: 5s, fault: pause, target: web}]"}});
    CHECK(calls(record, "users", "web.get").started == 300);
}

}  // namespace
}  // namespace shaketable::sim
