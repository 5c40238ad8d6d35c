/// `pause`: replicas freeze.
#pragma once

#include <string_view>

#include "faults/concepts.h"

namespace shaketable::faults {

/// Freezes replicas, as a garbage collection or SIGSTOP does: no work, no answers, but connections
/// stay, and everything goes on where it stood when the fault ends.
struct Pause {
    static constexpr std::string_view kind = "pause";
    static constexpr std::string_view summary = "freezes replicas, connections stay";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = service_targets;
    static constexpr bool ramps = false;

    static constexpr auto fields() { return fields_of(); }
    [[nodiscard]] Condition condition(double strength) const;
    bool operator==(const Pause&) const = default;
};
static_assert(ServiceFault<Pause>);

}  // namespace shaketable::faults
