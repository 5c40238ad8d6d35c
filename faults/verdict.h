/// What happens to a crossing, as a fault decides it and a world carries it out.
///
/// A world takes it apart with structured bindings, so that a new part breaks both worlds at
/// compile time.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include "base/units.h"

namespace shaketable::faults {

/// Ordered by harshness: each hides what the ones before it would have shown.
enum class Fate : std::uint8_t {
    pass,
    answer_error,  ///< answered with `status`; the callee never sees it
    reset,         ///< its connection is reset at once: unreachable
    refuse,        ///< no connection at once: unreachable
    swallow,       ///< silence: its sender notices by its own timeout only
};

inline constexpr double unlimited_rate = std::numeric_limits<double>::infinity();

/// TCP gives a segment up after so many retransmissions were lost, too. Source: Linux tcp(7),
/// `tcp_retries2`.
inline constexpr std::uint8_t losses_fatal = 16;

/// Cuts bytes into pieces: each of `size` +- `variation` bytes, with a pause of `gap` after it.
struct Slicing {
    std::int64_t size = std::numeric_limits<std::int64_t>::max();  ///< >= 1; the default cuts none
    std::int64_t variation = 0;                                    ///< 0 .. size - 1
    Duration gap{0};                                               ///< >= 0
    /// The finer one is the smaller one.
    auto operator<=>(const Slicing&) const = default;
    [[nodiscard]] bool cuts() const noexcept {
        return size != std::numeric_limits<std::int64_t>::max();
    }
};

/// What is done to the bytes of one way, request or response.
struct Handling {
    double rate = unlimited_rate;  ///< bytes/s, of this crossing alone
    Slicing slicing{};
    std::int64_t limit =
        std::numeric_limits<std::int64_t>::max();  ///< after so many bytes its connection is closed
    Duration close_delay{0};                       ///< the end of the stream is passed on later
    std::uint64_t tampers = 0;  ///< bit n: the tamper fault of number n, see `FaultState::number`
    bool corrupt = false;       ///< bits are flipped

    bool operator==(const Handling&) const = default;
    /// Is a message of `bytes` no longer what was sent?
    [[nodiscard]] bool spoils(std::int64_t bytes) const noexcept {
        return corrupt || tampers != 0 || bytes > limit;
    }
    /// How long the pauses between the pieces of `bytes` take together.
    [[nodiscard]] Duration pauses(std::int64_t bytes) const noexcept {
        return slicing.cuts() && bytes > 0 ? slicing.gap * ((bytes - 1) / slicing.size)
                                           : Duration{0};
    }
};

struct Verdict {
    Fate fate = Fate::pass;           ///< of the request
    Fate response_fate = Fate::pass;  ///< pass or swallow; the callee has worked for nobody
    std::uint16_t status = 0;         ///< with answer_error: HTTP 400 .. 599, or gRPC 1 .. 16
    std::uint8_t losses = 0;  ///< lost transmissions of the request, see `retransmission_delay`
    std::uint8_t response_losses = 0;  ///< lost transmissions of the response
    Duration delay{0};           ///< on top of the request's transit; >= 0, without its losses
    Duration response_delay{0};  ///< on top of the response's transit; >= 0, without its losses
    double connection_rate = unlimited_rate;  ///< bytes/s, each way, for this connection alone
    double edge_rate = unlimited_rate;  ///< bytes/s, each way, shared by all crossings of the edge
    Duration close_after = forever;  ///< with swallow: its connection is reset after such a silence
    Handling request_bytes{};
    Handling response_bytes{};

    bool operator==(const Verdict&) const = default;
};

/// Both at once: the harsher fate, delays and losses add, the tighter rate. Commutative,
/// associative, and `Verdict{}` changes nothing: the order of faults in a file cannot matter.
/// Losses that add up to `losses_fatal` swallow.
[[nodiscard]] Verdict combine(const Verdict& a, const Verdict& b) noexcept;

/// What `losses` transmissions in a row cost before one gets through: 200 ms, doubling up to 120 s
/// each. Source: RFC 6298 (5.5); Linux TCP_RTO_MIN 200 ms, TCP_RTO_MAX 120 s.
[[nodiscard]] Duration retransmission_delay(std::uint8_t losses) noexcept;

}  // namespace shaketable::faults
