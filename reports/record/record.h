/// What a run leaves behind. Both worlds write it; everything printed is read from it and from
/// nothing else.
///
/// A run is cut into *segments* at every instant that an expectation can name (end of warm-up,
/// start and end of each fault, `after W + D`, named windows), so any window is a sum of whole
/// segments and its numbers are exact. Beside them stand *samples*, one row each `sample_every`,
/// for charts and for times to recover. A call counts in the segment in which it settles.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/outcome.h"
#include "base/units.h"
#include "reports/record/heat.h"
#include "reports/record/histogram.h"
#include "reports/record/request_time.h"

namespace shaketable::reports {

/// Who calls whom: every call in a run belongs to one flow.
struct FlowKey {
    std::string caller;  ///< a service or a workload
    bool from_workload = false;
    std::string from_zone;  ///< of the calling replica or user; "" without zones
    std::string service;    ///< called
    std::string endpoint;   ///< called
    auto operator<=>(const FlowKey&) const = default;
};

/// Calls of one flow that settled in one segment (tries where it says so).
struct FlowTotals {
    std::uint64_t started = 0;  ///< calls begun
    std::array<std::uint64_t, outcome_count>
        settled{};               ///< calls by outcome, as the caller saw them at last
    std::uint64_t attempts = 0;  ///< tries sent or refused locally, hedges included
    std::uint64_t sent = 0;      ///< tries that left the caller
    std::uint64_t retries = 0;
    std::uint64_t hedges = 0;
    std::uint64_t late = 0;  ///< answers that came after their caller had gone
    std::array<std::uint64_t, outcome_count> tries{};  ///< tries by outcome
    std::uint64_t duplicates = 0;     ///< calls whose work was done a second time; only counted
                                      ///< where an expectation asks for it
    std::uint64_t budget_denied = 0;  ///< retries wanted and not allowed by a budget
    Duration breaker_open{0};  ///< time in which the caller's breakers were open, summed over them
    Histogram latency;         ///< of successful calls (ok or degraded), start to settled
    [[nodiscard]] std::uint64_t settled_total() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t n : settled) sum += n;
        return sum;
    }
    [[nodiscard]] std::uint64_t succeeded() const noexcept { return settled[0] + settled[1]; }
    void merge(const FlowTotals& other);
    bool operator==(const FlowTotals&) const = default;
};

/// One service in one segment, all its replicas together.
struct ServiceTotals {
    std::uint64_t arrived = 0;                           ///< requests that reached a replica
    std::uint64_t admitted = 0;                          ///< taken in, to be served or to wait
    std::array<std::uint64_t, outcome_count> refused{};  ///< not served, by reason
    std::uint64_t completed = 0;                         ///< steps done, whatever the answer
    std::uint64_t lost = 0;                              ///< in hand when a replica crashed
    std::uint64_t cancelled = 0;  ///< taken back by the caller or expired in service
    std::uint64_t wasted = 0;     ///< completed after their caller had left
    RequestTime work;             ///< worker time spent on work steps
    RequestTime wasted_work;      ///< part of it for callers who had left
    RequestTime queue_time;       ///< integral over time of requests waiting (seconds x requests)
    RequestTime busy_time;        ///< integral of workers held
    RequestTime
        worker_time;  ///< integral of workers there (of replicas that are up); 0 if unlimited
    RequestTime in_system_time;  ///< integral of requests waiting or in service
    RequestTime
        sojourn;  ///< sum over requests of the time they spent here (part within the segment)
    std::uint32_t queue_max = 0;        ///< most waiting at one instant, all replicas together
    std::uint32_t busy_max = 0;         ///< most workers held at one instant
    std::uint32_t connections_max = 0;  ///< most requests in hand at one instant
    Histogram wait;                     ///< time from arrival at the replica to a worker
    void merge(const ServiceTotals& other);
    bool operator==(const ServiceTotals&) const = default;
};

