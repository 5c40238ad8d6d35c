#include "reports/precision.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "reports/metrics/measurement.h"

namespace shaketable::reports {

Known how_well_known(const scenarios::Scenario& scenario, const Record& record) {
    Known known;
    std::vector<double> values;
    known.repeats = static_cast<std::uint32_t>(record.repeats.size());
    for (const Repeat& repeat : record.repeats) {
        const Measurement m = measure(scenario, record, repeat, scenario.run.until->of);
        if (m.absence == Absence::none && !m.at_least) values.push_back(m.value);
    }
    known.estimate = estimate_of(values);
    known.within = std::numeric_limits<double>::infinity();
    if (!known.estimate.has_interval()) return known;
    const double half = known.estimate.half_width();
    if (half == 0) known.within = 0;
    if (half > 0 && known.estimate.mean != 0) known.within = half / std::abs(known.estimate.mean);
    known.is_well_enough = values.size() == record.repeats.size() &&
                           known.within <= scenario.run.until->within.fraction;
    return known;
}

std::uint32_t repeats_wanted(const scenarios::Run& run, const Known& known) {
    const double now = known.repeats;
    // The half-width falls with the square root of the repeats; a tenth more, as it is itself a
    // guess.
    const double asked = run.until->within.fraction;
    const double needed = 1.1 * now * (known.within / asked) * (known.within / asked);
    const double next = std::clamp(std::ceil(needed), std::ceil(now * 1.25), now * 2);
    return std::min(static_cast<std::uint32_t>(next), run.repeats_most());
}

std::uint32_t repeats_wanted(const scenarios::Scenario& scenario, const Record& record) {
    const auto there = static_cast<std::uint32_t>(record.repeats.size());
    if (!scenario.run.until || there >= scenario.run.repeats_most()) return there;
    const Known known = how_well_known(scenario, record);
    return known.is_well_enough ? there : repeats_wanted(scenario.run, known);
}

std::vector<Notice> find_not_converged(const scenarios::Scenario& scenario, const Record& record) {
    if (!scenario.run.until || record.world != "simulated") return {};
    const Known known = how_well_known(scenario, record);
    if (known.is_well_enough) return {};
    const std::string found = std::isinf(known.within)
                                  ? "has no value with an interval"
                                  : fmt::format("is known to ± {:.3g}%", 100 * known.within);
    return {{"not-converged", scenarios::FindingSeverity::warn, "run.until",
             fmt::format("NOT CONVERGED: asked for {}, and after {} repeats it {}",
                         scenario.run.until->of.text, known.repeats, found)}};
}

}  // namespace shaketable::reports
