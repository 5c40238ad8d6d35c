// One scenario, two arms: simulated, and as real processes on loopback, with all traffic and its
// faults through proxies. Scenarios of the library, cut down to seconds (cases.txt); same dice, so
// that the arms differ by the machine and not by luck. `scripts/parity.sh` does the same through
// the program.
//
// On an idle machine they agree within 10% at p50, 20% at p99 and 2 points of success, and every
// expectation comes out the same way. The median moves with every process that waits for its turn
// on a processor; the 99th percentile of seconds of a run is of a few dozen calls, each of which
// such a wait can reach; a share moves by the calls that were under way at a fault's edges. Other
// programs may disturb more than that: a scenario has three tries, and a millisecond is granted on
// top of the quantiles, which is what a machine with fewer processors than processes owes them.
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "injector/run/inject.h"
#include "reports/assess.h"
#include "scenarios/read.h"
#include "sim/simulate.h"
#include "tests/injector/live.h"
#include "tests/injector/runtime_folder.h"
#include "tests/source_path.h"

namespace shaketable {
namespace {

struct Case {
    std::string file, variant;
    std::vector<std::pair<std::string, std::string>> sets;
};

std::vector<Case> cases() {
    std::ifstream in{test::source_path("tests/parity/cases.txt")};
    std::vector<Case> all;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("  ")) {
            const std::size_t equals = line.find('=');
            all.back().sets.emplace_back(line.substr(2, equals - 2), line.substr(equals + 1));
        } else {
            const std::size_t space = line.find(' ');
            all.push_back({line.substr(0, space), line.substr(space + 1), {}});
        }
    }
    return all;
}

scenarios::Scenario read(const Case& what) {
    scenarios::ReadOptions options;
    options.sets = {{"run.warmup", "0s"}, {"run.repeats", "1"}};
    options.sets.insert(options.sets.end(), what.sets.begin(), what.sets.end());
    const std::string path = test::source_path("scenarios/library/" + what.file + ".yaml");
    auto document = scenarios::read_file(path, options);
    if (!document) FAIL(path + ": " + document.error().problems.front().message);
    for (const scenarios::Scenario& scenario : document->scenarios)
        if (scenario.variant == what.variant) return scenario;
    FAIL("no such variant");
    return {};
}

struct Figures {
    double success = 0, p50 = 0, p99 = 0;  ///< of all requests of the workloads; seconds
    std::string verdicts;                  ///< of the expectations, a line each
};

Figures figures(const scenarios::Scenario& scenario, const reports::Record& record) {
    reports::FlowTotals sum;
    for (std::size_t f = 0; f < record.flows.size(); ++f)
        if (record.flows[f].from_workload) sum.merge(injector::live::flow(record.repeats[0], f));
    REQUIRE(sum.latency.count() > 0);
    Figures found{
        .success = static_cast<double>(sum.succeeded()) / static_cast<double>(sum.settled_total()),
        .p50 = sum.latency.quantile(0.5),
        .p99 = sum.latency.quantile(0.99),
        .verdicts = {}};
    for (const reports::Finding& finding : reports::assess(scenario, record).expectations)
        found.verdicts += finding.expectation.that.text + (finding.fails() ? ": no\n" : ": yes\n");
    return found;
}

reports::Record play_live(const scenarios::Scenario& scenario) {
    const injector::RuntimeFolder journals;
    auto plan = injector::make_plan(scenario, {}, {.stand_ins = true});
    REQUIRE(plan.has_value());
    REQUIRE(plan->warnings.empty());  // every fault of it is honoured
    auto sockets = injector::open_sockets(*plan);
    REQUIRE(sockets.has_value());
    // Where it may: other programs would show as latency.
    const injector::Injected played =
        injector::inject(*plan, std::move(*sockets), {.real_time = true});
    INFO(played.why);
    REQUIRE(played.end == injector::Injected::End::complete);
    reports::Record record = model::describe(plan->model);
    record.world = "live";
    record.repeats = played.repeats;
    return record;
}

bool agree(const Figures& sim, const Figures& live) {
    const auto near = [](double a, double b, double share, double on_top) {
        return b <= a * (1 + share) + on_top && b >= a * (1 - share) - on_top;
    };
    return near(sim.p50, live.p50, 0.10, 1e-3) && near(sim.p99, live.p99, 0.20, 1e-3) &&
           near(sim.success, live.success, 0, 0.02) && sim.verdicts == live.verdicts;
}

TEST_CASE("parity: scenarios of the library end alike in virtual time and in processes") {
    const std::vector<Case> all = cases();
    REQUIRE(all.size() >= 14);
    for (const Case& what : all) {
        DYNAMIC_SECTION(what.file << " " << what.variant) {
            const scenarios::Scenario scenario = read(what);
            REQUIRE_FALSE(scenario.faults.empty());
            REQUIRE_FALSE(scenario.expect.empty());
            const auto record = sim::simulate(scenario);
            REQUIRE(record.has_value());
            const Figures sim = figures(scenario, *record);
            constexpr int tries_max = 3;
            bool same = false;
            for (int n = 1; n <= tries_max && !same; ++n) {
                const Figures live = figures(scenario, play_live(scenario));
                same = agree(sim, live);
                UNSCOPED_INFO("success " << sim.success << " " << live.success << ", p50 "
                                         << sim.p50 << " " << live.p50 << ", p99 " << sim.p99 << " "
                                         << live.p99 << "\nsimulated\n"
                                         << sim.verdicts << "live\n"
                                         << live.verdicts);
            }
            CHECK(same);
        }
    }
}

}  // namespace
}  // namespace shaketable
