#include "injector/load/load.h"

#include "scenarios/workloads/arrival_clock.h"
#include "tests/injector/live.h"

namespace shaketable::injector {
namespace {

using std::chrono::milliseconds;

std::string loaded(const std::string& workload, const std::string& steps = "{work: 0ms}") {
    return "schema: shaketable/v1\nname: t\nrun: {duration: 1s, sample_every: 250ms}\n"
           "services:\n  svc: {endpoints: {get: {steps: [" +
           steps + "]}}}\nworkload:\n  users: {call: svc.get, " + workload + "}\n";
}

TEST_CASE("load: an open stream offers the very arrivals of the simulator's clock") {
    const scenarios::Scenario scenario = live::scenario_of(loaded("arrivals: poisson(300/s)"));
    scenarios::ArrivalClock clock{scenario.workload.entries[0].value, 1,
                                  Random{random_key(scenario.run.seed, 0, "users", "arrivals")}};
    std::uint64_t expected = 0;
    for (Time at = clock.next(Time{}); at < Time{} + scenario.run.duration; at = clock.next(at))
        ++expected;
    live::Run run{scenario};
    const reports::Repeat repeat = run.record().repeats[0];
    CHECK(repeat.requests == expected);
    CHECK(live::flow(repeat, 0).started == expected);
    CHECK(live::flow(repeat, 0).succeeded() + repeat.in_flight == expected);
}

TEST_CASE("load: a latency counts from the intended arrival, even if the load itself stood still") {
    live::Run run{live::scenario_of(loaded("arrivals: constant(200/s)"))};
    run.processes().reserve(2);
    run.start_standin(0);
    live::Process& load = run.start_load();
    run.wait_until(milliseconds{300});
    REQUIRE(::kill(load.pid, SIGSTOP) == 0);
    run.wait_until(milliseconds{700});
    REQUIRE(::kill(load.pid, SIGCONT) == 0);
    const reports::Repeat part = run.part_of(load);
    const reports::FlowTotals flow = live::flow(part, 0);
    CHECK(flow.started >= 198);  // nothing was left out
    CHECK(flow.latency.longest() >= milliseconds{350});
    // 80 arrivals met the stop; their latencies fall from 400 ms to nothing, half of them beyond
    // 200 ms.
    CHECK(flow.latency.share_within(milliseconds{200}) < 0.85);
}

TEST_CASE("load: closed users wait for their answers, think, and come again") {
    live::Run run{live::scenario_of(loaded("users: 10, think: 40ms", "{wait: 60ms}"))};
    const reports::Repeat repeat = run.record().repeats[0];
    CHECK(repeat.requests >= 80);
    CHECK(repeat.requests <= 105);
    CHECK(live::service(repeat, 0).connections_max <= 10);
}

TEST_CASE("load: a fault of kind load changes arrivals and users, and is logged once") {
    std::string text = loaded("arrivals: constant(100/s)") +
                       "faults:\n  - {id: rush, at: 500ms, for: 300ms, fault: load, target: users, "
                       "factor: 4}\n";
    live::Run run{live::scenario_of(text)};
    const reports::Repeat repeat = run.record().repeats[0];
    CHECK(repeat.requests >= 180);
    CHECK(repeat.requests <= 195);
    CHECK(repeat.fault_hits == std::vector<std::uint64_t>{1});
    std::vector<std::string> events;
    for (const reports::Event& event : repeat.events) events.push_back(event.what);
    CHECK(events == std::vector<std::string>{"fault-start", "fault-end"});
}

TEST_CASE("load: samples tell the run as it goes, and add up to the record") {
    live::Run run{live::scenario_of(loaded("arrivals: constant(100/s)"))};
    run.processes().reserve(2);
    run.start_standin(0);
    live::Process& load = run.start_load();
    const reports::Repeat part = run.part_of(load);
    REQUIRE(load.samples.size() >= 3);
    std::uint64_t sum = 0;
    for (const LiveSample& sample : load.samples) sum += sample.flows[0].started;
    CHECK(sum >= 73);
    CHECK(part.flow_samples[0].size() == 4);
    CHECK(load.samples[0].flows[0] == part.flow_samples[0][0]);
}

TEST_CASE("load: stopped early, it hands over what it has") {
    live::Run run{live::scenario_of(loaded("arrivals: constant(100/s)"))};
    run.processes().reserve(1);
    live::Process& load = run.start_load();
    run.wait_until(milliseconds{300});
    REQUIRE(load.channel.send(MessageKind::stop));
    const reports::Repeat part = run.part_of(load);
    CHECK(part.requests >= 25);
    CHECK(part.requests <= 90);
}

}  // namespace
}  // namespace shaketable::injector
