/// What the tests of policies share: instants, lengths of time and dice.
#pragma once

#include <chrono>

#include "base/random.h"
#include "base/units.h"

namespace shaketable::policies {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// The instant so long after the start of the run.
[[nodiscard]] constexpr Time at(Duration since_start) {
    return Time{since_start};
}

[[nodiscard]] inline Random dice(std::uint64_t seed = 1) {
    return Random{random_key(seed, 0, "policies", "test")};
}

[[nodiscard]] constexpr double in_ms(Duration d) {
    return static_cast<double>(d.count()) / 1e6;
}

}  // namespace shaketable::policies
