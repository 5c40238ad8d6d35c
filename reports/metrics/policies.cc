#include <algorithm>

#include "reports/metrics/measurement.h"
#include "reports/metrics/shares.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

using scenarios::Metric;
using scenarios::Unit;

/// Breakers of the flows: one per calling replica (a workload counts as one caller per zone) and
/// called endpoint.
std::uint64_t breakers_of(const Scene& scene) {
    std::uint64_t breakers = 0;
    for (const std::uint32_t row : scene.flows) {
        const FlowKey& flow = scene.record.flows[row];
        const std::uint32_t replicas =
            flow.from_workload ? 1 : replicas_in(scene.scenario, flow.caller, flow.from_zone);
        breakers += std::max<std::uint32_t>(replicas, 1);
    }
    return breakers;
}

}  // namespace

Measurement measure_breaker_open(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const Duration length = covered(scene.repeat, scene.window);
    if (scene.flows.empty() || length.count() == 0 ||
        (totals.started == 0 && totals.breaker_open.count() == 0))
        return no_samples(scene, "no requests to");
    const double open = to_seconds(totals.breaker_open);
    const double all = to_seconds(length) * static_cast<double>(breakers_of(scene));
    return measured_value(open / all, std::max<std::uint64_t>(totals.started, 1));
}

Measurement measure_policy_calls(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const Duration length = covered(scene.repeat, scene.window);
    const Metric metric = scene.claim.metric;
    const std::uint64_t of = metric == Metric::shed ? totals.attempts : totals.started;
    if (of == 0 || length.count() == 0) return no_samples(scene, "no requests to");
    if (metric == Metric::duplicates && scene.record.world == "live")
        return no_samples(scene, "a live run does not see what was done twice by");
    const std::uint64_t number = metric == Metric::retries      ? totals.retries
                                 : metric == Metric::shed       ? load_shed(totals.tries)
                                 : metric == Metric::duplicates ? totals.duplicates
                                                                : totals.hedges;
    if (scene.claim.unit == Unit::count) return measured_value(static_cast<double>(number), of);
    if (scene.claim.unit == Unit::per_second) return measured_value(per_second(number, length), of);
    return measured_value(ratio(number, of), of);
}

Measurement measure_budget_spent(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    if (totals.started == 0) return no_samples(scene, "no requests to");
    return measured_value(ratio(totals.budget_denied, totals.budget_denied + totals.retries),
                          totals.started);
}

}  // namespace shaketable::reports
