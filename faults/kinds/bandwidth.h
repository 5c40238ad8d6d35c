/// `bandwidth`: a narrower pipe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/units.h"
#include "faults/concepts.h"

namespace shaketable::faults {

/// Caps how fast bytes cross, each way. Nothing is lost: they queue.
///
/// The ramp narrows the pipe: at strength s the cap is rate / s. Draws nothing.
struct BandwidthCap {
    enum class Per : std::uint8_t { connection, edge };
    friend constexpr auto enum_names(Per) {
        using P = std::pair<std::string_view, Per>;
        return std::array{P{"connection", Per::connection}, P{"edge", Per::edge}};
    }

    static constexpr std::string_view kind = "bandwidth";
    static constexpr std::string_view summary = "caps how fast bytes cross";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Bandwidth rate{};     ///< > 0
    Per per = Per::edge;  ///< one cap for each connection, or one shared by the whole edge

    static constexpr auto fields() {
        return fields_of(
            field("rate", &BandwidthCap::rate, "the cap, each way").must(),
            field("per", &BandwidthCap::per, "connection: one cap each; edge: one shared by all"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const BandwidthCap&) const = default;
};
static_assert(TrafficFault<BandwidthCap>);

}  // namespace shaketable::faults
