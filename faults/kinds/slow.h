/// `slow`: work takes longer.
#pragma once

#include <optional>
#include <string_view>

#include "faults/concepts.h"

namespace shaketable::faults {

/// Work of the replicas takes `factor` times as long. The ramp goes from 1 to the factor.
struct Slow {
    static constexpr std::string_view kind = "slow";
    static constexpr std::string_view summary = "work takes so many times as long";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = service_targets;
    static constexpr bool ramps = true;

    double factor = 1;  ///< 1 .. 1,000,000

    static constexpr auto fields() {
        return fields_of(field("factor", &Slow::factor, "work takes so many times as long").must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const Slow&) const = default;
};
static_assert(ServiceFault<Slow>);

}  // namespace shaketable::faults
