// Requests a second of keep-alive HTTP that one core offers and one core answers: a load generator
// and a stand-in whose work takes no time, as two processes on loopback.
#include <csignal>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injector/load/load.h"
#include "injector/parts.h"
#include "injector/realtime.h"
#include "injector/standin/standin.h"
#include "scenarios/read.h"

namespace shaketable::injector {
namespace {

struct Child {
    pid_t pid;
    Channel channel;
};

template <class Role>
Child fork_role(Role role) {
    auto [ours, theirs] = Channel::pair();
    const pid_t pid = ::fork();
    if (pid == 0) {
        (void)run_in_real_time();
        ours = Channel{Descriptor{}};
        ::_exit(role(theirs));
    }
    return {pid, std::move(ours)};
}

/// Waits for the part, ends the process; its processor time in seconds.
double end(Child& child, reports::Repeat& part) {
    while (const auto message = child.channel.wait_for_message(std::chrono::seconds{60}))
        if (message->kind == MessageKind::part) {
            part = decode_part(message->body).value();
            break;
        }
    (void)child.channel.send(MessageKind::stop);
    rusage used{};
    ::wait4(child.pid, nullptr, 0, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

model::Model model_of(const std::string& workload, const std::string& policy) {
    const std::string text =
        "schema: shaketable/v1\nname: bench\nrun: {duration: 3s}\nservices:\n  svc: {endpoints: "
        "{get: {steps: [{work: 0ms}]}}}\npolicies:\n  p: " +
        policy + "\nworkload:\n  users: {call: svc.get, policy: p, " + workload + "}\n";
    return model::compile(scenarios::read_text("bench.yaml", text).value().scenarios[0]);
}

void offer(benchmark::State& state, const std::string& workload, const std::string& policy) {
    const model::Model model = model_of(workload, policy);
    double load_core = 0, standin_core = 0, requests = 0, p50 = 0, p99 = 0;
    for (auto _ : state) {
        Descriptor listener = listen_on_loopback();
        AddressBook addresses{model};
        addresses.set(0, 0, address_of(listener));
        const auto zero = std::chrono::steady_clock::now() + std::chrono::milliseconds{100};
        Child standin = fork_role([&](Channel& channel) {
            return run_standin({.model = &model,
                                .zero = zero,
                                .listener = std::move(listener),
                                .addresses = addresses},
                               channel);
        });
        Child load = fork_role([&](Channel& channel) {
            return run_load({.model = &model, .zero = zero, .addresses = addresses}, channel);
        });
        reports::Repeat offered, served;
        load_core += end(load, offered);
        standin_core += end(standin, served);
        const reports::FlowTotals& flow = offered.segments[0].flows[0];
        requests += static_cast<double>(flow.succeeded());
        p50 = flow.latency.quantile(0.5);
        p99 = flow.latency.quantile(0.99);
    }
    state.counters["requests/s"] = requests / (3.0 * static_cast<double>(state.iterations()));
    state.counters["per core of load"] = requests / load_core;
    state.counters["per core of stand-in"] = requests / standin_core;
    state.counters["p50_us"] = p50 * 1e6;
    state.counters["p99_us"] = p99 * 1e6;
}

const char* const client =
    "{timeout: 1s, retry: {retries: 2, budget: 10%}, breaker: {open_at: \"errors > 50% of "
    "100 over 5s\"}}";

BENCHMARK_CAPTURE(offer, open_20000, "arrivals: poisson(20000/s)", "{timeout: 1s}")
    ->Name("load/open 20,000 a second")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(offer, open_20000_policies, "arrivals: poisson(20000/s)", client)
    ->Name("load/open 20,000 a second, policies")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(offer, closed, "users: 64", "{timeout: 1s}")
    ->Name("load/64 users without a pause")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace shaketable::injector
