/// `exhaust`: something else holds what the service needs.
#pragma once

#include <optional>
#include <string_view>

#include "faults/concepts.h"
#include "faults/kinds/amount.h"

namespace shaketable::faults {

/// Takes workers or pooled connections away, as a leak does. What is in use is not torn away: it is
/// not given back. The ramp takes them little by little.
struct Exhaust {
    static constexpr std::string_view kind = "exhaust";
    static constexpr std::string_view summary = "takes workers or connections away";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = service_targets;
    static constexpr bool ramps = true;

    std::optional<Amount> workers{};  ///< of each replica
    std::optional<Amount>
        connections{};  ///< of each caller's pool (its bulkhead) of connections to the service

    static constexpr auto fields() {
        return fields_of(field("workers", &Exhaust::workers, "workers of each replica"),
                         field("connections", &Exhaust::connections,
                               "connections of each caller's bulkhead to the service"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const Exhaust&) const = default;
};
static_assert(ServiceFault<Exhaust>);

}  // namespace shaketable::faults
