// Whatever is drawn: nothing is lost or counted twice, and Little's law holds.
//
// SHAKETABLE_SCENARIOS is how many are played (300); SHAKETABLE_SCENARIO plays that seed alone.
#include <cstdlib>

#include "tests/sim/play.h"
#include "tests/sim/random_scenario.h"

namespace shaketable::sim {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t sum(const std::array<std::uint64_t, outcome_count>& counts) {
    std::uint64_t all = 0;
    for (const std::uint64_t n : counts) all += n;
    return all;
}

void check_flows(const reports::Record& record) {
    std::uint64_t begun = 0, settled = 0;
    for (const reports::FlowKey& key : record.flows) {
        const reports::FlowTotals totals =
            calls(record, key.caller, key.service + "." + key.endpoint);
        INFO(key.caller << " -> " << key.service << "." << key.endpoint);
        CHECK(totals.settled_total() <= totals.started);
        CHECK(totals.sent <= totals.attempts);
        CHECK(sum(totals.tries) <= totals.attempts);
        CHECK(totals.latency.count() == totals.succeeded());
        if (!key.from_workload) continue;
        begun += totals.started;
        settled += totals.settled_total();
    }
    CHECK(begun == record.repeats.front().requests);
    CHECK(begun == settled + record.repeats.front().in_flight);
}

void check_services(const reports::Record& record) {
    for (const std::string& name : record.services) {
        const reports::ServiceTotals totals = service(record, name);
        INFO(name);
        CHECK(totals.admitted <= totals.arrived);
        CHECK(totals.completed + totals.lost + totals.cancelled + sum(totals.refused) <=
              totals.arrived);
        CHECK(totals.wasted <= totals.completed);
        CHECK(totals.wasted_work <= totals.work);
        CHECK(totals.busy_time <= totals.worker_time);
        // Little: what was there, integrated over time, is the sum of the times they were there.
        CHECK(to_seconds(totals.in_system_time) ==
              Approx(to_seconds(totals.sojourn)).epsilon(1e-9).margin(1e-9));
        const std::vector<reports::Segment>& segments = record.repeats.front().segments;
        CHECK(segments.front().start == Time{});
        for (std::size_t k = 1; k < segments.size(); ++k)
            CHECK(segments[k].start == segments[k - 1].end);
    }
}

/// All that arrived has gone by the end, for arrivals stop long before it; but for those who wait
/// without a limit for an answer that was swallowed.
void check_drained(const reports::Record& record, std::string_view body) {
    if (body.find("blackhole") != std::string_view::npos) return;
    CHECK(record.repeats.front().in_flight == 0);
    for (const std::string& name : record.services) {
        const reports::ServiceTotals totals = service(record, name);
        INFO(name << ": all has gone by the end");
        CHECK(totals.completed + totals.lost + totals.cancelled + sum(totals.refused) ==
              totals.arrived);
    }
}

}  // namespace

TEST_CASE("conservation: in any small scenario all that starts settles or is in flight") {
    const std::uint64_t only = from_environment("SHAKETABLE_SCENARIO", 0);
    const std::uint64_t first = only > 0 ? only : 1;
    const std::uint64_t last = only > 0 ? only : from_environment("SHAKETABLE_SCENARIOS", 300);
    std::uint64_t requests = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        const std::string body = random_scenario(seed);
        INFO("SHAKETABLE_SCENARIO=" << seed << "\n" << body);
        const reports::Record record = play(body);
        check_flows(record);
        check_services(record);
        check_drained(record, body);
        requests += record.repeats.front().requests;
    }
    if (only > 0) return;
    CHECK(requests > (last - first + 1) * 100);
}

}  // namespace shaketable::sim
