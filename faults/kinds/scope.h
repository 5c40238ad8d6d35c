/// Percent of what: each request anew, or each connection once with all its requests.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "base/units.h"
#include "faults/crossing.h"

namespace shaketable::faults {

enum class Of : std::uint8_t { request, connection };
constexpr auto enum_names(Of) {
    using P = std::pair<std::string_view, Of>;
    return std::array{P{"request", Of::request}, P{"connection", Of::connection}};
}

enum class Direction : std::uint8_t { request, response, both };
constexpr auto enum_names(Direction) {
    using P = std::pair<std::string_view, Direction>;
    return std::array{P{"request", Direction::request}, P{"response", Direction::response},
                      P{"both", Direction::both}};
}

/// Is this crossing among the `share` that is hit? The ramp scales the share. A connection has one
/// die for its whole life, so that it stays hit once it is. Draws once, whatever the settings.
[[nodiscard]] inline bool is_hit(Share share, Of of, const Crossing& crossing,
                                 const FaultState& state, Random& random) noexcept {
    const double die = random.uniform();
    const double wanted = share.fraction * crossing.strength;
    if (of == Of::request) return die < wanted;
    return Random::at(state.key, crossing.connection).uniform() < wanted;
}

}  // namespace shaketable::faults
