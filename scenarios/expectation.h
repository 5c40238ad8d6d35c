/// What must hold: `METRIC(SELECTOR) OP VALUE [during W | before W | after W [+ D] | over run]`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/quantity.h"
#include "base/units.h"

namespace shaketable::scenarios {

enum class Metric : std::uint8_t {
    // of an endpoint or an edge, over successful calls, as their callers saw them
    p50,
    p90,
    p95,
    p99,
    p999,
    p9999,
    mean,
    max,
    sd,
    apdex,
    // answers, as shares of settled calls; rates per second
    success,
    errors,
    timeouts,
    rejected,
    degraded,
    rate,
    goodput,
    // amplification
    attempts,
    load_factor,
    wasted,
    duplicates,
    // saturation (max or mean over time)
    queue,
    busy,
    utilization,
    connections,
    wait,
    waited,
    time_to_fill,
    time_to_empty,
    // policies
    breaker_open,
    retries,
    shed,
    hedged,
    budget_spent,
    // recovery
    time_to_recover,
    time_to_detect,
    collapse,
    time_to_collapse,
    // budget
    error_budget,
    burn_rate
};
constexpr auto enum_names(Metric) {
    using P = std::pair<std::string_view, Metric>;
    return std::array{P{"p50", Metric::p50},
                      P{"p90", Metric::p90},
                      P{"p95", Metric::p95},
                      P{"p99", Metric::p99},
                      P{"p99.9", Metric::p999},
                      P{"p99.99", Metric::p9999},
                      P{"mean", Metric::mean},
                      P{"max", Metric::max},
                      P{"sd", Metric::sd},
                      P{"apdex", Metric::apdex},
                      P{"success", Metric::success},
                      P{"errors", Metric::errors},
                      P{"timeouts", Metric::timeouts},
                      P{"rejected", Metric::rejected},
                      P{"degraded", Metric::degraded},
                      P{"rate", Metric::rate},
                      P{"goodput", Metric::goodput},
                      P{"attempts", Metric::attempts},
                      P{"load_factor", Metric::load_factor},
                      P{"wasted", Metric::wasted},
                      P{"duplicates", Metric::duplicates},
                      P{"queue", Metric::queue},
                      P{"busy", Metric::busy},
                      P{"utilization", Metric::utilization},
                      P{"connections", Metric::connections},
                      P{"wait", Metric::wait},
                      P{"waited", Metric::waited},
                      P{"time_to_fill", Metric::time_to_fill},
                      P{"time_to_empty", Metric::time_to_empty},
                      P{"breaker_open", Metric::breaker_open},
                      P{"retries", Metric::retries},
                      P{"shed", Metric::shed},
                      P{"hedged", Metric::hedged},
                      P{"budget_spent", Metric::budget_spent},
                      P{"time_to_recover", Metric::time_to_recover},
                      P{"time_to_detect", Metric::time_to_detect},
                      P{"collapse", Metric::collapse},
                      P{"time_to_collapse", Metric::time_to_collapse},
                      P{"error_budget", Metric::error_budget},
                      P{"burn_rate", Metric::burn_rate}};
}

/// `web.checkout`, `ledger`, `payments -> ledger`, `api -> store.read`, with `from ZONE`.
struct Selector {
    std::string caller;  ///< service or workload; "" = every caller
    std::string service;
    std::string endpoint;   ///< "" = all
    std::string from_zone;  ///< of the caller; "" = all
    bool operator==(const Selector&) const = default;
};

enum class Aggregate : std::uint8_t { none, max, mean };
enum class Comparison : std::uint8_t { less, at_most, greater, at_least, equal, not_equal };

/// The span of time that a metric is taken over.
struct Span {
    enum class Kind : std::uint8_t { during, before, after };
    Kind kind = Kind::during;
    std::string window = "run";  ///< a fault id, "baseline", "run", or a name from `windows`
    Duration offset{0};          ///< of `after W + D`
    bool operator==(const Span&) const = default;
};

/// What a limit is a number of.
enum class Unit : std::uint8_t { seconds, share, per_second, count, ratio };
/// "a time", "a share".
[[nodiscard]] std::string_view noun_of(Unit unit);

/// One parsed claim.
struct Claim {
    std::string text;  ///< as written, spaces folded
    Metric metric = Metric::success;
    Aggregate aggregate = Aggregate::none;
    Selector selector;
    std::optional<Duration> threshold;  ///< of apdex `t=`
    std::optional<Count> level;         ///< of time_to_fill and time_to_empty `n=`
    std::optional<Share> objective;     ///< of error_budget and burn_rate
    std::optional<Duration> lookback;   ///< of burn_rate
    Comparison comparison = Comparison::less;
    double limit = 0;  ///< in `unit`
    Unit unit = Unit::seconds;
    Span span;
    /// Does it hold for this value, in `unit`?
    [[nodiscard]] bool holds(double value) const noexcept;
    bool operator==(const Claim&) const = default;
};

/// How well something must be known: the 95% interval of its mean over repeats may be so wide, to
/// each side, as a share of the mean. `p99(web.checkout) ± 2% during baseline`.
struct Precision {
    Claim of;  ///< without comparison and limit
    Share within{0};
    bool operator==(const Precision&) const = default;
};

enum class FindingSeverity : std::uint8_t { error, warn };
constexpr auto enum_names(FindingSeverity) {
    using P = std::pair<std::string_view, FindingSeverity>;
    return std::array{P{"error", FindingSeverity::error}, P{"warn", FindingSeverity::warn}};
}

/// A claim with its identity. In the file: a string, or a map with `that`.
struct Expectation {
    std::string id;  ///< "" = none given
    Claim that;
    FindingSeverity severity = FindingSeverity::error;
    std::optional<Duration> stop_when_broken_for;
    bool allow_empty = false;  ///< a metric without samples passes
    std::string doc;
    static constexpr auto fields() {
        return fields_of(
            field("id", &Expectation::id, "its name, for variants that drop it"),
            field("that", &Expectation::that,
                  "METRIC(SELECTOR) OP VALUE [during W | before W | after W]")
                .must(),
            field("severity", &Expectation::severity, "whether it fails the run"),
            field("stop_when_broken_for", &Expectation::stop_when_broken_for, "live: ends the run"),
            field("allow_empty", &Expectation::allow_empty, "no samples are no failure"),
            field("doc", &Expectation::doc, "why it must hold"));
    }
    static constexpr auto shorthand() { return &Expectation::that; }
    bool operator==(const Expectation&) const = default;
};

/// A named span of the run.
struct Window {
    Duration from{0};
    Duration to{0};
    static constexpr auto fields() {
        return fields_of(field("from", &Window::from, "start").must(),
                         field("to", &Window::to, "end").must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Window&) const = default;
};

}  // namespace shaketable::scenarios

namespace shaketable {
SHAKETABLE_TEXT(scenarios::Claim, "expectation", "p99(web.checkout) < 300ms during baseline");
SHAKETABLE_TEXT(scenarios::Precision, "precision", "p99(web.checkout) +- 2%");  ///< or `±`
}  // namespace shaketable
