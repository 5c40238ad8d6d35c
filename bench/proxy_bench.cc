// The proxy's code without its sockets: reading heads and bodies, and pacing. What a proxied
// request costs with them, beside HAProxy, is measured by compare_proxies.
#include <string>

#include <benchmark/benchmark.h>

#include "injector/proxy/http/body.h"
#include "injector/proxy/http/head.h"
#include "injector/proxy/sky.h"

namespace shaketable::injector::proxy {
namespace {

const std::string head_text =
    "POST /orders/4711?currency=EUR HTTP/1.1\r\nHost: shop.internal:8080\r\n"
    "User-Agent: bench/1.0\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
    "X-Request-Id: 3f1c2a\r\nContent-Length: 250\r\nConnection: keep-alive\r\n\r\n";

void bench_head(benchmark::State& state) {
    for (auto _ : state) {
        HttpHead head;
        benchmark::DoNotOptimize(scan_request(head_text, head));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(head_text.size()));
}
BENCHMARK(bench_head)->Name("proxy/head of a request");

void bench_chunks(benchmark::State& state) {
    std::string body;
    for (int i = 0; i < 64; ++i) body += "400\r\n" + std::string(1024, 'x') + "\r\n";
    body += "0\r\n\r\n";
    for (auto _ : state) {
        BodyReader reader{{BodyFrame::Kind::chunked, 0}};
        std::string_view rest = body;
        while (!reader.is_done()) rest.remove_prefix(reader.next(rest).size);
        benchmark::DoNotOptimize(rest);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(bench_chunks)->Name("proxy/body in chunks of 1 KiB");

/// What each crossing pays while `range` faults act on its proxy.
void bench_judge(benchmark::State& state) {
    Sky sky{{}, 1, 0, "bench"};
    for (std::int64_t i = 0; i < state.range(0); ++i)
        sky.put({.id = std::to_string(i),
                 .kind = faults::Error{.share = {0.01}, .match = faults::Match{.path = "/x*"}}},
                Time{});
    faults::Crossing crossing{.method = "GET", .path = "/x/1"};
    for (auto _ : state) {
        ++crossing.ordinal;
        benchmark::DoNotOptimize(sky.judge(0, crossing));
    }
}
BENCHMARK(bench_judge)->Name("proxy/judge")->Arg(0)->Arg(1)->Arg(10);

}  // namespace
}  // namespace shaketable::injector::proxy
