#include "sim/warmup.h"

#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

using std::chrono::seconds;

/// A pool with room for a hundred at once, each for ten seconds on average: empty at first, it
/// takes some tens of seconds to fill up to 80.
constexpr std::string_view filling = R"(
run: {duration: 400s, warmup: auto, seed: 3, repeats: 5}
services:
  pool: {workers: 100, endpoints: {get: {steps: [{work: exponential(mean=10s)}]}}}
workload: {users: {call: pool.get, arrivals: poisson(8/s)}}
)";

TEST_CASE("warm-up: auto finds the time in which the system fills up") {
    const auto record = play(filling);
    CHECK(record.warmup >= seconds{15});
    CHECK(record.warmup <= seconds{150});
    CHECK(record.warmup % seconds{5} == seconds{0});
    const auto pool = service(record, "pool", Time{record.warmup});
    const double mean =
        to_seconds(pool.in_system_time) / (5 * to_seconds(record.duration - record.warmup));
    CHECK(mean == Approx(80).epsilon(0.06));
}

TEST_CASE("warm-up: auto is the same on any number of threads, and for its length written down") {
    const auto found = play(filling);
    CHECK(play(filling, {}, 3) == found);
    const std::string length = Text<Duration>::print(found.warmup);
    CHECK(play(filling, {{"run.warmup", length}}) == found);
}

TEST_CASE("warm-up: only the time before the first fault is looked at") {
    const auto record =
        play(filling,
             {{"faults", "[{id: out, at: 200s, fault: capacity, target: pool, removed: 90%}]"}});
    CHECK(record.warmup <= seconds{100});
}

TEST_CASE("repeats: as many as are wanted after those that were played") {
    const std::string_view body = R"(
run: {duration: 10s, seed: 3, repeats: 2}
services: {db: {endpoints: {get: {steps: [{work: exponential(mean=10ms)}]}}}}
workload: {users: {call: db.get, arrivals: poisson(50/s)}}
)";
    std::vector<std::size_t> asked;
    const auto wanted = [&](const reports::Record& record) -> std::uint32_t {
        asked.push_back(record.repeats.size());
        return record.repeats.size() < 6 ? 6 : 4;
    };
    const auto record =
        simulate(scenario_of(body), {.threads = 3, .progress = {}, .wanted = wanted});
    REQUIRE(record);
    CHECK(asked == std::vector<std::size_t>{2, 6});
    CHECK(*record == play(body, {{"run.repeats", "6"}}));
}

}  // namespace
}  // namespace shaketable::sim
