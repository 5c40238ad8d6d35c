/// `slice`: data in small pieces.
#pragma once

#include <optional>
#include <string_view>

#include "base/units.h"
#include "faults/concepts.h"
#include "faults/kinds/scope.h"

namespace shaketable::faults {

/// Passes bytes on in small pieces with a pause after each, so that a reader sees them arrive bit
/// by bit. The size of each piece is uniform on [size - variation, size + variation].
///
/// In the simulator a message takes the pauses between pieces of `size` longer. The ramp scales the
/// share. Draws once.
///
/// Source: Toxiproxy's `slicer` toxic.
struct Slice {
    static constexpr std::string_view kind = "slice";
    static constexpr std::string_view summary = "cuts data into small pieces";
    static constexpr Worlds worlds{.simulator = true, .live = true};
    static constexpr TargetKinds targets = traffic_targets;
    static constexpr bool ramps = true;

    Bytes size{};                               ///< > 0
    Bytes variation{};                          ///< 0 <= variation < size
    Duration gap{0};                            ///< >= 0
    Direction direction = Direction::response;  ///< whose bytes
    Share share{1};                             ///< of what `of` says
    Of of = Of::request;                        ///< what the share counts

    static constexpr auto fields() {
        return fields_of(
            field("size", &Slice::size, "mean size of a piece").must(),
            field("variation", &Slice::variation, "half-width of the sizes"),
            field("gap", &Slice::gap, "pause after each piece"),
            field("direction", &Slice::direction, "whose bytes are cut: request, response or both"),
            field("share", &Slice::share, "part that is hit"),
            field("of", &Slice::of, "percent of what: request or connection"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    [[nodiscard]] Verdict judge(const Crossing& crossing, FaultState& state, Random& random) const;
    bool operator==(const Slice&) const = default;
};
static_assert(TrafficFault<Slice>);

}  // namespace shaketable::faults
