#include <algorithm>

#include "reports/metrics/measurement.h"
#include "reports/metrics/shares.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

using scenarios::Metric;

const scenarios::Span baseline_span{scenarios::Span::Kind::during, "baseline", Duration{0}};

/// The claim's service in its window, if anything reached it there.
std::optional<ServiceTotals> totals_in(const Scene& scene, const Stretches& window) {
    const auto row = service_row(scene.record, scene.claim.selector.service);
    if (!row) return std::nullopt;
    ServiceTotals totals = service_totals(scene.repeat, window, *row);
    if (totals.arrived == 0 && totals.in_system_time.count() == 0 && totals.completed == 0)
        return std::nullopt;
    return totals;
}

bool wants_max(const Scene& scene) {
    return scene.claim.aggregate != scenarios::Aggregate::mean;
}

}  // namespace

Measurement measure_attempts(const Scene& scene) {
    const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
    if (totals.started == 0) return no_samples(scene, "no requests to");
    return measured_value(ratio(totals.attempts, totals.started), totals.started);
}

Measurement measure_load_factor(const Scene& scene) {
    const auto now = totals_in(scene, scene.window);
    if (!now) return no_samples(scene, "no requests to");
    const Stretches before = stretches_of(scene.record, scene.repeat, baseline_span);
    const auto usual = totals_in(scene, before);
    const std::vector<std::uint32_t> entries = workload_flows(scene.record);
    const std::uint64_t wanted = flow_totals(scene.repeat, scene.window, entries).started;
    const std::uint64_t wanted_before = flow_totals(scene.repeat, before, entries).started;
    if (!usual || usual->arrived == 0 || wanted_before == 0)
        return {.absence = Absence::no_samples,
                .reason = "no requests to " + print(scene.claim.selector) +
                          " during baseline, to compare with"};
    if (wanted == 0)
        return {.absence = Absence::no_samples,
                .reason = "no workload requests " + describe(scene.claim.span)};
    return measured_value(ratio(now->arrived, wanted) / ratio(usual->arrived, wanted_before),
                          now->arrived);
}

Measurement measure_wasted(const Scene& scene) {
    const auto totals = totals_in(scene, scene.window);
    if (!totals || (totals->work.count() == 0 && totals->completed == 0))
        return no_samples(scene, "no work done by");
    if (totals->work.count() > 0)
        return measured_value(ratio(totals->wasted_work, totals->work),
                              std::max<std::uint64_t>(totals->completed, 1));
    return measured_value(ratio(totals->wasted, totals->completed), totals->completed);
}

Measurement measure_saturation(const Scene& scene) {
    const auto totals = totals_in(scene, scene.window);
    const Duration length = covered(scene.repeat, scene.window);
    if (!totals || length.count() == 0) return no_samples(scene, "no requests to");
    const auto pick = [&](RequestTime integral, std::uint32_t most) {
        return measured_value(wants_max(scene) ? most : ratio(integral, length),
                              std::max<std::uint64_t>(totals->arrived, 1));
    };
    switch (scene.claim.metric) {
        case Metric::queue:
            return pick(totals->queue_time, totals->queue_max);
        case Metric::busy:
            return pick(totals->busy_time, totals->busy_max);
        default:
            return pick(totals->in_system_time, totals->connections_max);
    }
}

Measurement measure_utilization(const Scene& scene) {
    const auto totals = totals_in(scene, scene.window);
    if (!totals) return no_samples(scene, "no requests to");
    if (totals->worker_time.count() == 0) return no_samples(scene, "no counted workers of");
    const std::uint64_t requests = std::max<std::uint64_t>(totals->arrived, 1);
    const double mean = ratio(totals->busy_time, totals->worker_time);
    if (!wants_max(scene)) return measured_value(mean, requests);
    double most = mean;  // a window shorter than a sample step has its mean
    const auto row = service_row(scene.record, scene.claim.selector.service);
    const auto& samples = scene.repeat.service_samples;
    if (!row || *row >= samples.size()) return measured_value(most, requests);
    for (const Stretch& stretch : scene.window) {
        const Steps steps = steps_within(scene.record, stretch);
        const std::size_t last = std::min(steps.last, samples[*row].size());
        for (std::size_t k = steps.first; k < last; ++k)
            most = std::max(most, static_cast<double>(samples[*row][k].utilization));
    }
    return measured_value(most, requests);
}

Measurement measure_wait(const Scene& scene) {
    const auto totals = totals_in(scene, scene.window);
    if (!totals || totals->wait.count() == 0) return no_samples(scene, "nobody was served by");
    const Histogram& wait = totals->wait;
    if (scene.claim.metric == Metric::waited)
        return measured_value(1 - wait.share_within(Duration{0}), wait.count());
    return measured_value(wait.mean(), wait.count());
}

Measurement measure_level(const Scene& scene) {
    const auto row = service_row(scene.record, scene.claim.selector.service);
    const auto& samples = scene.repeat.service_samples;
    if (!row || *row >= samples.size() || scene.record.sample_every.count() == 0)
        return no_samples(scene, "no samples of");
    const std::uint64_t level = scene.claim.level.value_or(Count{0}).value;
    const bool fills = scene.claim.metric == Metric::time_to_fill;
    const Time start = scene.window.front().start;
    std::uint64_t seen = 0;
    for (const Stretch& stretch : scene.window) {
        const Steps steps = steps_within(scene.record, stretch);
        const std::size_t last = std::min(steps.last, samples[*row].size());
        for (std::size_t k = steps.first; k < last; ++k) {
            ++seen;
            const ServiceSample& sample = samples[*row][k];
            if (fills ? sample.in_hand_max < level : sample.in_hand_min > level) continue;
            const Duration end = scene.record.sample_every * static_cast<std::int64_t>(k + 1);
            return measured_value(to_seconds(Time{end} - start), seen);
        }
    }
    if (seen == 0) return no_samples(scene, "no sample step of");
    Measurement open = measured_value(to_seconds(scene.window.back().end - start), seen);
    open.at_least = true;
    return open;
}

}  // namespace shaketable::reports
