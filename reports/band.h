/// The baseline band of some flows, and when they are back inside it after a fault.
///
/// The band is what one sample step looked like during `baseline`:
///   success share >= mean - max(1 point, 3 standard deviations of the steps)   and
///   p50           <= max(2 x mean, mean + 3 standard deviations of the steps).
/// The mean of the success share is over all calls of the baseline, that of p50 over its steps. p50
/// of several flows is the mean of theirs, weighted by their successes.
///
/// A step in which calls began and none settled is outside, and so is one with failures and no
/// success (unless nothing ever succeeded in the baseline). A step without any call is neither
/// inside nor outside.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "reports/record/record.h"
#include "reports/windows.h"

namespace shaketable::reports {

/// Some flows together in one step.
struct StepTotals {
    std::uint64_t started = 0, succeeded = 0, failed = 0, attempts = 0;
    double p50 = -1;  ///< seconds; -1 without successes
    double p99 = -1;  ///< the same for p99
    bool operator==(const StepTotals&) const = default;
};
[[nodiscard]] std::vector<StepTotals> step_totals(const Repeat& repeat,
                                                  std::span<const std::uint32_t> flows);

struct Band {
    double success_least = 0;  ///< share
    double p50_most = 0;       ///< seconds
    bool operator==(const Band&) const = default;
};
enum class BandSide : std::uint8_t { inside, outside, neither };
[[nodiscard]] BandSide place_of(const StepTotals& step, const Band& band);

/// Nothing where the baseline has no step with a settled call.
[[nodiscard]] std::optional<Band> baseline_band(const Record& record, const Repeat& repeat,
                                                const std::vector<StepTotals>& steps);

/// How long it must stay inside before it counts as recovered.
inline constexpr Duration recovery_hold = std::chrono::seconds{10};

struct Recovery {
    bool recovered = false;
    Duration after{
        0};  ///< time to recover, or, if it did not, from `from` to the start of the cool-down
    bool operator==(const Recovery&) const = default;
};
/// Follows the whole steps that begin at or after `from` and end before the cool-down. Recovered at
/// the end of the last step outside before steps inside (or neither, but not only those) fill
/// `recovery_hold`; after 0 if there is none outside.
[[nodiscard]] Recovery find_recovery(const Record& record, const std::vector<StepTotals>& steps,
                                     const Band& band, Time from);

/// Recovery of some flows from the last fault, over all repeats that had a fault, a baseline, and
/// time after it.
struct RecoverySummary {
    std::uint32_t of = 0;     ///< such repeats
    std::uint32_t back = 0;   ///< those that recovered
    double seconds = 0;       ///< time to recover, mean over those
    double watched_most = 0;  ///< longest time after which one had not recovered
};
[[nodiscard]] RecoverySummary summarize_recovery(const Record& record,
                                                 std::span<const std::uint32_t> flows);

}  // namespace shaketable::reports
