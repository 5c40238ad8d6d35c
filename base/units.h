/// Quantities with their unit in the type: time, rate, size, bandwidth, share, count.
///
/// Time is integer nanoseconds since the start of the run, in both worlds. `RunClock` has no
/// `now()`, so asking for the time below the two drivers does not compile: time is handed in.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <ratio>

namespace shaketable {

/// The clock of a run. It cannot be asked; only a driver knows what time it is.
struct RunClock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<RunClock>;
    static constexpr bool is_steady = true;
};

using Duration = RunClock::duration;  ///< nanoseconds, signed
using Time = RunClock::time_point;    ///< since the start of the run

/// Later than every instant of a run; also what an unset timer waits for.
inline constexpr Time never = Time::max();
inline constexpr Duration forever = Duration::max();
/// The longest time that can be written, and the longest that faults and wires can make of it: ten
/// times as long as the longest run, and so short that no sum of a few of them overflows.
inline constexpr Duration ten_years = std::chrono::hours{24 * 3650};

[[nodiscard]] constexpr double to_seconds(Duration d) noexcept {
    return static_cast<double>(d.count()) * 1e-9;
}

/// Rounds half up. Precondition: the result fits (|seconds| < 9.2e9).
[[nodiscard]] constexpr Duration from_seconds(double seconds) noexcept {
    const double ns = seconds * 1e9;
    return Duration{static_cast<std::int64_t>(ns < 0 ? ns - 0.5 : ns + 0.5)};
}

/// Happenings per second; >= 0, finite.
struct Rate {
    double per_second = 0;
    auto operator<=>(const Rate&) const = default;
};

/// A size in bytes.
struct Bytes {
    std::int64_t count = 0;
    auto operator<=>(const Bytes&) const = default;
};

/// Bytes per second; > 0.
struct Bandwidth {
    double bytes_per_second = 0;
    auto operator<=>(const Bandwidth&) const = default;
};

/// A part of a whole, 0 to 1; written as a percentage.
struct Share {
    double fraction = 0;
    auto operator<=>(const Share&) const = default;
};

/// How many; `Count::unlimited()` is larger than every other.
struct Count {
    std::uint64_t value = 0;
    auto operator<=>(const Count&) const = default;
    [[nodiscard]] static constexpr Count unlimited() noexcept {
        return {std::numeric_limits<std::uint64_t>::max()};
    }
    [[nodiscard]] constexpr bool is_unlimited() const noexcept { return *this == unlimited(); }
};

}  // namespace shaketable
