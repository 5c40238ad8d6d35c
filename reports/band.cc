#include "reports/band.h"

#include <algorithm>

#include "reports/metrics/shares.h"
#include "reports/statistics.h"

namespace shaketable::reports {

namespace {

/// Adds `value` of `weight` calls to a weighted sum.
struct Weighted {
    double sum = 0, weight = 0;
    void add(double value, double of) {
        if (value < 0 || of <= 0) return;
        sum += value * of;
        weight += of;
    }
    [[nodiscard]] double mean() const { return weight > 0 ? sum / weight : -1; }
};

}  // namespace

std::vector<StepTotals> step_totals(const Repeat& repeat, std::span<const std::uint32_t> flows) {
    std::size_t count = 0;
    for (const std::uint32_t row : flows)
        if (row < repeat.flow_samples.size())
            count = std::max(count, repeat.flow_samples[row].size());
    std::vector<StepTotals> steps(count);
    std::vector<Weighted> p50(count), p99(count);
    for (const std::uint32_t row : flows) {
        if (row >= repeat.flow_samples.size()) continue;
        const std::vector<FlowSample>& samples = repeat.flow_samples[row];
        for (std::size_t k = 0; k < samples.size(); ++k) {
            steps[k].started += samples[k].started;
            steps[k].succeeded += samples[k].succeeded;
            steps[k].failed += samples[k].failed;
            steps[k].attempts += samples[k].attempts;
            p50[k].add(static_cast<double>(samples[k].p50), samples[k].succeeded);
            p99[k].add(static_cast<double>(samples[k].p99), samples[k].succeeded);
        }
    }
    for (std::size_t k = 0; k < count; ++k) {
        steps[k].p50 = p50[k].mean();
        steps[k].p99 = p99[k].mean();
    }
    return steps;
}

BandSide place_of(const StepTotals& step, const Band& band) {
    const std::uint64_t settled = step.succeeded + step.failed;
    if (settled == 0) return step.started > 0 ? BandSide::outside : BandSide::neither;
    const double success = ratio(step.succeeded, settled);
    if (success < band.success_least) return BandSide::outside;
    if (step.succeeded == 0 && band.p50_most >= 0) return BandSide::outside;
    return step.p50 <= band.p50_most ? BandSide::inside : BandSide::outside;
}

std::optional<Band> baseline_band(const Record& record, const Repeat& repeat,
                                  const std::vector<StepTotals>& steps) {
    const Stretches baseline =
        stretches_of(record, repeat, {scenarios::Span::Kind::during, "baseline", Duration{0}});
    std::vector<double> success, p50;
    std::uint64_t succeeded = 0, settled = 0;
    for (const Stretch& stretch : baseline) {
        const Steps within = steps_within(record, stretch);
        for (std::size_t k = within.first; k < std::min(within.last, steps.size()); ++k) {
            const std::uint64_t all = steps[k].succeeded + steps[k].failed;
            if (all == 0) continue;
            success.push_back(ratio(steps[k].succeeded, all));
            succeeded += steps[k].succeeded;
            settled += all;
            if (steps[k].p50 >= 0) p50.push_back(steps[k].p50);
        }
    }
    if (settled == 0) return std::nullopt;
    Band band;
    band.success_least = ratio(succeeded, settled) - std::max(0.01, 3 * deviation_of(success));
    band.p50_most = -1;  // nothing succeeded: no limit to hold
    if (!p50.empty()) {
        const double mean = mean_of(p50);
        band.p50_most = std::max(2 * mean, mean + 3 * deviation_of(p50));
    }
    return band;
}

Recovery find_recovery(const Record& record, const std::vector<StepTotals>& steps, const Band& band,
                       Time from) {
    const Time end = std::max(from, Time{record.duration} - record.cooldown);
    const Steps within = steps_within(record, {from, end});
    Time good_since = from;
    bool any_inside = false;
    for (std::size_t k = within.first; k < std::min(within.last, steps.size()); ++k) {
        const Time step_end{record.sample_every * static_cast<std::int64_t>(k + 1)};
        const BandSide place = place_of(steps[k], band);
        if (place == BandSide::outside) {
            good_since = step_end;
            any_inside = false;
            continue;
        }
        any_inside = any_inside || place == BandSide::inside;
        if (any_inside && step_end - good_since >= recovery_hold)
            return {.recovered = true, .after = good_since - from};
    }
    return {.recovered = false, .after = end - from};
}

RecoverySummary summarize_recovery(const Record& record, std::span<const std::uint32_t> flows) {
    RecoverySummary sum;
    for (const Repeat& repeat : record.repeats) {
        const Stretches rest = after_last_fault(record, repeat);
        if (rest.empty()) continue;
        const std::vector<StepTotals> steps = step_totals(repeat, flows);
        const auto band = baseline_band(record, repeat, steps);
        if (!band) continue;
        const Recovery one = find_recovery(record, steps, *band, rest.front().start);
        ++sum.of;
        if (one.recovered) {
            ++sum.back;
            sum.seconds += to_seconds(one.after);
        } else {
            sum.watched_most = std::max(sum.watched_most, to_seconds(one.after));
        }
    }
    if (sum.back > 0) sum.seconds /= sum.back;
    return sum;
}

}  // namespace shaketable::reports
