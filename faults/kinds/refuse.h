/// `refuse`: nobody listens.
#pragma once

#include <string_view>

#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Refuses at once, as a port does where nobody listens. What is connected already goes on: `of:
/// connection` refuses crossings that open a connection and no others; `of: request` refuses each
/// request by itself.
///
/// The ramp scales the share. Draws once.
struct Refuse {
    static constexpr std::string_view kind = "refuse";
    static constexpr std::string_view summary = "refuses connections at once";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Share share{1};
    Of of = Of::connection;  ///< what the share counts

    static constexpr auto fields() {
        return fields_of(field("share", &Refuse::share, "part that is refused"),
                         field("of", &Refuse::of, "percent of what: request or connection"));
    }
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Refuse&) const = default;
};
static_assert(TrafficFault<Refuse>);

}  // namespace shaketable::faults
