// Where requests come from.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view one_slow = R"(
run: {duration: 100s, seed: 5}
services: {web: {endpoints: {get: {steps: [{work: 10ms}]}}}}
workload: {users: {call: web.get, arrivals: constant(10/s)}}
)";

TEST_CASE("sources: a constant stream is exact, and a run ends before its last instant") {
    CHECK(calls(play(one_slow), "users", "web.get").started == 1000);
}

TEST_CASE("sources: a Poisson stream has the mean and the variance of its law") {
    const auto record = play(one_slow, {{"workload.users.arrivals", "poisson(100/s)"},
                                        {"run.repeats", "100"},
                                        {"run.keep_traces", "0"}});
    double sum = 0, squares = 0;
    for (const reports::Repeat& repeat : record.repeats) {
        const auto n = static_cast<double>(repeat.requests);
        sum += n;
        squares += n * n;
    }
    const double mean = sum / 100;
    const double variance = squares / 100 - mean * mean;
    CHECK(mean == Approx(10000).margin(40));            // 4 sd of a mean of 100
    CHECK(variance == Approx(10000).margin(4 * 1420));  // sd of the variance: sqrt(2/100)
}

TEST_CASE("sources: a modulated stream alternates between its rates") {
    const auto flow = calls(play(one_slow, {{"workload.users.arrivals", "mmpp(10/s 90/s dwell=1s)"},
                                            {"run.duration", "2000s"}}),
                            "users", "web.get");
    CHECK(static_cast<double>(flow.started) / 2000 == Approx(50).margin(5));
}

TEST_CASE("sources: stages hold a rate or ramp to one") {
    const auto record =
        play(one_slow, {{"workload.users",
                         "{call: web.get, stages: [{for: 50s, rate: 10/s}, {for: 50s, to: 30/s}]}"},
                        {"windows", "{half: {from: 50s, to: 100s}}"}});
    // 500 and 1000 expected; 4 standard deviations.
    CHECK(static_cast<double>(calls(record, "users", "web.get", Time{}, at_second(50)).started) ==
          Approx(500).margin(90));
    CHECK(static_cast<double>(calls(record, "users", "web.get", at_second(50)).started) ==
          Approx(1000).margin(127));
}

TEST_CASE("sources: closed users wait for their answer, think, and ask again") {
    const auto record = play(
        one_slow,
        {{"workload.users", "{call: web.get, users: 5, think: 90ms}"}, {"run.duration", "10s"}});
    CHECK(calls(record, "users", "web.get").started == Approx(500).margin(5));
    CHECK(record.repeats[0].requests_in_flight_max <= 5);
}

TEST_CASE("sources: a load fault adds closed users and takes them away again") {
    const auto record =
        play(one_slow,
             {{"workload.users", "{call: web.get, users: 5, think: 90ms}"},
              {"faults", "[{id: rush, at: 10s, for: 10s, fault: load, target: users, factor: 3}]"},
              {"run.duration", "30s"}});
    CHECK(calls(record, "users", "web.get", at_second(10), at_second(20)).started ==
          Approx(1500).margin(25));
    CHECK(calls(record, "users", "web.get", at_second(20), at_second(30)).started ==
          Approx(500).margin(25));
}

TEST_CASE("sources: a workload begins and ends when it says so") {
    const auto flow =
        calls(play(one_slow, {{"workload.users.start", "20s"}, {"workload.users.for", "30s"}}),
              "users", "web.get");
    CHECK(flow.started == 300);
}

TEST_CASE("sources: requests come from the zones in their shares") {
    const auto record = play(one_slow, {{"zones", "{a: {}, b: {}}"},
                                        {"workload.users.from", "{a: 25%, b: 75%}"},
                                        {"workload.users.arrivals", "poisson(100/s)"}});
    std::uint64_t from_a = 0;
    for (std::size_t f = 0; f < record.flows.size(); ++f)
        if (record.flows[f].from_zone == "a")
            for (const reports::Segment& segment : record.repeats[0].segments)
                from_a += segment.flows[f].started;
    CHECK(static_cast<double>(from_a) == Approx(2500).margin(200));
}

}  // namespace
}  // namespace shaketable::sim
