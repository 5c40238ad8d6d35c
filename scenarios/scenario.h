/// The sentence: what a system is, how it is loaded, what goes wrong and when, and what must still
/// hold.
///
/// A Scenario is a plain value: one variant, parameters put in, includes merged. Both worlds
/// compile it; nothing writes to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/distribution.h"
#include "base/field.h"
#include "base/quantity.h"
#include "base/units.h"
#include "faults/fault.h"
#include "policies/chain.h"
#include "scenarios/expectation.h"
#include "scenarios/service.h"
#include "scenarios/warmup.h"
#include "scenarios/workload.h"

namespace shaketable::scenarios {

/// How long, how often, with which dice.
struct Run {
    Duration duration{std::chrono::minutes{1}};  ///< warm-up and cool-down included; > 0
    Warmup warmup;                               ///< left out of every number
    Duration cooldown{0};                        ///< left out as well, at the end
    std::uint64_t seed = 1;
    std::uint32_t repeats = 1;  ///< independent runs, 1 .. 100,000; with `until`, at least so many
    std::optional<Precision> until;                  ///< more repeats until this is known so well
    std::optional<std::uint32_t> repeats_max;        ///< but no more than these; default 1,000
    Duration sample_every{std::chrono::seconds{1}};  ///< step of the time series
    std::uint32_t keep_traces = 200;  ///< kept requests: slowest, failed, most retried, random
    static constexpr auto fields() {
        return fields_of(
            field("duration", &Run::duration, "length of a run, warm-up included"),
            field("warmup", &Run::warmup,
                  "left out of every number and expectation; auto: found by MSER-5"),
            field("cooldown", &Run::cooldown, "left out at the end"),
            field("seed", &Run::seed, "names the dice; same seed, same bytes"),
            field("repeats", &Run::repeats,
                  "independent runs; the report shows mean and 95% interval"),
            field("until", &Run::until,
                  "repeats go on until a metric is known so well: p99(web.get) +- 2%"),
            field("repeats_max", &Run::repeats_max, "where `until` gives up; default 1000"),
            field("sample_every", &Run::sample_every, "step of the time series"),
            field("keep_traces", &Run::keep_traces, "requests kept whole; 0 = none"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    /// Repeats to begin with: an interval from fewer than five says little.
    [[nodiscard]] std::uint32_t repeats_least() const {
        constexpr std::uint32_t least = 5;
        return until && repeats < least ? least : repeats;
    }
    [[nodiscard]] std::uint32_t repeats_most() const {
        constexpr std::uint32_t most = 1'000;
        return until ? repeats_max.value_or(repeats < most ? most : repeats) : repeats;
    }
    bool operator==(const Run&) const = default;
};

/// A place: a data centre, an availability zone. Its faults reach everything in it.
struct Zone {
    static constexpr auto fields() { return fields_of(); }
    bool operator==(const Zone&) const = default;
};

/// What the way between two services costs, one way.
struct Link {
    Distribution latency{Duration{0}};   ///< of one crossing, one way
    std::optional<Bandwidth> bandwidth;  ///< unlimited if not given
    Share loss{0};  ///< of packets; costs a TCP retransmission, not the request
    static constexpr auto fields() {
        return fields_of(
            field("latency", &Link::latency, "time of one crossing, one way"),
            field("bandwidth", &Link::bandwidth, "rate at which a message is put on the wire"),
            field("loss", &Link::loss, "share of packets lost; each costs a retransmission"));
    }
    static constexpr auto shorthand() { return &Link::latency; }
    bool operator==(const Link&) const = default;
};

/// Links by scope. The key of an entry is `a -> b`, `a <-> b` (services, zones as `zone:x`) as
/// written.
struct Network {
    Link standard;                      ///< key `default`
    std::optional<Link> between_zones;  ///< key `between zones`
    Named<Link> links;                  ///< every other key
    bool operator==(const Network&) const = default;
};

struct Scenario {
    std::string name;  ///< [a-z0-9-]+
    std::string description;
    Named<std::string> labels;
    std::string variant;  ///< "" where the file has none
    Run run;
    Named<Zone> zones;
    Network network;
    Named<Service> services;
    Named<policies::EdgePolicy> policies;
    Named<Workload> workload;
    std::vector<faults::Fault> faults;
    Named<Window> windows;  ///< besides those that faults make
    std::vector<Expectation> expect;
    /// Of one variant; `schema`, `params`, `include` and `variants` are the reader's own.
    static constexpr auto fields() {
        return fields_of(
            field("name", &Scenario::name,
                  "lower-case letters, digits and -; names the run folder"),
            field("description", &Scenario::description, "what happens and why it matters"),
            field("labels", &Scenario::labels, "free words of yours"),
            field("run", &Scenario::run, "how long, how often, with which dice"),
            field("zones", &Scenario::zones, "places that can fail together"),
            field("network", &Scenario::network, "what the ways between services cost"),
            field("services", &Scenario::services, "what the system is made of"),
            field("policies", &Scenario::policies,
                  "how callers defend themselves; calls name them"),
            field("workload", &Scenario::workload, "who calls"),
            field("faults", &Scenario::faults, "what goes wrong, and when"),
            field("windows", &Scenario::windows, "named spans of the run, besides those of faults"),
            field("expect", &Scenario::expect, "what must still hold"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Scenario&) const = default;
};

}  // namespace shaketable::scenarios