/// One step of the time series. Shares and quantiles are NaN-free: a field without samples is -1.
struct FlowSample {
    std::uint32_t started = 0, succeeded = 0, failed = 0, attempts = 0;
    float p50 = -1, p99 = -1;  ///< seconds, of successes
    float p90 = -1;            ///< the same
    std::uint32_t retries = 0;
    bool operator==(const FlowSample&) const = default;
};
struct ServiceSample {
    float queue = 0;         ///< mean over the step
    float busy = 0;          ///< mean workers held
    float utilization = -1;  ///< busy / workers there; -1 if unlimited or none
    std::uint32_t queue_max = 0;
    std::uint32_t in_hand_max = 0, in_hand_min = 0;  ///< waiting or in service, at one instant
    std::uint32_t arrived = 0, refused = 0, wasted = 0;
    std::uint32_t up = 0;  ///< replicas able to serve at the end of the step
    bool operator==(const ServiceSample&) const = default;
};

struct Segment {
    Time start, end;
    std::vector<FlowTotals> flows;        ///< in the order of Record::flows
    std::vector<ServiceTotals> services;  ///< in the order of Record::services
    bool operator==(const Segment&) const = default;
};

/// A span by name: fault ids (one entry per occurrence), "baseline", "run", and the scenario's own
/// windows.
struct NamedSpan {
    std::string name;
    Time start, end;
    bool operator==(const NamedSpan&) const = default;
};

/// Something that happened at an instant.
struct Event {
    Time at;
    std::string what;     ///< "fault-start", "fault-end", "breaker-open", "breaker-half-open",
                          ///< "breaker-closed", "ejected", ...
    std::string subject;  ///< "payments -> ledger", "ledger[0]", a fault id
    std::string detail;
    bool operator==(const Event&) const = default;
};

/// One stay of a kept request at a service, or one wait of a caller between tries.
struct Visit {
    std::uint32_t parent =
        0;  ///< index of the calling visit in the trace; its own index for the root
    std::string service, endpoint;
    std::uint32_t replica = 0;
    std::uint32_t attempt = 1;           ///< 1 = first try
    Time sent, arrived, started, ended;  ///< `never` where it did not come to that
    Outcome outcome = Outcome::ok;
    bool operator==(const Visit&) const = default;
};
struct Trace {
    std::string workload;
    std::uint64_t ordinal = 0;  ///< number of the request in its run, from 0
    std::string why;            ///< "slowest", "failed", "most-retried", "random"
    std::vector<Visit> visits;  ///< the first is the request itself
    bool operator==(const Trace&) const = default;
};

/// One independent repeat.
struct Repeat {
    std::vector<Segment> segments;  ///< ascending, without gaps, from 0 to the end of the run
    std::vector<NamedSpan> spans;
    std::vector<std::vector<FlowSample>> flow_samples;        ///< [flow][step]
    std::vector<std::vector<ServiceSample>> service_samples;  ///< [service][step]
    HeatMap heat;                                             ///< of the first repeat; else empty
    std::vector<Event> events;                                ///< ascending; at most 10,000
    std::uint64_t events_dropped = 0;
    std::vector<std::uint64_t>
        fault_hits;               ///< crossings or replicas touched, per fault of the scenario
    std::uint64_t requests = 0;   ///< workload requests begun
    std::uint64_t in_flight = 0;  ///< of them, not settled at the end
    std::uint64_t requests_in_flight_max = 0;
    std::uint64_t engine_events = 0;  ///< events the simulator handled; 0 live
    std::uint64_t fingerprint = 0;    ///< rolling hash of the event order
    bool operator==(const Repeat&) const = default;
};

struct Record {
    std::string scenario, variant;
    std::string world = "simulated";  ///< or "live"
    std::uint64_t seed = 0;
    /// What else the run depended on, by name ("kernel", "processors"); empty where nothing else
    /// can show, as in a simulated one.
    std::vector<std::pair<std::string, std::string>> environment;
    Duration duration{0}, warmup{0}, cooldown{0}, sample_every{0};
    std::vector<FlowKey> flows;           ///< ascending
    std::vector<std::string> services;    ///< ascending
    std::vector<std::uint32_t> replicas;  ///< per service
    std::vector<std::string> fault_ids;   ///< in the order of the file
    std::vector<Repeat> repeats;
    std::vector<Trace> traces;  ///< of the first repeat
    bool operator==(const Record&) const = default;
};

}  // namespace shaketable::reports
