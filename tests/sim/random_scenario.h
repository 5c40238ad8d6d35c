/// Small scenarios drawn by a seed: valid, and different from each other.
#pragma once

#include <cstdint>
#include <string>

namespace shaketable::sim {

/// Arrivals end after 10 s and faults by 12 s; the run lasts 300 s. Without its two first lines.
[[nodiscard]] std::string random_scenario(std::uint64_t seed);

}  // namespace shaketable::sim
