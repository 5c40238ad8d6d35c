// The time series of a run.
#include "tests/sim/play.h"

namespace shaketable::sim {
namespace {

TEST_CASE("samples: a step in which a segment ends still knows all its latencies") {
    // A fault begins in the middle of a step, and another at the end of one.
    const auto record = play(R"(
run: {duration: 4s, seed: 1}
services:
  db: {endpoints: {get: {idempotent: true, steps: [{work: 10ms}]}}}
workload: {users: {call: db.get, arrivals: constant(100/s)}}
faults:
  - {id: middle, at: 1500ms, for: 200ms, fault: slow, target: db, factor: 5}
  - {id: end, at: 3s, for: 500ms, fault: slow, target: db, factor: 5}
)");
    const auto& samples = record.repeats[0].flow_samples[0];
    REQUIRE(samples.size() == 4);
    for (const reports::FlowSample& sample : samples) CHECK(sample.p50 > 0);
    CHECK(samples[1].p99 == Approx(0.05).epsilon(0.01));
    CHECK(samples[1].p50 == Approx(0.01).epsilon(0.01));
    CHECK(samples[2].p99 == Approx(0.01).epsilon(0.01));
}

}  // namespace
}  // namespace shaketable::sim
