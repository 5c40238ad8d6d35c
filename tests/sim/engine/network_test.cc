// The ways between services, and who is chosen at their end.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view zoned = R"(
run: {duration: 10s, seed: 1}
zones: {a: {}, b: {}}
services:
  db:
    replicas: {a: 1, b: 1}
    endpoints: {get: {idempotent: true, steps: [{work: 1ms}]}}
workload: {users: {call: db.get, arrivals: constant(10/s), from: {a: 100%}, size: 1kB, response: 1kB}}
)";

TEST_CASE("network: a crossing costs its link's latency, there and back") {
    const auto flow =
        calls(play(zoned, {{"network", "{default: {latency: 5ms}}"}}), "users", "db.get");
    CHECK(flow.latency.longest() == milliseconds{11});
}

TEST_CASE("network: the link between zones is longer than the one within") {
    const auto flow = calls(
        play(zoned, {{"network", "{default: {latency: 1ms}, between zones: {latency: 20ms}}"}}),
        "users", "db.get");
    CHECK(flow.latency.quantile(0.25) == Approx(0.003).epsilon(0.01));
    CHECK(flow.latency.longest() == milliseconds{41});
}

TEST_CASE("network: a link named for its ends wins over the others") {
    const auto flow =
        calls(play(zoned, {{"network", "{default: {latency: 1ms}, users -> db: {latency: 9ms}}"}}),
              "users", "db.get");
    // It is the link of these calls, there and back.
    CHECK(flow.latency.longest() == milliseconds{19});
}

TEST_CASE("network: bandwidth takes the time of the bytes") {
    const auto flow =
        calls(play(zoned, {{"network", "{default: {bandwidth: 100kB/s}}"}}), "users", "db.get");
    CHECK(flow.latency.longest() == milliseconds{21});
}

TEST_CASE("network: loss costs a retransmission of 200 ms, doubling") {
    const auto flow =
        calls(play(zoned, {{"network", "{default: {loss: 10%}}"}, {"run.duration", "1000s"}}),
              "users", "db.get");
    CHECK(flow.succeeded() == flow.settled_total());
    // Of 10,000 calls, 19% lose at least one of two crossings; 4 standard deviations are 1.6%.
    CHECK(flow.latency.quantile(0.79) < 0.002);
    CHECK(flow.latency.quantile(0.83) > 0.2);
}

TEST_CASE("network: who prefers its own zone stays in it") {
    const auto record =
        play(zoned, {{"network", "{default: {latency: 1ms}, between zones: {latency: 20ms}}"},
                     {"services.db.balance", "{prefer: same-zone}"}});
    CHECK(calls(record, "users", "db.get").latency.longest() == milliseconds{3});
}

constexpr std::string_view gray = R"(
run: {duration: 100s, seed: 1}
services:
  db:
    replicas: 4
    workers: 2
    endpoints: {get: {idempotent: true, steps: [{work: 10ms}]}}
policies: {rules: {timeout: 200ms}}
workload: {users: {call: db.get, arrivals: poisson(200/s), policy: rules}}
faults: [{id: gray, at: 0s, for: 100s, fault: slow, target: "db[0]", factor: 50}]
)";

TEST_CASE("balance: rules that look at their replicas avoid a slow one") {
    const auto share_of_failures = [](const char* rule) {
        const auto flow =
            calls(play(gray, {{"services.db.balance", std::string{"{policy: "} + rule + "}"}}),
                  "users", "db.get");
        return 1 -
               static_cast<double>(flow.succeeded()) / static_cast<double>(flow.settled_total());
    };
    CHECK(share_of_failures("round-robin") == Approx(0.25).margin(0.01));
    CHECK(share_of_failures("random") == Approx(0.25).margin(0.02));
    CHECK(share_of_failures("least-requests") < 0.1);
    CHECK(share_of_failures("power-of-two") < 0.15);
    CHECK(share_of_failures("peak-ewma") < 0.1);
}

TEST_CASE("balance: outlier ejection takes out the replica that fails") {
    const auto record = play(
        gray,
        {{"faults",
          "[{id: gray, at: 0s, for: 100s, fault: error, target: \"users -> db[0]\", status: 503}]"},
         {"services.db.balance",
          "{outlier_ejection: {consecutive: 5, ejection_time: 30s, ejected_max: 50%}}"}});
    CHECK(events(record, "ejected") > 0);
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::error) < flow.settled_total() / 20);
}

TEST_CASE("balance: health checks keep requests away from a replica that is down") {
    const auto record =
        play(gray, {{"faults", "[{id: dead, at: 10s, for: 80s, fault: crash, target: \"db[0]\"}]"},
                    {"services.db.balance", "{health_check: {interval: 1s, unhealthy: 2}}"}});
    CHECK(events(record, "unhealthy") == 1);
    CHECK(events(record, "healthy") == 1);
    const auto flow = calls(record, "users", "db.get");
    CHECK(of(flow.settled, Outcome::unreachable) < 200);  // a quarter of 200/s for at most 3 s
}

}  // namespace
}  // namespace shaketable::sim
