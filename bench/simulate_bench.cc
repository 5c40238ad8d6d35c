// Requests a second through the whole simulator, beside the bare loop that anyone could write in
// fifteen lines.
#include <array>
#include <cstdint>
#include <deque>
#include <queue>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "scenarios/read.h"
#include "scenarios/validate.h"
#include "sim/simulate.h"

namespace shaketable::sim {
namespace {

/// Two stations of four servers in a row at 60% load, as it stands in every textbook: events on a
/// binary heap, who waits in a queue, and not one number measured.
void bare_loop(benchmark::State& state) {
    struct Event {
        double at;
        int station;  ///< 0: request `id` begins; 1, 2: that station is done with it
        std::uint32_t id;
        bool operator>(const Event& other) const { return at > other.at; }
    };
    std::int64_t requests = 0;
    for (auto _ : state) {
        Random dice{random_key(1, 0, "bench", "tandem")};
        std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
        std::array<std::deque<std::uint32_t>, 3> waiting;
        std::array<int, 3> busy{};
        events.push({dice.exponential() / 2400, 0, 0});
        while (events.top().at < 60) {
            const auto [now, station, id] = events.top();
            events.pop();
            const auto from = static_cast<std::size_t>(station), to = from + 1;
            if (station == 0) events.push({now + dice.exponential() / 2400, 0, id + 1});
            if (station > 0 && waiting[from].empty()) --busy[from];
            if (station > 0 && !waiting[from].empty()) {
                events.push({now + dice.exponential() / 1000, station, waiting[from].front()});
                waiting[from].pop_front();
            }
            if (station == 2) {
                ++requests;
            } else if (busy[to] < 4) {
                ++busy[to];
                events.push({now + dice.exponential() / 1000, station + 1, id});
            } else {
                waiting[to].push_back(id);
            }
        }
    }
    state.SetItemsProcessed(requests);
}
BENCHMARK(bare_loop)->Name("tandem/bare loop")->Unit(benchmark::kMillisecond);

/// The same two stations as a scenario, with everything that a run records.
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
