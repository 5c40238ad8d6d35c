/// `reset`: connections are torn down.
#pragma once

#include <string_view>

#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Resets the connection of a crossing before the callee sees it; the caller learns at once, or
/// `after` a while.
///
/// With `existing`, what is in flight when it starts is judged too. The ramp scales the share.
/// Draws once.
///
/// Source: Toxiproxy's `reset_peer` toxic.
struct Reset {
    static constexpr std::string_view kind = "reset";
    static constexpr std::string_view summary = "resets connections";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Share share{1};
    Of of = Of::request;   ///< what the share counts
    bool existing = true;  ///< connections opened before it started are hit too
    Duration after{0};     ///< from the first byte of the crossing; >= 0

    static constexpr auto fields() {
        return fields_of(
            field("share", &Reset::share, "part that is reset"),
            field("of", &Reset::of, "percent of what: request or connection"),
            field("existing", &Reset::existing, "also what is open and in flight already"),
            field("after", &Reset::after, "so long after the crossing began"));
    }
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Reset&) const = default;
};
static_assert(TrafficFault<Reset>);

}  // namespace shaketable::faults
