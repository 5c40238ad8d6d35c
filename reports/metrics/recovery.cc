#include <algorithm>
#include <optional>

#include "reports/band.h"
#include "reports/metrics/measurement.h"
#include "reports/metrics/shares.h"
#include "reports/select.h"

namespace shaketable::reports {

namespace {

/// First start and last end of a window, or of all faults where the window is the run.
std::optional<Stretch> extent(const Scene& scene) {
    const std::string& name = scene.claim.span.window;
    const auto& faults = scene.record.fault_ids;
    std::optional<Stretch> found;
    for (const NamedSpan& span : scene.repeat.spans) {
        const bool is_fault = std::find(faults.begin(), faults.end(), span.name) != faults.end();
        if (name == "run" ? !is_fault : span.name != name) continue;
        if (!found) found = Stretch{span.start, span.end};
        found->start = std::min(found->start, span.start);
        found->end = std::max(found->end, span.end);
    }
    return found;
}

/// A fault that the dice left out of this repeat: there is nothing to recover from.
Measurement nothing_happened(const Scene& scene) {
    const bool all = scene.claim.span.window == "run";
    return {.absence = Absence::no_window,
            .reason = all ? "no fault happened" : scene.claim.span.window + " did not happen"};
}

/// Steps of the claim's flows and the band they were in before.
struct Watched {
    std::vector<StepTotals> steps;
    std::optional<Band> band;
};
Watched watch(const Scene& scene) {
    Watched watched{step_totals(scene.repeat, scene.flows), std::nullopt};
    watched.band = baseline_band(scene.record, scene.repeat, watched.steps);
    return watched;
}

Measurement no_baseline(const Scene& scene) {
    return {.absence = Absence::no_samples,
            .reason = "no requests to " + print(scene.claim.selector) +
                      " during baseline, to compare with"};
}

}  // namespace

Measurement measure_recovery(const Scene& scene) {
    const auto window = extent(scene);
    if (!window) return nothing_happened(scene);
    const auto [steps, band] = watch(scene);
    if (!band) return no_baseline(scene);
    const Time from = std::max(window->end, Time{scene.record.warmup});
    std::uint64_t calls = 0;
    const Stretch rest{from, std::max(from, Time{scene.record.duration} - scene.record.cooldown)};
    const Steps within = steps_within(scene.record, rest);
    for (std::size_t k = within.first; k < std::min(within.last, steps.size()); ++k)
        calls += steps[k].started + steps[k].succeeded + steps[k].failed;
    if (calls == 0 && rest.end > rest.start)
        return {.absence = Absence::no_samples,
                .reason = "no requests to " + print(scene.claim.selector) + " after " +
                          (scene.claim.span.window == "run" ? "the last fault"
                                                            : scene.claim.span.window)};
    const Recovery recovery = find_recovery(scene.record, steps, *band, from);
    return {.value = to_seconds(recovery.after),
            .samples = std::max<std::uint64_t>(calls, 1),
            .at_least = !recovery.recovered};
}

Measurement measure_detection(const Scene& scene) {
    const auto window = extent(scene);
    if (!window) return nothing_happened(scene);
    const auto [steps, band] = watch(scene);
    if (!band) return no_baseline(scene);
    const Time end = std::max(window->start, Time{scene.record.duration} - scene.record.cooldown);
    // The step in which the fault begins counts: most of it may be the fault's.
    const Time step_start =
        window->start - window->start.time_since_epoch() % scene.record.sample_every;
    const Steps within = steps_within(scene.record, {step_start, end});
    std::uint64_t calls = 0;
    for (std::size_t k = within.first; k < std::min(within.last, steps.size()); ++k) {
        calls += steps[k].started + steps[k].succeeded + steps[k].failed;
        if (place_of(steps[k], *band) != BandSide::outside) continue;
        const Time step_end{scene.record.sample_every * static_cast<std::int64_t>(k + 1)};
        return measured_value(to_seconds(step_end - window->start), calls);
    }
    if (calls == 0) return no_samples(scene, "no requests to");
    return {.value = to_seconds(end - window->start), .samples = calls, .at_least = true};
}

/// Source: Beyer et al., "The Site Reliability Workbook", chapter 5 (burn rate).
Measurement measure_burn_rate(const Scene& scene) {
    const double allowed = 1 - scene.claim.objective.value_or(Share{0.999}).fraction;
    const std::vector<StepTotals> steps = step_totals(scene.repeat, scene.flows);
    const Duration lookback = scene.claim.lookback.value_or(forever);
    const std::int64_t step = scene.record.sample_every.count();
    if (step <= 0) return no_samples(scene, "no time series of");
    double worst = -1;
    std::uint64_t samples = 0;
    for (const Stretch& stretch : scene.window) {
        const Steps within = steps_within(scene.record, stretch);
        const std::size_t last = std::min(within.last, steps.size());
        if (within.first >= last) continue;
        const auto wide =
            static_cast<std::size_t>(std::max<std::int64_t>(1, lookback.count() / step));
        std::uint64_t failed = 0, settled = 0;
        for (std::size_t k = within.first; k < last; ++k) {
            failed += steps[k].failed;
            settled += steps[k].failed + steps[k].succeeded;
            samples += steps[k].failed + steps[k].succeeded;
            if (k >= within.first + wide) {
                failed -= steps[k - wide].failed;
                settled -= steps[k - wide].failed + steps[k - wide].succeeded;
            }
            const bool full = k + 1 >= within.first + wide || k + 1 == last;
            if (full && settled > 0) worst = std::max(worst, ratio(failed, settled));
        }
    }
    if (worst < 0) return no_samples(scene, "no requests to");
    if (allowed <= 0)
        return {.value = worst > 0 ? 1.0 : 0.0, .samples = samples, .at_least = worst > 0};
    return measured_value(worst / allowed, samples);
}

}  // namespace shaketable::reports
