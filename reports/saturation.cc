#include "reports/saturation.h"

#include <algorithm>
#include <optional>

#include "reports/windows.h"

namespace shaketable::reports {

namespace {

bool saturated(const ServiceSample& sample) {
    return static_cast<double>(sample.utilization) >= saturated_from;
}

/// First of `saturated_steps` saturated steps in a row within [first, last), unless it was so
/// before.
std::optional<std::size_t> first_saturated(const std::vector<ServiceSample>& samples,
                                           Steps within) {
    const std::size_t last = std::min(within.last, samples.size());
    const std::size_t before = within.first > saturated_steps ? within.first - saturated_steps : 0;
    bool always = before < within.first && within.first <= samples.size();
    for (std::size_t k = before; always && k < within.first; ++k) always = saturated(samples[k]);
    if (always) return std::nullopt;
    std::size_t row = 0;
    for (std::size_t k = within.first; k < last; ++k) {
        row = saturated(samples[k]) ? row + 1 : 0;
        if (row == saturated_steps) return k + 1 - saturated_steps;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Saturation> find_saturation(const Record& record, const std::string& fault) {
    if (record.sample_every.count() <= 0) return {};
    std::vector<Saturation> all(record.services.size());
    std::uint32_t repeats = 0;
    for (const Repeat& repeat : record.repeats) {
        const Stretches window =
            stretches_of(record, repeat, {scenarios::Span::Kind::during, fault, Duration{0}});
        if (window.empty()) continue;
        ++repeats;
        const Time start = window.front().start;
        // The step in which the fault begins belongs to it: saturation is often faster than a step.
        const Time step_start = start - start.time_since_epoch() % record.sample_every;
        const Steps within = steps_within(
            record, {step_start, std::max(start, Time{record.duration} - record.cooldown)});
        for (std::uint32_t s = 0; s < record.services.size() && s < repeat.service_samples.size();
             ++s) {
            const std::vector<ServiceSample>& samples = repeat.service_samples[s];
            const auto at = first_saturated(samples, within);
            if (!at) continue;
            const Time when{record.sample_every * static_cast<std::int64_t>(*at)};
            float queue = 0;
            for (std::size_t k = *at; k < std::min(within.last, samples.size()); ++k)
                queue = std::max(queue, samples[k].queue);
            all[s].after += to_seconds(std::max(Duration{0}, when - start));
            all[s].queue_most += static_cast<double>(queue);
            ++all[s].repeats;
        }
    }
    std::vector<Saturation> found;
    for (std::uint32_t s = 0; s < all.size(); ++s) {
        if (all[s].repeats == 0 || 2 * all[s].repeats <= repeats) continue;
        all[s].service = s;
        all[s].after /= all[s].repeats;
        all[s].queue_most /= all[s].repeats;
        found.push_back(all[s]);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Saturation& a, const Saturation& b) { return a.after < b.after; });
    return found;
}

}  // namespace shaketable::reports
