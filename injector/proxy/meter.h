/// What a proxy counts on its edge: who crossed, how it went, and how true the faults were.
#pragma once

#include <array>
#include <cstdint>

#include "base/outcome.h"
#include "base/units.h"
#include "reports/record/histogram.h"

namespace shaketable::injector::proxy {

struct EdgeMeter {
    std::uint64_t calls = 0;                             ///< crossings begun
    std::array<std::uint64_t, outcome_count> settled{};  ///< crossings by outcome
    reports::LiveHistogram
        latency;  ///< of successes: first byte of the request to that of the answer
    std::array<std::uint64_t, 2> bytes{};  ///< passed on, by `Way`
    std::uint64_t connections = 0;         ///< accepted
    std::uint32_t open = 0;                ///< connections, now
    std::uint64_t unreachable = 0;  ///< connections for which the upstream could not be reached
    std::uint64_t malformed = 0;    ///< HTTP messages refused because they do not parse
    std::uint64_t stalls = 0;       ///< times that a delay found no memory: it capped the rate
    /// How much later than asked delayed bytes went on; never earlier.
    reports::LiveHistogram delay_error;
    Duration delay_error_sum{0};

    void go_on_late(Duration error) {
        delay_error.record(error);
        delay_error_sum += error;
    }
    void settle(Outcome outcome, Duration took) {
        ++settled[static_cast<std::size_t>(outcome)];
        if (is_success(outcome)) latency.record(took);
    }
};

}  // namespace shaketable::injector::proxy
