// Numbers at the end of what can be written: the run goes on, and nothing overflows.
#include <string>

#include <catch2/catch.hpp>

#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

/// web calls db once; the capitals are replaced.
std::string system(const std::string& size, const std::string& db, const std::string& rest) {
    return R"(run: {duration: 10s}
services:
  web: {endpoints: {get: {steps: [{call: db.get, size: )" +
           size + R"(}]}}}
  db: {)" + db +
           R"(endpoints: {get: {steps: [{work: 100d}]}}}
workload: {users: {call: web.get, arrivals: poisson(10/s)}}
)" + rest;
}

/// All that began are still on their way: none came back within ten seconds.
void nobody_comes_back(const std::string& body) {
    const auto flow = calls(play(body), "users", "web.get");
    CHECK(flow.started > 50);
    CHECK(flow.settled_total() == 0);
}

}  // namespace

TEST_CASE("extremes: a petabyte at one bit a second") {
    nobody_comes_back(system("1000TB", "", "network: {default: {bandwidth: 1bit/s}}\n"));
    nobody_comes_back(
        system("1000TB", "",
               "faults: [{id: f, at: 0, fault: bandwidth, target: web -> db, rate: 1bit/s}]\n"));
}

TEST_CASE("extremes: a thousand delays of a hundred days") {
    std::string faults = "faults:\n";
    for (int i = 0; i < 1000; ++i)
        faults += "  - {id: f" + std::to_string(i) +
                  ", at: 0, fault: latency, target: web -> db, delay: 100d}\n";
    nobody_comes_back(system("0", "", faults));
}

TEST_CASE("extremes: a hundred days of work, slowed down a million times a hundred times over") {
    std::string faults = "faults:\n";
    for (int i = 0; i < 100; ++i)
        faults += "  - {id: f" + std::to_string(i) +
                  ", at: 1s, fault: slow, target: db, factor: 1000000}\n";
    nobody_comes_back(system("0", "", faults));
    nobody_comes_back(system("0", "cores: 2, ", faults));
}

TEST_CASE(
    "extremes: a hundred days of patience, ten years for all, and of back-off after a failure") {
    nobody_comes_back(R"(run: {duration: 10s}
services:
  web: {endpoints: {get: {steps: [{call: db.get, policy: p}]}}}
  db: {endpoints: {get: {steps: [{fail: 500}]}}}
policies:
  p:
    timeout: {attempt: 100d, total: 3650d}
    retry: {retries: 1000, when: [5xx], backoff: {base: 3650d, factor: 1000, max: 3650d}}
workload: {users: {call: web.get, arrivals: poisson(10/s)}}
)");
}

TEST_CASE("extremes: two thousand who wait for a hundred days") {
    const auto db = service(play(R"(run: {duration: 104d, sample_every: 4d}
services:
  db: {workers: 1, queue: unlimited, endpoints: {get: {steps: [{work: 100d}]}}}
workload: {users: {call: db.get, arrivals: constant(1000000/s), for: 2ms}}
)"),
                            "db");
    // 64 bits of nanoseconds end at 9.2e9 s.
    const double days =
        static_cast<double>(db.arrived - 1) * 100 + static_cast<double>(db.arrived - 2) * 4;
    CHECK(db.arrived > 1990);
    CHECK(to_seconds(db.queue_time) == Approx(days * 86'400).epsilon(1e-9));
    CHECK(to_seconds(db.in_system_time) == Approx((days + 104) * 86'400).epsilon(1e-9));
    CHECK(db.sojourn == db.in_system_time);
}

}  // namespace shaketable::sim
