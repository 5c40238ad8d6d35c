/// Counts everything that a run measures and cuts it into the record's segments and samples.
///
/// Counting is an increment in an array; integrals over time are brought up to date when a number
/// changes. Nothing here decides.
#pragma once

#include <cstdint>
#include <vector>

#include "base/outcome.h"
#include "base/units.h"
#include "reports/record/record.h"

namespace shaketable::reports {

/// Calls of one flow.
struct FlowMeter {
    FlowTotals now;         ///< of the open segment; its histogram is filled at each sample
    LiveHistogram latency;  ///< since the last sample or segment was closed
    Histogram carried;      ///< of the open sample, closed segments' part
    FlowSample counted;     ///< of the open sample, closed segments' part
    FlowSample seen;        ///< of `now`, at the start of the open sample

    void settle(Outcome outcome, Duration took) {
        ++now.settled[static_cast<std::size_t>(outcome)];
        if (is_success(outcome)) latency.record(took);
    }
};

/// A number that changes in steps, and its integral over time.
///
/// The integral of a number is the sum of the instants at which it fell less those at which it
/// rose: a change costs one addition. Until `read`, the sum lacks what is there now.
class Level {
  public:
    void add(Time at, std::uint64_t n = 1) noexcept {
        sum_ -= WideTime{n} * instant(at);
        value_ += n;
    }
    void remove(Time at, std::uint64_t n = 1) noexcept {
        sum_ += WideTime{n} * instant(at);
        value_ -= n;
    }
    void set(Time at, std::uint64_t value) noexcept {
        sum_ += (WideTime{value_} - WideTime{value}) * instant(at);
        value_ = value;
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_; }
    /// The integral from the beginning of the run to `at`.
    [[nodiscard]] RequestTime read(Time at) const noexcept {
        return RequestTime{sum_ + WideTime{value_} * instant(at)};
    }

  private:
    static std::int64_t instant(Time at) noexcept { return at.time_since_epoch().count(); }
    std::uint64_t value_ = 0;
    WideTime sum_ = 0;
};

/// One service, all replicas together.
struct ServiceMeter {
    ServiceTotals now;  ///< of the open segment; its integrals are filled when it closes
    LiveHistogram wait;
    Level waiting, busy, in_system;
    Level workers;                                                 ///< there now; 0 if unlimited
    std::uint32_t up = 0;                                          ///< replicas able to serve
    std::uint32_t sample_queue_max = 0;                            ///< of the open sample
    std::uint32_t sample_in_hand_max = 0, sample_in_hand_min = 0;  ///< the same
    ServiceTotals seen_counts;  ///< its counters only, at the start of the open sample
    /// What the levels had come to, at the start of the open sample or segment.
    struct Integrals {
        RequestTime queue, busy, in_system, workers;
    };
    Integrals at_sample, at_segment;

    [[nodiscard]] Integrals integrals(Time at) const noexcept {
        return {waiting.read(at), busy.read(at), in_system.read(at), workers.read(at)};
    }
    void add_waiting(Time at) noexcept {
        waiting.add(at);
        const auto n = static_cast<std::uint32_t>(waiting.value());
        now.queue_max = n > now.queue_max ? n : now.queue_max;
        sample_queue_max = n > sample_queue_max ? n : sample_queue_max;
    }
    void remove_waiting(Time at) noexcept { waiting.remove(at); }
    void add_busy(Time at) noexcept {
        busy.add(at);
        const auto n = static_cast<std::uint32_t>(busy.value());
        now.busy_max = n > now.busy_max ? n : now.busy_max;
    }
    void remove_busy(Time at) noexcept { busy.remove(at); }
    void enter(Time at) noexcept {
        in_system.add(at);
        const auto n = static_cast<std::uint32_t>(in_system.value());
        now.connections_max = n > now.connections_max ? n : now.connections_max;
        sample_in_hand_max = n > sample_in_hand_max ? n : sample_in_hand_max;
    }
    void leave(Time at) noexcept {
        in_system.remove(at);
        const auto n = static_cast<std::uint32_t>(in_system.value());
        sample_in_hand_min = n < sample_in_hand_min ? n : sample_in_hand_min;
    }
    /// And counts its stay. `since`: when it arrived; `cut`: start of the open segment.
    void leave(Time at, Time since, Time cut) noexcept {
        leave(at);
        now.sojourn += at - (since > cut ? since : cut);
    }
};

class Meters {
  public:
    Meters(std::size_t flows, std::size_t services) : flows_(flows), services_(services) {}

    [[nodiscard]] FlowMeter& flow(std::uint32_t index) noexcept { return flows_[index]; }
    [[nodiscard]] ServiceMeter& service(std::uint32_t index) noexcept { return services_[index]; }
    [[nodiscard]] std::vector<ServiceMeter>& services() noexcept { return services_; }
    [[nodiscard]] const std::vector<ServiceMeter>& services() const noexcept { return services_; }
    [[nodiscard]] const std::vector<FlowMeter>& flows() const noexcept { return flows_; }
    [[nodiscard]] Time segment_start() const noexcept { return segment_start_; }

    /// Ends the open sample at `at` and starts the next one. Samples are of equal length, but for
    /// the last one.
    void close_sample(Time at, Repeat& into);
    /// Ends the open segment at `at`. Whoever is in the system must have been counted into
    /// `sojourn` up to `at` before.
    void close_segment(Time at, Repeat& into);

  private:
    /// Adds the latencies since the last sample or segment to the heat map.
    void note_heat(std::size_t flow, Repeat& into);

    std::vector<FlowMeter> flows_;
    std::vector<ServiceMeter> services_;
    Time segment_start_{};
    Time sample_start_{};
    std::uint32_t heat_column_ = 0;  ///< of the open sample
};

}  // namespace shaketable::reports
