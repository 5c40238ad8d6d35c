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
    FlowTotals now;  ///< of the open segment; its histogram is filled at each sample
    LiveHistogram latency;
    FlowSample counted;  ///< of the open sample, closed segments' part
    FlowSample seen;     ///< of `now`, at the start of the open sample

    void settle(Outcome outcome, Duration took) {
        ++now.settled[static_cast<std::size_t>(outcome)];
        if (is_success(outcome)) latency.record(took);
    }
};

/// One service, all replicas together.
struct ServiceMeter {
    ServiceTotals now;
    LiveHistogram wait;
    Time last{};  ///< integrals are right up to here
    std::uint32_t waiting = 0, busy = 0, in_system = 0;
    std::uint64_t workers = 0;  ///< there now; 0 if unlimited
    std::uint32_t up = 0;       ///< replicas able to serve
    // of the open sample
    Duration sample_queue{0}, sample_busy{0}, sample_workers{0};
    std::uint32_t sample_queue_max = 0;
    ServiceTotals seen_counts;  ///< its counters only, at the start of the open sample

    /// Brings the integrals up to `at`; call it before any of the numbers changes.
    void advance(Time at) noexcept {
        const std::int64_t passed = (at - last).count();
        if (passed == 0) return;
        last = at;
        now.queue_time += Duration{passed * waiting};
        now.busy_time += Duration{passed * busy};
        now.in_system_time += Duration{passed * in_system};
        now.worker_time += Duration{passed * static_cast<std::int64_t>(workers)};
    }
    void add_waiting(Time at) noexcept {
        advance(at);
        ++waiting;
        now.queue_max = waiting > now.queue_max ? waiting : now.queue_max;
        sample_queue_max = waiting > sample_queue_max ? waiting : sample_queue_max;
    }
    void remove_waiting(Time at) noexcept {
        advance(at);
        --waiting;
    }
    void add_busy(Time at) noexcept {
        advance(at);
        ++busy;
        now.busy_max = busy > now.busy_max ? busy : now.busy_max;
    }
    void remove_busy(Time at) noexcept {
        advance(at);
        --busy;
    }
    void enter(Time at) noexcept {
        advance(at);
        ++in_system;
        now.connections_max = in_system > now.connections_max ? in_system : now.connections_max;
    }
    /// `since`: when it arrived; `cut`: start of the open segment.
    void leave(Time at, Time since, Time cut) noexcept {
        advance(at);
        --in_system;
        now.sojourn += at - (since > cut ? since : cut);
    }
};

class Meters {
  public:
    Meters(std::size_t flows, std::size_t services) : flows_(flows), services_(services) {}

    [[nodiscard]] FlowMeter& flow(std::uint32_t index) noexcept { return flows_[index]; }
    [[nodiscard]] ServiceMeter& service(std::uint32_t index) noexcept { return services_[index]; }
    [[nodiscard]] std::vector<ServiceMeter>& services() noexcept { return services_; }
    [[nodiscard]] Time segment_start() const noexcept { return segment_start_; }

    /// Ends the open sample at `at` and starts the next one.
    void close_sample(Time at, Repeat& into);
    /// Ends the open segment at `at`. Whoever is in the system must have been counted into
    /// `sojourn` up to `at` before.
    void close_segment(Time at, Repeat& into);

  private:
    std::vector<FlowMeter> flows_;
    std::vector<ServiceMeter> services_;
    Time segment_start_{};
    Time sample_start_{};
};

}  // namespace shaketable::reports
