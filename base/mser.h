/// Where a time series has reached its steady state.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace shaketable {

/// The number of values to leave out at the front, a multiple of 5: MSER-5 takes means of five
/// values each, and leaves out as many of them as make the standard error of the mean of the rest
/// smallest. No value where that is more than half of them: no steady state was seen, the series is
/// too short (or there is none). No value for fewer than 50 values.
///
/// Source: K. P. White, "An effective truncation heuristic for bias reduction in simulation
/// output", SIMULATION 69 (1997); White, Cobb, Spratt, "A comparison of five steady-state
/// truncation heuristics for simulation", WSC 2000.
[[nodiscard]] std::optional<std::size_t> find_truncation(std::span<const double> series);

}  // namespace shaketable
