// One scenario, two arms: simulated, and as real processes on loopback. Scenarios of the library,
// cut down to seconds; same dice, so that the arms differ by the machine and not by luck.
//
// On an idle machine they agree within 10% at p50, 20% at p99 and 2 points of success. Other
// programs may disturb: a scenario has three tries, and a millisecond is granted on top of the
// median.
#include <array>
#include <string>
#include <vector>

#include "scenarios/read.h"
#include "sim/simulate.h"
#include "tests/injector/live.h"
#include "tests/source_path.h"

namespace shaketable {
namespace {

struct Short {
    const char* file;
    const char* variant;
    std::vector<std::pair<std::string, std::string>> sets;
};

/// A run of so many seconds with the library's first fault moved into it.
std::vector<std::pair<std::string, std::string>> with_fault(const char* run, const char* at,
                                                            const char* length) {
    return {{"run.duration", run}, {"faults[0].at", at}, {"faults[0].for", length}};
}

/// Traffic faults are the proxies' work; here their scenarios run in health.
std::vector<std::pair<std::string, std::string>> healthy(const char* run) {
    return {{"run.duration", run}, {"faults", "[]"}};
}

std::vector<Short> library() {
    std::vector<Short> list{
        {"cache-cold-start", "coalesce", with_fault("5s", "3s", "1s")},
        {"gray-replica", "least-requests", with_fault("5s", "2s", "2s")},
        {"layered-retries", "budget", healthy("4s")},
        {"lifo-under-overload", "fifo", with_fault("5s", "1s", "3s")},
        {"lifo-under-overload", "adaptive-lifo", with_fault("5s", "1s", "3s")},
        {"long-queue", "short", with_fault("5s", "1s", "3s")},
        {"metastable-stall", "lifo", with_fault("6s", "2s", "2s")},
        {"noisy-neighbour", "shared", with_fault("6s", "1s", "3s")},
        {"online-boutique", "as-is", healthy("4s")},
        {"retry-storm", "naive", with_fault("6s", "1s", "3s")},
        {"retry-storm", "budget", with_fault("6s", "1s", "3s")},
        {"slow-dependency", "naive", healthy("4s")},
        {"thundering-herd", "short-queue", with_fault("6s", "1s", "1s")},
        {"zone-partition", "everywhere", healthy("4s")},
    };
    list[0].sets.emplace_back("workload.readers.stages", "[{for: 5s, rate: 400/s}]");
    list[6].sets.emplace_back("windows", "{}");
    // So many users that two seconds of them fill the queue.
    for (const char* set : {"workload.apps.users=600", "workload.apps.think=exponential(mean=1s)",
                            "services.login.startup=200ms"}) {
        const std::string text = set;
        const std::size_t equals = text.find('=');
        list[12].sets.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    for (std::size_t i : {9U, 10U}) list[i].sets.emplace_back("faults[0].ramp", "0s");
    return list;
}

scenarios::Scenario read(const Short& what) {
    scenarios::ReadOptions options;
    options.sets = {{"run.warmup", "0s"}, {"run.repeats", "1"}, {"expect", "[]"}};
    options.sets.insert(options.sets.end(), what.sets.begin(), what.sets.end());
    const std::string path =
        test::source_path("scenarios/library/" + std::string{what.file} + ".yaml");
    auto document = scenarios::read_file(path, options);
    if (!document) FAIL(path + ": " + document.error().problems.front().message);
    for (const scenarios::Scenario& scenario : document->scenarios)
        if (scenario.variant == what.variant) return scenario;
    FAIL("no such variant");
    return {};
}

struct Figures {
    double success = 0, p50 = 0, p99 = 0;  ///< of all requests of the workloads; seconds
};

Figures figures(const reports::Record& record) {
    reports::FlowTotals sum;
    for (std::size_t f = 0; f < record.flows.size(); ++f)
        if (record.flows[f].from_workload) sum.merge(injector::live::flow(record.repeats[0], f));
    REQUIRE(sum.latency.count() > 0);
    return {
        .success = static_cast<double>(sum.succeeded()) / static_cast<double>(sum.settled_total()),
        .p50 = sum.latency.quantile(0.5),
        .p99 = sum.latency.quantile(0.99)};
}

bool agree(const Figures& sim, const Figures& live) {
    const auto near = [](double a, double b, double share, double on_top) {
        return b <= a * (1 + share) + on_top && b >= a * (1 - share) - on_top;
    };
    return near(sim.p50, live.p50, 0.10, 1e-3) && near(sim.p99, live.p99, 0.20, 1e-3) &&
           near(sim.success, live.success, 0, 0.02);
}

TEST_CASE("parity: scenarios of the library end alike in virtual time and in processes") {
    for (const Short& what : library()) {
        DYNAMIC_SECTION(what.file << " " << what.variant) {
            const scenarios::Scenario scenario = read(what);
            const auto record = sim::simulate(scenario);
            REQUIRE(record.has_value());
            const Figures sim = figures(*record);
            constexpr int tries_max = 3;
            bool same = false;
            for (int n = 1; n <= tries_max && !same; ++n) {
                injector::live::Run run{scenario};
                const Figures live = figures(run.record());
                same = agree(sim, live);
                UNSCOPED_INFO("success " << sim.success << " " << live.success << ", p50 "
                                         << sim.p50 << " " << live.p50 << ", p99 " << sim.p99 << " "
                                         << live.p99);
            }
            CHECK(same);
        }
    }
}

}  // namespace
}  // namespace shaketable
