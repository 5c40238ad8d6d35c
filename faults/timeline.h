/// When each fault acts in one run: times resolved, dice thrown, repetitions laid out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "faults/fault.h"

namespace shaketable::faults {

/// One time that a fault happens. Occurrences of one fault never overlap.
struct Occurrence {
    std::size_t fault = 0;  ///< index into the faults given to `resolve`
    Time start{};           ///< 0 <= start < end <= the end of the run
    Time end{};             ///< of its window
    Time acts_until{};  ///< <= end; earlier only for a crash that restarts before its window ends
    /// Is `now` within its window?
    [[nodiscard]] bool contains(Time now) const noexcept { return start <= now && now < end; }
    bool operator==(const Occurrence&) const = default;
};

inline constexpr std::size_t occurrences_max = 100'000;

struct Timeline {
    struct Planned {
        std::string id;
        Window window;
        bool operator==(const Planned&) const = default;
    };
    std::vector<Occurrence> occurrences{};  ///< by start, then by fault
    /// Per fault, in their order: from the start of its first planned occurrence to the end of its
    /// last, clipped to the run; `probability` does not remove it, so that others may refer to it.
    /// Empty where nothing is planned in the run.
    std::vector<Planned> windows{};

    /// The window of the fault `id`, or of "run".
    [[nodiscard]] std::optional<Window> find(std::string_view id) const;
    Duration duration{0};  ///< of the run
    bool operator==(const Timeline&) const = default;
};

/// `run`: its duration, warm-up included. Each fault has dice of its own, by its id. Precondition:
/// ids are unique, and no fault has a problem of its own. Errors, each with field `faults[i].at` or
/// the like: E111 unknown id in a time, E115 never within the run, whatever the dice, E116 times
/// that refer to each other in a circle, E023 more than `occurrences_max` occurrences.
[[nodiscard]] Result<Timeline, Problems> resolve(const std::vector<Fault>& faults, Duration run,
                                                 std::uint64_t seed, std::uint64_t repeat);

/// 0 .. 1: grows linearly for `ramp` after the start, is 1 until `acts_until`, and 0 outside.
[[nodiscard]] double strength(const Occurrence& occurrence, Duration ramp, Time now) noexcept;

}  // namespace shaketable::faults
