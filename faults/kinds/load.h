/// `load`: more arrivals.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"

namespace shaketable::faults {

/// Multiplies a workload, or adds arrivals that make the same calls (a Poisson stream of its own:
/// spike, herd, bots). Without a target: every workload. The ramp goes from the normal load to the
/// full one.
struct Load {
    static constexpr std::string_view kind = "load";
    static constexpr std::string_view summary = "multiplies a workload or adds to it";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets{.workload = true, .optional = true};
    static constexpr bool ramps = true;

    std::optional<double> factor{};  ///< >= 0, at most 1,000,000; 0 stops it; excludes rate
    std::optional<Rate> rate{};      ///< arrivals on top

    static constexpr auto fields() {
        return fields_of(field("factor", &Load::factor, "arrivals, or users, times this"),
                         field("rate", &Load::rate, "or so many arrivals on top"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const Load&) const = default;
};
static_assert(ServiceFault<Load>);

}  // namespace shaketable::faults
