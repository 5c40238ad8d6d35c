// Faults of services that a stand-in carries out itself.
#include <map>

#include "tests/injector/live.h"

namespace shaketable::injector {
namespace {

using std::chrono::milliseconds;

std::string faulty(const std::string& fault, const std::string& service = "workers: 8",
                   const std::string& steps = "{work: 4ms}") {
    return "schema: shaketable/v1\nname: t\nrun: {duration: 1200ms}\nservices:\n  svc:\n    " +
           service + "\n    endpoints: {get: {steps: [" + steps +
           "]}}\nworkload:\n  users: {call: svc.get, arrivals: constant(200/s), timeout: 1s}\n"
           "faults:\n  - {id: f, at: 400ms, for: 400ms, target: svc, " +
           fault + "}\n";
}

reports::Repeat repeat_of(const std::string& text) {
    live::Run run{live::scenario_of(text)};
    return run.record().repeats[0];
}

/// Segments are cut at the start and the end of the fault.
const reports::ServiceTotals& during(const reports::Repeat& repeat) {
    REQUIRE(repeat.segments.size() == 3);
    REQUIRE(repeat.segments[1].start == Time{milliseconds{400}});
    REQUIRE(repeat.segments[1].end == Time{milliseconds{800}});
    return repeat.segments[1].services[0];
}

TEST_CASE("stand-in faults: slowed down, its work takes longer for as long as that") {
    const reports::Repeat repeat = repeat_of(faulty("fault: slow, factor: 5"));
    CHECK(to_seconds(during(repeat).busy_time) == Approx(0.4 * 200 * 0.02).epsilon(0.15));
    CHECK(to_seconds(repeat.segments[0].services[0].busy_time) ==
          Approx(0.4 * 200 * 0.004).epsilon(0.15));
    CHECK(repeat.fault_hits == std::vector<std::uint64_t>{1});
}

TEST_CASE("stand-in faults: shared cores slow down alike") {
    const reports::Repeat repeat =
        repeat_of(faulty("fault: slow, factor: 5", "workers: 64\n    cores: 8"));
    CHECK(to_seconds(during(repeat).busy_time) == Approx(0.4 * 200 * 0.02).epsilon(0.15));
}

TEST_CASE("stand-in faults: exhausted, it holds fewer workers at once") {
    const reports::Repeat repeat =
        repeat_of(faulty("fault: exhaust, workers: 7", "workers: 8", "{work: 20ms}"));
    CHECK(repeat.segments[0].services[0].busy_max >= 4);
    CHECK(to_seconds(during(repeat).busy_time) <= 0.401 + 0.02 * 8);
    CHECK(during(repeat).queue_max > 10);
}

TEST_CASE("stand-in faults: with its connections taken, callers are refused before they send") {
    std::string text = faulty("fault: exhaust, connections: 100%");
    const std::string call = "timeout: 1s}";
    text.replace(text.find(call), call.size(), "policy: pool}");
    text += "policies: {pool: {timeout: 1s, bulkhead: 8}}\n";
    const reports::Repeat repeat = repeat_of(text);
    CHECK(during(repeat).arrived == 0);
    CHECK(repeat.segments[1].flows[0].settled[static_cast<std::size_t>(Outcome::bulkhead_full)] ==
          80);
    CHECK(repeat.segments[0].flows[0].succeeded() + repeat.segments[2].flows[0].succeeded() >= 155);
}

TEST_CASE("stand-in faults: a pause of the timeline stops work and keeps what is in hand") {
    const reports::Repeat repeat = repeat_of(faulty("fault: pause"));
    CHECK(during(repeat).completed <= 1);
    CHECK(during(repeat).arrived >= 75);
    CHECK(live::flow(repeat, 0).succeeded() >= 230);  // none was lost
}

TEST_CASE("stand-in faults: a cold cache misses") {
    const reports::Repeat repeat = repeat_of(
        faulty("fault: cold_cache", "workers: 8", "{cache: {hit: 100%, miss: [{fail: 500}]}}"));
    const auto error = static_cast<std::size_t>(Outcome::error);
    CHECK(repeat.segments[0].flows[0].settled[error] == 0);
    CHECK(repeat.segments[1].flows[0].settled[error] >= 75);
    CHECK(repeat.segments[2].flows[0].settled[error] <= 1);
}

TEST_CASE("stand-in faults: a planned crash loses what is in hand; a later life starts up") {
    live::Run run{live::scenario_of(
        faulty("fault: crash", "workers: 8\n    startup: 100ms", "{work: 40ms}"))};
    run.processes().reserve(4);
    live::Process& first = run.start_standin(0);
    live::Process& load = run.start_load();
    reports::Repeat repeat = run.part_of(first);
    CHECK(live::service(repeat, 0).lost >= 5);
    CHECK(live::service(repeat, 0).busy_max == 8);
    run.wait_until(milliseconds{800});
    live::Process& second = run.start_standin(0, 1);
    reports::merge_part(repeat, run.part_of(second));
    reports::merge_part(repeat, run.part_of(load));
    std::map<std::string, Time> when;
    for (const reports::Event& event : repeat.events)
        if (event.subject == "svc[0]") when[event.what] = event.at;
    CHECK(when["crashed"] == Time{milliseconds{400}});
    CHECK(when["up"] == Time{milliseconds{900}});
    CHECK(live::flow(repeat, 0).settled[static_cast<std::size_t>(Outcome::unreachable)] >= 90);
    CHECK(repeat.segments[2].services[0].completed >= 40);
    // Eight workers for the 0.4 s before and the 0.3 s after.
    CHECK(to_seconds(live::service(repeat, 0).worker_time) == Approx(8 * 0.7).epsilon(0.05));
}

TEST_CASE("stand-in faults: a replica that is drained gets no calls, from any caller") {
    live::Run run{live::scenario_of(
        faulty("fault: capacity, removed: 1", "replicas: 2\n    workers: 8", "{work: 4ms}"))};
    run.start();
    const reports::Repeat stays = run.part_of(run.processes()[0]);
    const reports::Repeat drained = run.part_of(run.processes()[1]);
    CHECK(during(stays).arrived >= 75);
    CHECK(during(drained).arrived <= 1);
    CHECK(drained.segments[2].services[0].arrived >= 30);
}

}  // namespace
}  // namespace shaketable::injector
