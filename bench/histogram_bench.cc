// Recording a latency, and what reports pay to read it.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "reports/record/histogram.h"

namespace shaketable::reports {
namespace {

std::vector<Duration> latencies() {
    Random dice{random_key(1, 0, "bench", "latencies")};
    std::vector<Duration> drawn(1U << 16U);
    for (Duration& d : drawn) d = Duration{static_cast<std::int64_t>(5e6 * dice.exponential())};
    return drawn;
}

Histogram filled() {
    LiveHistogram live;
    for (const Duration d : latencies()) live.record(d);
    Histogram histogram;
    live.drain(histogram);
    return histogram;
}

void bench_record(benchmark::State& state) {
    const std::vector<Duration> drawn = latencies();
    LiveHistogram live;
    std::size_t i = 0;
    for (auto _ : state) live.record(drawn[i++ % drawn.size()]);
    benchmark::DoNotOptimize(live.count());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bench_record)->Name("histogram/record");

void bench_sample(benchmark::State& state) {
    const std::vector<Duration> drawn = latencies();
    LiveHistogram live;
    Histogram total;
    for (auto _ : state) {
        for (int i = 0; i < 1000; ++i) live.record(drawn[static_cast<std::size_t>(i)]);
        benchmark::DoNotOptimize(live.quantile(0.99));
        live.drain(total);
    }
}
BENCHMARK(bench_sample)->Name("histogram/a sample of 1000, p99, drain");

void bench_merge(benchmark::State& state) {
    const Histogram one = filled();
    for (auto _ : state) {
        Histogram sum = one;
        sum.merge(one);
        benchmark::DoNotOptimize(sum.count());
    }
}
BENCHMARK(bench_merge)->Name("histogram/merge");

void bench_quantile(benchmark::State& state) {
    const Histogram histogram = filled();
    for (auto _ : state) benchmark::DoNotOptimize(histogram.quantile(0.99));
}
BENCHMARK(bench_quantile)->Name("histogram/quantile");

}  // namespace
}  // namespace shaketable::reports
