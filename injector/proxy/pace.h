/// When bytes may go on: what faults make of the time of one way, and the wire that a rate is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/units.h"
#include "faults/verdict.h"

namespace shaketable::injector::proxy {

/// From client to server, or back.
enum class Way : std::uint8_t { request, response };
inline constexpr std::array both_ways{Way::request, Way::response};
[[nodiscard]] constexpr std::size_t index_of(Way way) noexcept {
    return static_cast<std::size_t>(way);
}
[[nodiscard]] constexpr Way opposite(Way way) noexcept {
    return way == Way::request ? Way::response : Way::request;
}

struct Pace {
    Duration delay{0};                          ///< each byte goes on so long after it came
    double rate = faults::unlimited_rate;       ///< bytes/s of this connection; 0 = none
    double edge_rate = faults::unlimited_rate;  ///< bytes/s, shared by the edge
    faults::Slicing slicing{};

    [[nodiscard]] bool is_free() const noexcept {
        return delay == Duration{0} && rate == faults::unlimited_rate &&
               edge_rate == faults::unlimited_rate && !slicing.cuts();
    }
};

/// A part that is added to a verdict does not compile until it is said here, or in who calls this,
/// what a proxy makes of it. `losses` is the simulator's alone: TCP hides them from a proxy.
[[nodiscard]] inline Pace pace_of(const faults::Verdict& verdict, Way way) noexcept {
    const auto& [fate, response_fate, status, losses, response_losses, delay, response_delay,
                 connection_rate, edge_rate, close_after, request_bytes, response_bytes] = verdict;
    const auto& [rate, slicing, limit, close_delay, tampers, corrupt] =
        way == Way::request ? request_bytes : response_bytes;
    return {.delay = way == Way::request ? delay : response_delay,
            .rate = std::min(connection_rate, rate),
            .edge_rate = edge_rate,
            .slicing = slicing};
}

[[nodiscard]] inline const faults::Handling& handling_of(const faults::Verdict& verdict,
                                                         Way way) noexcept {
    return way == Way::request ? verdict.request_bytes : verdict.response_bytes;
}

/// A wire of a rate: bytes are through when the last of them is, and wait for those before them.
class Wire {
  public:
    /// When `bytes` that are handed over now are through; `never` at a rate of 0. A sender that
    /// comes up to 5 ms late, as timers do, loses nothing of the rate.
    [[nodiscard]] Time through(Time now, std::size_t bytes, double rate) noexcept {
        if (rate == faults::unlimited_rate) return now;
        if (rate <= 0) return never;
        constexpr Duration late = std::chrono::milliseconds{5};
        free_at_ = std::max(free_at_, now - late) + from_seconds(static_cast<double>(bytes) / rate);
        return std::max(free_at_, now);
    }
    /// A good piece to hand over: 5 ms worth, so that bytes flow instead of coming in heaps.
    [[nodiscard]] static std::size_t piece(double rate) noexcept {
        constexpr double longest = 65'536;
        return static_cast<std::size_t>(std::clamp(rate * 0.005, 1.0, longest));
    }

  private:
    Time free_at_{};
};

}  // namespace shaketable::injector::proxy
