// Requests a second through the whole simulator, beside the bare loop that anyone could write in
// fifteen lines.
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "scenarios/read.h"
#include "scenarios/validate.h"
#include "sim/simulate.h"

namespace shaketable::sim {
namespace {

/// The two stations of bare_loop_bench.cc as a scenario, with everything that a run records.
constexpr const char* tandem = R"(
schema: shaketable/v1
name: tandem
run: {duration: 60s, seed: 1, repeats: 1, keep_traces: 0}
services:
  a:
    workers: 4
    threading: async
    queue: unlimited
    endpoints:
      get:
        idempotent: true
        steps: [{work: exponential(mean=1ms)}, {call: b.get, policy: inner}]
  b:
    workers: 4
    queue: unlimited
    endpoints:
      get:
        idempotent: true
        steps: [{work: exponential(mean=1ms)}]
policies:
  inner: {}
workload:
  clients:
    call: a.get
    arrivals: poisson(2400/s)
)";

/// And with what a real system has besides: a network, and callers who defend themselves.
const std::vector<std::pair<std::string, std::string>> defended{
    {"network.default.latency", "250us"},
    {"policies.inner.timeout", "1s"},
    {"policies.inner.retry", "{retries: 1, when: [timeout, 5xx], budget: 10%}"},
    {"policies.inner.breaker", "{open_at: \"errors > 50% of 20 over 5s\", half_open_after: 5s}"}};

void simulate_tandem(benchmark::State& state,
                     const std::vector<std::pair<std::string, std::string>>& sets) {
    scenarios::ReadOptions options;
    options.sets = sets;
    const auto document = scenarios::read_text("tandem.yaml", tandem, options);
    if (!document) {
        state.SkipWithError(document.error().problems.front().message.c_str());
        return;
    }
    const scenarios::Scenario& scenario = document->scenarios.front();
    const scenarios::Locations& where = document->where.front();
    for (const Problem& problem :
         scenarios::validate(scenario, [&](std::string_view path) { return where.at(path); }))
        if (problem.severity == Severity::error) {
            state.SkipWithError(problem.message.c_str());
            return;
        }
    std::int64_t requests = 0;
    std::uint64_t events = 0;
    for (auto _ : state) {
        const Result<reports::Record, Problems> record = simulate(scenario);
        requests += static_cast<std::int64_t>(record->repeats.front().requests);
        events += record->repeats.front().engine_events;
    }
    state.SetItemsProcessed(requests);
    state.counters["events/request"] = static_cast<double>(events) / static_cast<double>(requests);
}
BENCHMARK_CAPTURE(simulate_tandem, plain, {})
    ->Name("tandem/simulate")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(simulate_tandem, defended, defended)
    ->Name("tandem/simulate, network and policies")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace shaketable::sim
