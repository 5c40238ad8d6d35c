// What faults that act on bytes mean in virtual time.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

/// A hundred calls of 1 kB with answers of 10 kB, each of 10 ms, while the fault lasts.
struct Played {
    explicit Played(const std::string& fault)
        : record{play(R"(
run: {duration: 30s, seed: 1}
services:
  web:
    endpoints: {get: {http: GET /x, steps: [{call: db.get, policy: rules, size: 1kB, response: 10kB}]}}
  db:
    endpoints: {get: {http: GET /rows, idempotent: true, steps: [{work: 10ms}]}}
policies: {rules: {timeout: 900ms}}
workload: {users: {call: web.get, arrivals: constant(10/s)}}
faults:
  - {id: cut, at: 10s, for: 10s, target: web -> db, fault: )" +
                      fault + "}\n")},
          during{calls(record, "web", "db.get", at_second(10), at_second(20))} {
        auto outside = calls(record, "web", "db.get", at_second(0), at_second(10));
        outside.merge(calls(record, "web", "db.get", at_second(20), at_second(30)));
        CHECK(outside.settled_total() == outside.succeeded());
        CHECK(service(record, "db").arrived + swallowed() == 300);
    }
    [[nodiscard]] std::uint64_t swallowed() const {
        return of(during.settled, Outcome::unreachable);
    }
    [[nodiscard]] std::uint64_t errors() const { return of(during.settled, Outcome::error); }
    [[nodiscard]] std::uint64_t hits() const { return record.repeats[0].fault_hits[0]; }

    reports::Record record;
    reports::FlowTotals during;
};

TEST_CASE("byte fault: an answer that is corrupted or tampered with is an error") {
    for (const char* fault : {"corrupt", "corrupt, direction: request", "tamper, body: \"{}\"",
                              "tamper, header: X-Cache, direction: request"}) {
        INFO(fault);
        CHECK(Played{fault}.errors() == 100);
    }
    const Played some{"corrupt, share: 30%"};
    CHECK(some.errors() > 10);
    CHECK(some.errors() < 50);
    CHECK(some.errors() == some.hits());
}

TEST_CASE("byte fault: a limit spoils what is longer") {
    CHECK(Played{"limit_data, bytes: 9999B"}.errors() == 100);
    CHECK(Played{"limit_data, bytes: 10kB"}.errors() == 0);
    CHECK(Played{"limit_data, bytes: 999B, direction: request"}.errors() == 100);
    CHECK(Played{"limit_data, bytes: 1kB, direction: request"}.errors() == 0);
}

TEST_CASE("byte fault: a throttled answer takes its bytes' time, and its request none") {
    const Played slow{"throttle_response, rate: 100kB/s"};
    CHECK(slow.during.latency.quantile(0.5) == Approx(0.110).epsilon(0.01));
    CHECK(slow.errors() == 0);
}

TEST_CASE("byte fault: pieces wait for each other") {
    const Played cut{"slice, size: 1kB, gap: 5ms"};  // ten pieces, nine pauses
    CHECK(cut.during.latency.quantile(0.5) == Approx(0.055).epsilon(0.01));
    CHECK(Played{"slice, size: 1kB"}.during.latency.longest() == milliseconds{10});
}

TEST_CASE("byte fault: an end that comes late changes nothing here, and is counted") {
    const Played late{"slow_close, delay: 1s"};
    CHECK(late.during.latency.longest() == milliseconds{10});
    CHECK(late.hits() == 100);
}

TEST_CASE("byte fault: silence that ends is noticed then, and a reset when it comes") {
    for (const char* fault : {"blackhole, close_after: 50ms", "reset, after: 50ms"}) {
        INFO(fault);
        CHECK(Played{fault}.swallowed() == 100);
    }
}

}  // namespace
}  // namespace shaketable::sim
