#include "reports/metrics/measurement.h"
#include "reports/metrics/shares.h"

namespace shaketable::reports {

namespace {

using scenarios::Metric;

std::uint64_t counted(const FlowTotals& totals, Metric metric) {
    switch (metric) {
        case Metric::success:
            return totals.succeeded();
        case Metric::errors:
            return count_of(totals.settled, Outcome::error) +
                   count_of(totals.settled, Outcome::unreachable);
        case Metric::timeouts:
            return count_of(totals.settled, Outcome::timeout);
        case Metric::rejected:
            return refusals(totals.settled);
        case Metric::degraded:
            return count_of(totals.settled, Outcome::degraded);
        default:
            return 0;
    }
}

}  // namespace

Measurement measure_outcomes(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const std::uint64_t settled = judged(totals);
    if (settled == 0) return no_samples(scene, "no requests to");
    return measured_value(ratio(counted(totals, scene.claim.metric), settled), settled);
}

Measurement measure_rate(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const Duration length = covered(scene.repeat, scene.window);
    if ((totals.started == 0 && totals.settled_total() == 0) || length.count() == 0)
        return no_samples(scene, "no requests to");
    const std::uint64_t calls =
        scene.claim.metric == Metric::rate ? totals.started : totals.succeeded();
    const bool as_count = scene.claim.unit == scenarios::Unit::count;
    return measured_value(as_count ? static_cast<double>(calls) : per_second(calls, length),
                          std::max(totals.started, totals.settled_total()));
}

/// Source: Beyer et al., "Site Reliability Engineering", chapter 3: what the objective leaves may
/// be spent.
Measurement measure_error_budget(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const std::uint64_t settled = judged(totals);
    if (settled == 0) return no_samples(scene, "no requests to");
    const double allowed = 1 - scene.claim.objective.value_or(Share{0.999}).fraction;
    const double failed = ratio(settled - totals.succeeded(), settled);
    if (allowed <= 0) {
        Measurement spent = measured_value(failed > 0 ? 1 : 0, settled);
        spent.at_least = failed > 0;  // any failure spends an empty budget without bound
        return spent;
    }
    return measured_value(failed / allowed, settled);
}

}  // namespace shaketable::reports
