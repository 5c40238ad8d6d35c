/// The dice and what is drawn with them: each is paid several times a request.
#include <benchmark/benchmark.h>

#include "base/distribution.h"
#include "base/math.h"
#include "base/random.h"

namespace shaketable {
namespace {

Random dice() {
    return Random{random_key(1, 0, "bench", "dice")};
}

void bench_next(benchmark::State& state) {
    Random random = dice();
    for (auto _ : state) benchmark::DoNotOptimize(random.next());
}
BENCHMARK(bench_next)->Name("random/next");

void bench_at(benchmark::State& state) {
    const RandomKey key = random_key(1, 0, "bench", "dice");
    std::uint64_t ordinal = 0;
    for (auto _ : state) benchmark::DoNotOptimize(Random::at(key, ordinal++).next());
}
BENCHMARK(bench_at)->Name("random/at, first draw");

void bench_key(benchmark::State& state) {
    std::uint64_t repeat = 0;
    for (auto _ : state) benchmark::DoNotOptimize(random_key(1, repeat++, "ledger", "work"));
}
BENCHMARK(bench_key)->Name("random/key");

void bench_exponential(benchmark::State& state) {
    Random random = dice();
    for (auto _ : state) benchmark::DoNotOptimize(random.exponential());
}
BENCHMARK(bench_exponential)->Name("random/exponential");

void bench_normal(benchmark::State& state) {
    Random random = dice();
    for (auto _ : state) benchmark::DoNotOptimize(random.normal());
}
BENCHMARK(bench_normal)->Name("random/normal");

void bench_log(benchmark::State& state) {
    double x = 1;
    for (auto _ : state) benchmark::DoNotOptimize(stable_log(x += 0.37));
}
BENCHMARK(bench_log)->Name("math/log");

void bench_exp(benchmark::State& state) {
    double x = -1;
    for (auto _ : state) benchmark::DoNotOptimize(stable_exp(x = x > 1 ? -1 : x + 0.0037));
}
BENCHMARK(bench_exp)->Name("math/exp");

void bench_pow(benchmark::State& state) {
    double x = 1;
    for (auto _ : state) benchmark::DoNotOptimize(stable_pow(x += 0.37, 1 / 0.7));
}
BENCHMARK(bench_pow)->Name("math/pow");

void bench_sampler(benchmark::State& state, const char* text) {
    const Sampler sampler{Text<Distribution>::parse(text).value()};
    Random random = dice();
    for (auto _ : state) benchmark::DoNotOptimize(sampler.draw(random));
}
BENCHMARK_CAPTURE(bench_sampler, exponential, "exponential(mean=5ms)")->Name("sampler/exponential");
BENCHMARK_CAPTURE(bench_sampler, lognormal, "lognormal(p50=18ms p99=70ms)")
    ->Name("sampler/lognormal");
BENCHMARK_CAPTURE(bench_sampler, gamma, "gamma(shape=2.5 mean=5ms)")->Name("sampler/gamma");
BENCHMARK_CAPTURE(bench_sampler, weibull, "weibull(shape=0.7 mean=5ms)")->Name("sampler/weibull");
BENCHMARK_CAPTURE(bench_sampler, mixture, "mixture(95%:5ms 5%:uniform(50ms 90ms))")
    ->Name("sampler/mixture");

void bench_keys(benchmark::State& state, KeyDistribution keys) {
    const KeySampler sampler{keys};
    Random random = dice();
    for (auto _ : state) benchmark::DoNotOptimize(sampler.draw(random));
}
BENCHMARK_CAPTURE(bench_keys, zipf, KeyDistribution{10'000, 1.1})->Name("keys/zipf");
BENCHMARK_CAPTURE(bench_keys, uniform, KeyDistribution{10'000, 0})->Name("keys/uniform");

}  // namespace
}  // namespace shaketable
