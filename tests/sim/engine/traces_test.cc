// Kept requests tell what happened to them, and keeping them changes nothing.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using reports::Trace;
using reports::Visit;
using std::chrono::milliseconds;

constexpr std::string_view two_services = R"(
run: {duration: 20s, seed: 5, keep_traces: 8}
network: {default: {latency: 1ms}}
services:
  web:
    workers: 4
    endpoints: {get: {steps: [{work: exponential(mean=5ms)}, {call: db.get, policy: rules}]}}
  db:
    workers: 2
    endpoints: {get: {idempotent: true, steps: [{work: exponential(mean=10ms)}]}}
policies: {rules: {timeout: 25ms, retry: {retries: 1, when: [timeout]}}}
workload: {users: {call: web.get, arrivals: poisson(50/s)}}
)";

TEST_CASE("traces: as many as asked for, of four sorts, each request once") {
    const auto record = play(two_services);
    REQUIRE(record.traces.size() == 8);
    std::vector<std::uint64_t> ordinals;
    std::vector<std::string> sorts;
    for (const Trace& trace : record.traces) {
        ordinals.push_back(trace.ordinal);
        sorts.push_back(trace.why);
    }
    std::sort(ordinals.begin(), ordinals.end());
    CHECK(std::unique(ordinals.begin(), ordinals.end()) == ordinals.end());
    CHECK(std::count(sorts.begin(), sorts.end(), "slowest") == 2);
    CHECK(std::count(sorts.begin(), sorts.end(), "failed") == 2);
    CHECK(std::count(sorts.begin(), sorts.end(), "most-retried") == 2);
    CHECK(std::count(sorts.begin(), sorts.end(), "random") == 2);
}

TEST_CASE("traces: the slowest is the slowest of the run") {
    const auto record = play(two_services);
    const auto flow = calls(record, "users", "web.get");
    const Visit& root = record.traces.front().visits.front();
    // Failed requests may be slower still; the histogram is of successes.
    CHECK(root.ended - root.sent >= flow.latency.longest());
}

TEST_CASE("traces: a visit lies within its caller's, and its times are in order") {
    for (const Trace& trace : play(two_services).traces) {
        REQUIRE(trace.visits.size() >= 2);
        for (std::size_t v = 1; v < trace.visits.size(); ++v) {
            const Visit& visit = trace.visits[v];
            const Visit& caller = trace.visits[visit.parent];
            CHECK(visit.parent < v);
            CHECK(visit.sent >= caller.sent);
            CHECK(visit.arrived == visit.sent + milliseconds{1});
            CHECK(visit.started >= visit.arrived);
            CHECK(visit.ended > visit.sent);
            CHECK(visit.service == (visit.parent == 0 ? "web" : "db"));
        }
    }
}

TEST_CASE("traces: tries of a call are counted from one") {
    const auto record = play(two_services);
    const auto retried = std::find_if(record.traces.begin(), record.traces.end(),
                                      [](const Trace& t) { return t.why == "most-retried"; });
    REQUIRE(retried != record.traces.end());
    CHECK(retried->visits.back().attempt >= 2);
}

TEST_CASE("traces: what was never sent ends where it began") {
    const auto record =
        play(two_services, {{"policies.rules", "{rate_limit: {rate: 1/s, burst: 1}}"}});
    bool found = false;
    for (const Trace& trace : record.traces)
        for (const Visit& visit : trace.visits)
            if (visit.outcome == Outcome::rate_limited) {
                found = true;
                CHECK(visit.ended == visit.sent);
                CHECK(visit.arrived == never);
            }
    CHECK(found);
}

TEST_CASE("traces: keeping none leaves every other byte of the record as it is") {
    auto with = play(two_services);
    const auto without = play(two_services, {{"run.keep_traces", "0"}});
    CHECK(without.traces.empty());
    with.traces.clear();
    CHECK(with == without);
}

}  // namespace
}  // namespace shaketable::sim
