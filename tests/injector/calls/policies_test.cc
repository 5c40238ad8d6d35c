// Policies over real sockets: what they send, refuse and take back. Counts are exact where time
// plays no part.
#include "tests/injector/live.h"

namespace shaketable::injector {
namespace {

using std::chrono::milliseconds;

/// Constant arrivals on `svc`, which is served as `steps` say, under `policy`.
std::string calling(const std::string& policy, const std::string& steps,
                    const std::string& service = "workers: 64", const std::string& rate = "100/s") {
    return "schema: shaketable/v1\nname: t\nrun: {duration: 1s}\nservices:\n  svc:\n    " +
           service + "\n    endpoints:\n      get: {http: GET /get, steps: [" + steps +
           "]}\npolicies:\n  p: " + policy +
           "\nworkload:\n  users: {call: svc.get, arrivals: constant(" + rate + "), policy: p}\n";
}

struct Ran {
    reports::FlowTotals flow;
    reports::ServiceTotals service;
    reports::Repeat repeat;
};

Ran ran(const std::string& text) {
    live::Run run{live::scenario_of(text)};
    reports::Record record = run.record();
    return {live::flow(record.repeats[0], 0), live::service(record.repeats[0], 0),
            std::move(record.repeats[0])};
}

std::uint64_t of(const std::array<std::uint64_t, outcome_count>& counts, Outcome outcome) {
    return counts[static_cast<std::size_t>(outcome)];
}

TEST_CASE("policies live: a call is tried again as often as its policy says, and fails once") {
    const Ran r = ran(calling("{retry: {retries: 2, when: [5xx], backoff: 0}}", "{fail: 503}"));
    CHECK(r.flow.started >= 98);
    CHECK(of(r.flow.settled, Outcome::error) == r.flow.settled_total());
    CHECK(r.flow.settled_total() + 1 >= r.flow.started);
    CHECK(r.flow.attempts >= 3 * r.flow.settled_total());
    CHECK(r.flow.attempts <= 3 * r.flow.started);
    CHECK(r.flow.retries + r.flow.started >= r.flow.attempts);
}

TEST_CASE("policies live: an open breaker refuses at the caller, and says when it opened") {
    const Ran r =
        ran(calling("{breaker: {open_at: \"errors > 50% of 10 over 10s\", half_open_after: 30s}}",
                    "{fail: 500}"));
    CHECK(r.flow.sent >= 10);
    CHECK(r.flow.sent <= 12);
    CHECK(of(r.flow.tries, Outcome::breaker_open) + r.flow.sent == r.flow.attempts);
    CHECK(r.service.arrived == r.flow.sent);
    CHECK(r.flow.breaker_open > milliseconds{500});
    const bool told = std::any_of(
        r.repeat.events.begin(), r.repeat.events.end(),
        [](const auto& e) { return e.what == "breaker-open" && e.subject == "users -> svc.get"; });
    CHECK(told);
}

TEST_CASE("policies live: a fallback answers for a callee that fails") {
    const Ran r = ran(calling("{fallback: {when: [5xx]}}", "{fail: 500}"));
    CHECK(of(r.flow.settled, Outcome::degraded) == r.flow.settled_total());
    CHECK(r.flow.settled_total() > 0);
}

TEST_CASE("policies live: a fallback may call somebody else, who is counted as called") {
    const Ran r =
        ran("schema: shaketable/v1\nname: t\nrun: {duration: 1s}\nservices:\n"
            "  svc:\n    endpoints:\n      bad: {steps: [{fail: 500}]}\n"
            "      good: {steps: [{work: 0ms}]}\n"
            "policies:\n  p: {fallback: {when: [5xx], call: svc.good}}\n"
            "workload:\n  users: {call: svc.bad, arrivals: constant(100/s), policy: p}\n");
    const reports::FlowTotals good = live::flow(r.repeat, 1);
    CHECK(of(r.flow.settled, Outcome::degraded) >= 98);
    CHECK(of(r.flow.settled, Outcome::degraded) == r.flow.settled_total());
    CHECK(of(good.settled, Outcome::ok) >= r.flow.settled_total());
}

TEST_CASE("policies live: without cancellation the callee works on, and its answers come late") {
    const Ran r = ran(calling("{timeout: 20ms}", "{work: 100ms}"));
    CHECK(of(r.flow.settled, Outcome::timeout) == r.flow.settled_total());
    CHECK(r.flow.late >= 80);
    CHECK(r.service.cancelled == 0);
    CHECK(r.service.wasted == r.service.completed);
    CHECK(r.service.completed >= 80);
}

TEST_CASE("policies live: a cancelled try is taken back from its callee") {
    const Ran r = ran(calling("{timeout: 20ms, cancel: propagate}", "{work: 100ms}"));
    CHECK(of(r.flow.settled, Outcome::timeout) == r.flow.settled_total());
    CHECK(r.flow.late == 0);
    CHECK(r.service.cancelled >= 80);
    CHECK(r.service.completed <= 5);
}

TEST_CASE("policies live: cancelling what is queued leaves running work alone") {
    const Ran r = ran(
        calling("{timeout: 50ms, cancel: queued}", "{work: 100ms}", "workers: 1\n    queue: 100"));
    CHECK(r.service.completed >= 7);  // one after the other, to its end
    CHECK(r.service.completed <= 10);
    CHECK(r.service.cancelled >= 60);
}

TEST_CASE("policies live: a propagated deadline is known to the callee, which drops what is late") {
    const Ran r = ran(calling("{timeout: 50ms, deadline: propagate}", "{work: 20ms}",
                              "workers: 1\n    queue: 100"));
    CHECK(r.service.refused[static_cast<std::size_t>(Outcome::expired)] > 20);
}

TEST_CASE("policies live: a bulkhead bounds what is out at once, and refuses beyond its row") {
    const Ran r = ran(calling("{bulkhead: {connections: 2, pending: 1}}", "{work: 100ms}"));
    CHECK(r.service.connections_max == 2);
    CHECK(of(r.flow.settled, Outcome::bulkhead_full) >= 60);
}

TEST_CASE("policies live: a hedge is sent after its delay, and the loser is taken back") {
    const Ran r = ran(calling("{hedge: {after: 30ms}}", "{work: 60ms}"));
    CHECK(r.flow.hedges >= 80);
    CHECK(r.service.cancelled >= 80);
    CHECK(of(r.flow.tries, Outcome::cancelled) >= 80);
    CHECK(of(r.flow.settled, Outcome::ok) == r.flow.settled_total());
}

TEST_CASE("policies live: a client's rate limit lets through what it says") {
    const Ran r = ran(calling("{rate_limit: {rate: 20/s, burst: 1}}", "{work: 0ms}"));
    CHECK(r.flow.sent >= 18);
    CHECK(r.flow.sent <= 24);
}

TEST_CASE("policies live: a try with nobody listening is unreachable") {
    live::Run run{live::scenario_of(calling("{timeout: 1s}", "{work: 0ms}"))};
    run.processes().reserve(1);
    {
        // The replica never comes: its port is closed.
        live::Process& standin = run.start_standin(0);
        REQUIRE(standin.channel.send(MessageKind::crash));
        (void)run.part_of(standin);
        ::waitpid(standin.pid, nullptr, 0);
        run.processes().clear();
    }
    const reports::Repeat part = run.part_of(run.start_load());
    const reports::FlowTotals flow = live::flow(part, 0);
    CHECK(flow.started >= 98);
    CHECK(of(flow.settled, Outcome::unreachable) == flow.settled_total());
    CHECK(flow.settled_total() + 1 >= flow.started);
}

TEST_CASE("policies live: an unhealthy replica is taken out of balance until it is well") {
    const std::string text =
        "schema: shaketable/v1\nname: t\nrun: {duration: 2s}\nservices:\n  svc:\n    replicas: 2\n"
        "    balance: {policy: round-robin, health_check: {interval: 50ms, timeout: 40ms, "
        "unhealthy: 2, healthy: 2}}\n"
        "    endpoints:\n      get: {steps: [{work: 0ms}]}\n"
        "workload:\n  users: {call: svc.get, arrivals: constant(200/s), timeout: 1s}\n";
    live::Run run{live::scenario_of(text)};
    run.processes().reserve(4);
    run.start_standin(0);
    live::Process& second = run.start_standin(1);
    live::Process& load = run.start_load();
    run.wait_until(milliseconds{500});
    REQUIRE(second.channel.send(MessageKind::crash));
    reports::Repeat repeat = run.part_of(second);
    run.wait_until(milliseconds{1000});
    live::Process& reborn = run.start_standin(1, 1);
    reports::merge_part(repeat, run.part_of(load));
    const reports::Repeat after = run.part_of(reborn);
    const reports::FlowTotals flow = live::flow(repeat, 0);
    CHECK(of(flow.settled, Outcome::unreachable) >= 1);
    CHECK(of(flow.settled, Outcome::unreachable) <= 60);
    CHECK(live::service(after, 0).completed >= 20);  // it is used again
    std::vector<std::string> seen;
    for (const reports::Event& e : repeat.events)
        if (e.subject == "svc[1]") seen.push_back(e.what);
    CHECK(seen == std::vector<std::string>{"unhealthy", "healthy"});
}

}  // namespace
}  // namespace shaketable::injector
