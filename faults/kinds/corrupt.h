/// `corrupt`: bytes that are not what was sent.
#pragma once

#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Flips one bit, at a drawn place, in each piece that is passed on (at most 16 KiB). Over HTTP
/// only bodies are hit, so that what is broken is the message and not the connection.
///
/// In the simulator the answer is an error. The ramp scales the share. Draws once.
///
/// Source: tc-netem(8), `corrupt`: one bit at a random offset of a packet.
struct Corrupt {
    static constexpr std::string_view kind = "corrupt";
    static constexpr std::string_view summary = "flips bits on their way";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Direction direction = Direction::response;  ///< whose bytes
    Share share{1};                             ///< of what `of` says
    Of of = Of::request;                        ///< what the share counts

    static constexpr auto fields() {
        return fields_of(field("direction", &Corrupt::direction,
                               "whose bytes are changed: request, response or both"),
                         field("share", &Corrupt::share, "part that is corrupted"),
                         field("of", &Corrupt::of, "percent of what: request or connection"));
    }
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Corrupt&) const = default;
};
static_assert(TrafficFault<Corrupt>);

}  // namespace shaketable::faults
