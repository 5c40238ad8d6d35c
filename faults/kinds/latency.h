/// `latency`: holds traffic back.
#pragma once

#include <optional>
#include <string_view>

#include "base/distribution.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Holds each crossing back before it goes on. Nothing is lost.
///
/// The hold is drawn anew per crossing and direction, on top of the link's own transit time: from
/// the law of `delay`, or uniform on [delay - jitter, delay + jitter]. The ramp scales it. Draws
/// twice whatever the settings, so that turning jitter off does not shift the dice that follow.
///
/// Source: tc-netem(8), `delay TIME JITTER`, without its correlation term.
struct Latency {
    static constexpr std::string_view kind = "latency";
    static constexpr std::string_view summary = "holds traffic back for a while";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Distribution delay{};  ///< the hold
    Duration jitter{0};    ///< half-width; 0 <= jitter <= delay, of a constant delay only
    Direction direction = Direction::request;  ///< `both` holds the request and then the response

    static constexpr auto fields() {
        return fields_of(
            field("delay", &Latency::delay, "the hold, or the law it is drawn from").must(),
            field("jitter", &Latency::jitter, "half-width of the hold, around a constant delay"),
            field("direction", &Latency::direction,
                  "which way is held: request, response or both"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;

    /// Judging needs the law ready to draw from.
    struct Ready {
        Sampler delay{};
        Duration jitter{0};
        Direction direction = Direction::request;
        [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state,
                                    Random& random) const;
    };
    [[nodiscard]] Ready ready() const { return {Sampler{delay}, jitter, direction}; }
    bool operator==(const Latency&) const = default;
};
static_assert(TrafficFault<Latency>);

}  // namespace shaketable::faults
