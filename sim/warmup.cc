#include "sim/warmup.h"

#include <algorithm>

#include "base/mser.h"
#include "sim/play.h"

namespace shaketable::sim {

namespace {

/// Requests in hand in each whole step before `end`, added to `series`.
void add_in_hand(const reports::Repeat& repeat, std::size_t steps, std::vector<double>& series) {
    series.resize(std::max(series.size(), steps));
    for (const auto& samples : repeat.service_samples)
        for (std::size_t k = 0; k < std::min(steps, samples.size()); ++k)
            series[k] +=
                static_cast<double>(samples[k].queue) + static_cast<double>(samples[k].busy);
}

/// When the first fault of this repeat begins, or the measured part ends.
Time end_of_calm(const scenarios::Scenario& scenario, const reports::Repeat& repeat) {
    Time end = Time{scenario.run.duration - scenario.run.cooldown};
    for (const reports::NamedSpan& span : repeat.spans)
        for (const faults::Fault& fault : scenario.faults)
            if (span.name == fault.id) end = std::min(end, span.start);
    return end;
}

}  // namespace

Result<Duration, Problems> find_warmup(const scenarios::Scenario& scenario) {
    constexpr std::uint32_t pilots_max = 5;
    scenarios::Scenario pilot = scenario;
    pilot.run.warmup = Duration{0};
    const model::Model model = model::compile(pilot);
    std::vector<double> series;
    std::size_t steps = static_cast<std::size_t>(pilot.run.duration / pilot.run.sample_every);
    for (std::uint32_t r = 0; r < std::min(pilots_max, scenario.run.repeats_least()); ++r) {
        const Result<reports::Repeat, Problems> repeat = play_repeat(model, r);
        if (!repeat) return Unexpected{repeat.error()};
        const Duration calm = end_of_calm(pilot, *repeat).time_since_epoch();
        steps = std::min(steps, static_cast<std::size_t>(calm / pilot.run.sample_every));
        add_in_hand(*repeat, steps, series);
    }
    series.resize(steps);
    const auto cut = find_truncation(series).value_or(steps / 2);
    return pilot.run.sample_every * static_cast<std::int64_t>(cut);
}

}  // namespace shaketable::sim
