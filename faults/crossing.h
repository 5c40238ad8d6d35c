/// A crossing: the smallest unit its sender would retry as a whole; one attempt of a call, or one
/// message. It is judged once, when it enters the call, and the verdict covers its request and its
/// response.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/random.h"
#include "base/units.h"

namespace shaketable::faults {

struct Crossing {
    std::uint64_t ordinal = 0;  ///< number of the crossing on its edge, from 0
    std::uint64_t connection =
        0;      ///< number of its connection on the edge; a world without connections: the ordinal
    Time at{};  ///< when it is judged
    Time connection_opened{};    ///< a world without connections: `at`
    std::uint32_t bytes = 0;     ///< of the request
    bool new_connection = true;  ///< it opens its connection
    double strength = 1;  ///< of the fault now, 0 .. 1: its ramp; see `strength()` in timeline.h
    bool request_cut = true;     ///< for a partition: the way of the request is cut; from `Cuts`
    bool response_cut = true;    ///< for a partition: the way of the response is cut
    std::string_view method{};   ///< of an HTTP endpoint, "POST"; "" where it has none
    std::string_view path{};     ///< of an HTTP endpoint, "/checkout"
    std::string_view headers{};  ///< lines of an HTTP request, each ended by CRLF; "" simulated
};

/// A verdict names the tamper faults that hit by a bit each.
inline constexpr std::uint8_t tampers_max = 64;

/// What one fault remembers on one edge during one occurrence. A world makes it anew when the
/// occurrence starts.
struct FaultState {
    RandomKey key{};            ///< `judge_key()` of the fault
    Time start{};               ///< of the occurrence
    std::uint64_t matched = 0;  ///< crossings that an `error` has counted for its sequence
    bool bad = false;           ///< the state of a Gilbert-Elliott channel
    std::uint8_t number = 0;    ///< of a tamper: its place among them, < tampers_max
};

}  // namespace shaketable::faults
