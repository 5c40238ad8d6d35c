// Collapse: a system that does less than half of what it did before, and stays there.
//
// Sources: N. Bronson et al., "Metastable failures in distributed systems", HotOS 2021; L. Huang et
// al., "Metastable failures in the wild", OSDI 2022 (goodput after the trigger is gone).
#include <algorithm>

#include "reports/band.h"
#include "reports/metrics/measurement.h"
#include "reports/metrics/shares.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

constexpr double collapsed_below = 0.5;  ///< of the goodput during baseline
constexpr std::int64_t last_part = 4;    ///< of the run: its last quarter

double goodput(const Scene& scene, const Stretches& stretches) {
    return per_second(flow_totals(scene.repeat, stretches, scene.flows).succeeded(),
                      covered(scene.repeat, stretches));
}

/// Successes a second before the first fault; 0 without any.
double baseline_goodput(const Scene& scene) {
    scenarios::Span baseline;
    baseline.window = "baseline";
    return goodput(scene, stretches_of(scene.record, scene.repeat, baseline));
}

Measurement no_goodput_before(const Scene& scene) {
    return {.absence = Absence::no_samples,
            .reason = "no successful requests to " + print(scene.claim.selector) +
                      " during baseline, to compare with"};
}

/// Successes a second in the whole steps of a stretch, and how many calls began or ended there.
struct Rate {
    double goodput = 0;
    std::uint64_t calls = 0;
    std::size_t steps = 0;
};
Rate rate_of(const Scene& scene, const std::vector<StepTotals>& all, Steps within) {
    Rate rate;
    std::uint64_t succeeded = 0;
    for (std::size_t k = within.first; k < std::min(within.last, all.size()); ++k, ++rate.steps) {
        succeeded += all[k].succeeded;
        rate.calls += all[k].started + all[k].succeeded + all[k].failed;
    }
    rate.goodput =
        per_second(succeeded, scene.record.sample_every * static_cast<std::int64_t>(rate.steps));
    return rate;
}

}  // namespace

Measurement measure_collapse(const Scene& scene) {
    const double before = baseline_goodput(scene);
    if (before <= 0) return no_goodput_before(scene);
    const bool whole_run = scene.claim.span.window == "run";
    Rate now;
    if (whole_run) {
        const Stretch all = scene.window.back();
        const Steps within =
            steps_within(scene.record, {all.end - (all.end - all.start) / last_part, all.end});
        now = rate_of(scene, step_totals(scene.repeat, scene.flows), within);
    } else {
        const FlowTotals totals = flow_totals(scene.repeat, scene.window, scene.flows);
        now = {per_second(totals.succeeded(), covered(scene.repeat, scene.window)),
               totals.started + totals.settled_total(), 1};
    }
    if (now.steps == 0 || now.calls == 0) return no_samples(scene, "no requests to");
    return measured_value(now.goodput < collapsed_below * before ? 1 : 0, now.calls);
}

Measurement measure_time_to_collapse(const Scene& scene) {
    const double before = baseline_goodput(scene);
    if (before <= 0) return no_goodput_before(scene);
    const std::int64_t step = scene.record.sample_every.count();
    if (step <= 0) return no_samples(scene, "no time series of");
    const std::vector<StepTotals> steps = step_totals(scene.repeat, scene.flows);
    const Time start = scene.window.front().start;
    const Time end = std::max(start, Time{scene.record.duration} - scene.record.cooldown);
    const Steps within = steps_within(scene.record, {start, end});
    const Rate all = rate_of(scene, steps, within);
    if (all.calls == 0) return no_samples(scene, "no requests to");
    const auto held = static_cast<std::size_t>((recovery_hold.count() + step - 1) / step);
    const double least = collapsed_below * before * to_seconds(scene.record.sample_every);
    std::size_t low = 0;
    for (std::size_t k = within.first; k < std::min(within.last, steps.size()); ++k) {
        low = static_cast<double>(steps[k].succeeded) < least ? low + 1 : 0;
        if (low < held) continue;
        const Time first_low{scene.record.sample_every * static_cast<std::int64_t>(k + 1 - held)};
        return measured_value(to_seconds(first_low - start), all.calls);
    }
    return {.value = to_seconds(end - start), .samples = all.calls, .at_least = true};
}

}  // namespace shaketable::reports
