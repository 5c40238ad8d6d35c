// Is it small enough to be run? What a machine cannot hold, or not end before the user gives up, is
// said before it is begun.
#include <algorithm>

#include <fmt/format.h>

#include "base/quantity.h"
#include "faults/timeline.h"
#include "scenarios/lint/facts.h"
#include "scenarios/load_of_run.h"
#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

constexpr std::uint64_t replicas_max = 1'000'000;
constexpr std::uint64_t users_max = 10'000'000;
constexpr double rows_max = 1e7;              ///< of the time series; some 100 bytes each
constexpr double steps_of_request_max = 1e7;  ///<
constexpr double steps_of_run_max = 1e10;     ///< hours of a fast processor

/// "20,000,000", or "2e+30" where nobody could count the digits.
std::string grouped(double number) {
    if (!(number < 1e15)) return fmt::format("{:.0e}", number);
    std::string digits = fmt::format("{:.0f}", number);
    for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
    return digits;
}

double steps_in(const Steps& steps);

/// Steps that one step runs, itself included.
struct CountSteps {
    static double of(const std::vector<Steps>& branches) {
        double sum = 1;
        for (const Steps& branch : branches) sum += steps_in(branch);
        return sum;
    }
    double operator()(const Parallel& step) const { return of(step.parallel); }
    double operator()(const Any& step) const { return of(step.any); }
    double operator()(const Loop& step) const {
        return 1 + step.loop.times * (1 + steps_in(step.loop.steps));
    }
    double operator()(const Optimistic& step) const { return 2 + steps_in(step.optimistic.steps); }
    double operator()(const Cache& step) const {
        return 1 + miss_share(step.cache) * steps_in(step.cache.miss);
    }
    double operator()(const Choose& step) const {
        double sum = 1;
        for (const Choice& way : step.choose) sum += way.weight.fraction * steps_in(way.steps);
        return sum;
    }
    template <class Other>
    double operator()(const Other&) const {
        return 1;
    }
};
double steps_in(const Steps& steps) {
    double sum = 0;
    for (const Step& step : steps) sum += std::visit(CountSteps{}, step.what);
    return sum;
}

/// Steps of each endpoint for one request, without those of its callees.
std::vector<double> steps_of_endpoints(const Desk& desk) {
    std::vector<double> steps;
    for (const auto& service : desk.scenario.services)
        for (const auto& endpoint : service.value.endpoints)
            steps.push_back(1 + steps_in(endpoint.value.steps));
    return steps;
}

/// Users who neither think nor are kept waiting never let time pass.
void check_pace(const Desk& desk, const lint_rules::Facts& facts) {
    const Network& network = desk.scenario.network;
    const bool is_instant = network.standard.latency == Distribution{Duration{0}} &&
                            !network.between_zones && network.links.empty();
    for (const CallSite& site : desk.topology.sites()) {
        if (site.caller != nowhere || site.is_fallback) continue;
        const auto& [name, workload] = desk.scenario.workload.entries[site.workload];
        const double pause = workload.think.mean() + facts.times(site.callee).answer;
        if (workload.users && is_instant && pause <= 0)
            desk.report("E199", "workload." + name + ".users",
                        "the users of " + in_quotes(name) +
                            " call for ever at one instant: neither "
                            "they nor " +
                            in_quotes(site.call) + " take any time",
                        "think: 1s, or `work` in the steps of the endpoint");
    }
}

void check_work(const Desk& desk) {
    Problems none;
    const lint_rules::Facts facts{desk.scenario, desk.where, none};
    check_pace(desk, facts);
    const std::vector<double> steps_of = steps_of_endpoints(desk);
    const faults::Timeline timeline = *faults::resolve(
        desk.scenario.faults, desk.scenario.run.duration, desk.scenario.run.seed, 0);
    double all = 0;
    double most = 0;
    std::string busiest;
    for (std::uint32_t w = 0; w < desk.scenario.workload.size(); ++w) {
        const auto& [name, workload] = desk.scenario.workload.entries[w];
        const std::optional<std::vector<double>> visits = desk.topology.visits_of(w);
        double steps = 0;
        for (std::size_t e = 0; visits && e < visits->size(); ++e)
            steps += (*visits)[e] * steps_of[e];
        if (!(steps <= steps_of_request_max))
            desk.report("E109", "workload." + name + ".call",
                        "one request of " + in_quotes(name) + " takes about " + grouped(steps) +
                            " steps, more than ten million",
                        "fewer loops or branches");
        // Users wait for their answers, so their load is bounded by what the system can do.
        if (workload.users) continue;
        double of_run =
            steps * requests_of(desk.scenario, timeline, name, facts.rate_of_workload(w));
        // Each change of an mmpp's state is an event too.
        if (workload.arrivals && workload.arrivals->dwell > Duration{0})
            of_run += to_seconds(desk.scenario.run.duration) / to_seconds(workload.arrivals->dwell);
        all += of_run;
        if (of_run < most) continue;
        most = of_run;
        busiest = "workload." + name + (workload.arrivals ? ".arrivals" : ".stages");
    }
    if (!desk.problems.empty() || all <= steps_of_run_max) return;
    desk.report("E109", busiest,
                "one run takes about " + grouped(all) + " steps, more than ten billion",
                "a lower rate or a shorter run",
                {"a rate far above what the services can do shows no more than one just above it"});
}

}  // namespace

void check_size(const Desk& desk) {
    const Scenario& scenario = desk.scenario;
    std::uint64_t replicas = 0;
    for (const auto& service : scenario.services) replicas += service.value.replicas.total();
    if (replicas > replicas_max)
        desk.report("E023", "services",
                    "expected at most 1,000,000 replicas in all, found " +
                        grouped(static_cast<double>(replicas)));
    std::uint64_t users = 0;
    for (const auto& workload : scenario.workload) users += workload.value.users.value_or(0);
    if (users > users_max)
        desk.report("E023", "workload",
                    "expected at most 10,000,000 users in all, found " +
                        grouped(static_cast<double>(users)));
    const auto columns = static_cast<double>(scenario.services.size() + scenario.workload.size());
    const double rows =
        columns * to_seconds(scenario.run.duration) / to_seconds(scenario.run.sample_every);
    if (rows > rows_max)
        desk.report("E023", "run.sample_every",
                    "the time series of all services and workloads have about " + grouped(rows) +
                        " samples, more than 10,000,000",
                    "sample_every: " +
                        Text<Duration>::print(std::chrono::ceil<std::chrono::seconds>(
                            Duration{static_cast<std::int64_t>(
                                to_seconds(scenario.run.sample_every) * rows / rows_max * 1e9)})) +
                        ", or a shorter run");
    if (desk.problems.empty()) check_work(desk);
}

}  // namespace shaketable::scenarios::validation
