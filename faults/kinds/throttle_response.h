/// `throttle_response`: answers that trickle.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Caps how fast the bytes of an answer come, each answer by itself; requests cross as ever.
///
/// The ramp scales the share. Draws once.
struct ThrottleResponse {
    static constexpr std::string_view kind = "throttle_response";
    static constexpr std::string_view summary = "lets answers come slowly";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Bandwidth rate{};     ///< > 0
    Share share{1};       ///< of what `of` says
    Of of = Of::request;  ///< what the share counts

    static constexpr auto fields() {
        return fields_of(
            field("rate", &ThrottleResponse::rate, "bytes of one answer per second").must(),
            field("share", &ThrottleResponse::share, "part of the answers that is slow"),
            field("of", &ThrottleResponse::of, "percent of what: request or connection"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const ThrottleResponse&) const = default;
};
static_assert(TrafficFault<ThrottleResponse>);

}  // namespace shaketable::faults
