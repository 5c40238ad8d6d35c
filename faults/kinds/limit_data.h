/// `limit_data`: an end in the middle.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Closes the connection once so many bytes went one way: over HTTP those of one body, else those
/// of the connection. What comes after them is lost.
///
/// In the simulator an answer is an error where its message is longer. The ramp scales the share.
/// Draws once.
///
/// Source: Toxiproxy's `limit_data` toxic.
struct LimitData {
    static constexpr std::string_view kind = "limit_data";
    static constexpr std::string_view summary = "closes a connection after so many bytes";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Bytes bytes{};                              ///< >= 0
    Direction direction = Direction::response;  ///< whose bytes
    Share share{1};                             ///< of what `of` says
    Of of = Of::connection;                     ///< what the share counts

    static constexpr auto fields() {
        return fields_of(field("bytes", &LimitData::bytes, "how many pass").must(),
                         field("direction", &LimitData::direction,
                               "whose bytes count: request, response or both"),
                         field("share", &LimitData::share, "part that is hit"),
                         field("of", &LimitData::of, "percent of what: request or connection"));
    }
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const LimitData&) const = default;
};
static_assert(TrafficFault<LimitData>);

}  // namespace shaketable::faults
