/// `slow_close`: ends that come late.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Holds back the end of a stream, not its bytes: the other side learns of a close so much later.
///
/// The simulator has no connections that end: it counts whom it would hit. The ramp scales the
/// share. Draws once.
///
/// Source: Toxiproxy's `slow_close` toxic.
struct SlowClose {
    static constexpr std::string_view kind = "slow_close";
    static constexpr std::string_view summary = "passes the end of a stream on late";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Duration delay{0};                          ///< > 0
    Direction direction = Direction::response;  ///< whose bytes
    Share share{1};                             ///< of what `of` says
    Of of = Of::connection;                     ///< what the share counts

    static constexpr auto fields() {
        return fields_of(
            field("delay", &SlowClose::delay, "how much later the end is passed on").must(),
            field("direction", &SlowClose::direction,
                  "whose end is late: request, response or both"),
            field("share", &SlowClose::share, "part that is hit"),
            field("of", &SlowClose::of, "percent of what: request or connection"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const SlowClose&) const = default;
};
static_assert(TrafficFault<SlowClose>);

}  // namespace shaketable::faults
