#include <array>
#include <utility>

#include "reports/metrics/measurement.h"

namespace shaketable::reports {

namespace {

using scenarios::Metric;

constexpr std::array shares{std::pair{Metric::p50, 0.5},    std::pair{Metric::p90, 0.9},
                            std::pair{Metric::p95, 0.95},   std::pair{Metric::p99, 0.99},
                            std::pair{Metric::p999, 0.999}, std::pair{Metric::p9999, 0.9999}};

constexpr Duration apdex_default = std::chrono::milliseconds{500};

}  // namespace

Measurement measure_latency(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const Histogram& latency = totals.latency;
    if (latency.count() == 0)
        return no_samples(
            scene, totals.settled_total() == 0 ? "no requests to" : "no successful requests to");
    if (scene.claim.metric == Metric::mean) return measured_value(latency.mean(), latency.count());
    if (scene.claim.metric == Metric::sd)
        return measured_value(latency.deviation(), latency.count());
    if (scene.claim.metric == Metric::max)
        return measured_value(to_seconds(latency.longest()), latency.count());
    for (const auto& [metric, share] : shares)
        if (metric == scene.claim.metric)
            return measured_value(latency.quantile(share), latency.count());
    return no_samples(scene, "no such quantile of");
}

/// Source: Apdex Alliance, "Application Performance Index, Technical Specification", version 1.1,
/// 2007.
Measurement measure_apdex(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    const std::uint64_t settled =
        totals.settled_total() - totals.settled[static_cast<std::size_t>(Outcome::cancelled)];
    if (settled == 0) return no_samples(scene, "no requests to");
    if (totals.latency.count() == 0) return measured_value(0, settled);
    const Duration target = scene.claim.threshold.value_or(apdex_default);
    const double satisfied = totals.latency.share_within(target);
    const double tolerating = totals.latency.share_within(target * 4) - satisfied;
    const double answered =
        static_cast<double>(totals.latency.count()) / static_cast<double>(settled);
    return measured_value((satisfied + tolerating / 2) * answered, settled);
}

}  // namespace shaketable::reports
