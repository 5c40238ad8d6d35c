/// Every metric of the language: what it is, how it is computed, in which unit. The one place where
/// that is written.
#pragma once

#include <array>
#include <string_view>

#include "reports/metrics/measurement.h"
#include "scenarios/expectation.h"

namespace shaketable::reports {

struct MetricRow {
    scenarios::Metric metric;
    scenarios::Unit unit;      ///< of its limit, where the claim does not say otherwise
    std::string_view subject;  ///< "endpoint or edge", "service", "edge"
    std::string_view formula;
    std::string_view doc;
    Measurement (*measure)(const Scene&);
};

// A call counts in the segment in which it settles; tries, retries and hedges in the one in which
// they are made. `settled` leaves out calls that their own caller took back (`cancelled`): they are
// no failure of the callee.
inline constexpr std::array metric_table{
    MetricRow{scenarios::Metric::p50, scenarios::Unit::seconds, "endpoint or edge",
              "nearest-rank quantile of (settled - started) over successful calls, to 0.4%",
              "median time of successful calls, as their callers saw it", measure_latency},
    MetricRow{scenarios::Metric::p90, scenarios::Unit::seconds, "endpoint or edge",
              "as p50, at 90%", "time within which 90% of the successful calls were answered",
              measure_latency},
    MetricRow{scenarios::Metric::p95, scenarios::Unit::seconds, "endpoint or edge",
              "as p50, at 95%", "time within which 95% of the successful calls were answered",
              measure_latency},
    MetricRow{scenarios::Metric::p99, scenarios::Unit::seconds, "endpoint or edge",
              "as p50, at 99%", "time within which 99% of the successful calls were answered",
              measure_latency},
    MetricRow{scenarios::Metric::p999, scenarios::Unit::seconds, "endpoint or edge",
              "as p50, at 99.9%", "time within which 99.9% of the successful calls were answered",
              measure_latency},
    MetricRow{scenarios::Metric::p9999, scenarios::Unit::seconds, "endpoint or edge",
              "as p50, at 99.99%", "time within which 99.99% of the successful calls were answered",
              measure_latency},
    MetricRow{scenarios::Metric::mean, scenarios::Unit::seconds, "endpoint or edge",
              "sum of (settled - started) / successful calls, exact",
              "mean time of successful calls", measure_latency},
    MetricRow{scenarios::Metric::max, scenarios::Unit::seconds, "endpoint or edge",
              "largest (settled - started) of a successful call, exact",
              "longest time of a successful call", measure_latency},
    MetricRow{scenarios::Metric::sd, scenarios::Unit::seconds, "endpoint or edge",
              "standard deviation of (settled - started) over successful calls, to 0.4%",
              "how much the time of successful calls varies", measure_latency},
    MetricRow{
        scenarios::Metric::apdex, scenarios::Unit::ratio, "endpoint or edge",
        "(calls answered within t + half of those within 4t) / settled; t is 500ms if not given",
        "satisfaction from 0 to 1; failed calls count as 0 (Apdex specification 1.1)",
        measure_apdex},
    MetricRow{scenarios::Metric::success, scenarios::Unit::share, "endpoint or edge",
              "(ok + degraded) / settled", "share of calls that got an answer, fallbacks included",
              measure_outcomes},
    MetricRow{scenarios::Metric::errors, scenarios::Unit::share, "endpoint or edge",
              "(error + unreachable) / settled",
              "share of calls answered with an error status, reset, or refused a connection",
              measure_outcomes},
    MetricRow{scenarios::Metric::timeouts, scenarios::Unit::share, "endpoint or edge",
              "timeout / settled", "share of calls that their caller gave up on", measure_outcomes},
    MetricRow{scenarios::Metric::rejected, scenarios::Unit::share, "endpoint or edge",
              "(queue-full + breaker-open + rate-limited + shed + limited + bulkhead-full + "
              "expired) / settled",
              "share of calls turned away, by the callee or by the caller's own policies",
              measure_outcomes},
    MetricRow{scenarios::Metric::degraded, scenarios::Unit::share, "endpoint or edge",
              "degraded / settled", "share of calls that a fallback answered", measure_outcomes},
    MetricRow{scenarios::Metric::rate, scenarios::Unit::per_second, "endpoint or edge",
              "calls begun / length of the window",
              "calls begun a second (retries are not calls of their own)", measure_rate},
    MetricRow{scenarios::Metric::goodput, scenarios::Unit::per_second, "endpoint or edge",
              "(ok + degraded) / length of the window", "calls answered a second", measure_rate},
    MetricRow{scenarios::Metric::attempts, scenarios::Unit::ratio, "edge",
              "tries, hedges and local refusals included / calls begun",
              "tries for each wanted call", measure_attempts},
    MetricRow{scenarios::Metric::load_factor, scenarios::Unit::ratio, "service",
              "(requests arriving / workload requests begun) / the same during baseline",
              "arrivals at a service against what they would be without retries, which the "
              "baseline shows",
              measure_load_factor},
    MetricRow{scenarios::Metric::wasted, scenarios::Unit::share, "service",
              "worker time spent for callers who had left / worker time spent; by requests "
              "completed where none was "
              "spent",
              "share of the work that nobody waited for any more", measure_wasted},
    MetricRow{
        scenarios::Metric::duplicates, scenarios::Unit::share, "endpoint or edge",
        "calls of which a second try came to a good end at the callee / calls begun; a second "
        "if the limit is a rate; the number if it is a count",
        "calls whose work was done more than once: what is not idempotent must know of it",
        measure_policy_calls},
    MetricRow{scenarios::Metric::queue, scenarios::Unit::count, "service",
              "mean: integral of requests waiting / length; max: most waiting at one instant, all "
              "replicas",
              "requests waiting for a worker; the most unless mean() is written",
              measure_saturation},
    MetricRow{
        scenarios::Metric::busy, scenarios::Unit::count, "service",
        "mean: integral of workers held / length; max: most held at one instant, all replicas",
        "workers held; the most unless mean() is written", measure_saturation},
    MetricRow{
        scenarios::Metric::utilization, scenarios::Unit::share, "service",
        "mean: integral of workers held / integral of workers there; max: the highest step mean",
        "share of the workers held; the most unless mean() is written", measure_utilization},
    MetricRow{scenarios::Metric::connections, scenarios::Unit::count, "service",
              "mean: integral of requests in hand / length; max: most in hand at one instant, all "
              "replicas",
              "requests waiting or in service, of all callers; the most unless mean() is written",
              measure_saturation},
    MetricRow{scenarios::Metric::wait, scenarios::Unit::seconds, "service",
              "sum of (worker taken - arrived) / requests that took a worker, exact",
              "mean wait for a worker; who is refused or leaves the queue does not count",
              measure_wait},
    MetricRow{scenarios::Metric::waited, scenarios::Unit::share, "service",
              "requests that took a worker later than they arrived / requests that took a worker",
              "share of those served who had to wait", measure_wait},
    MetricRow{scenarios::Metric::time_to_fill, scenarios::Unit::seconds, "service",
              "from the start of the window to the end of the first sample step in which n or more "
              "requests were in hand at one instant, all replicas",
              "time until a service is so full", measure_level},
    MetricRow{scenarios::Metric::time_to_empty, scenarios::Unit::seconds, "service",
              "from the start of the window to the end of the first sample step in which n or "
              "fewer requests were in hand at one instant, all replicas; n is 0 if not given",
              "time until a service has caught up", measure_level},
    MetricRow{scenarios::Metric::breaker_open, scenarios::Unit::share, "edge",
              "open time of the caller's breakers / (length x breakers); one breaker per calling "
              "replica and "
              "endpoint",
              "share of the time that breakers were open", measure_breaker_open},
    MetricRow{scenarios::Metric::retries, scenarios::Unit::share, "endpoint or edge",
              "retries / calls begun; a second if the limit is a rate; the number if it is a count",
              "tries after the first", measure_policy_calls},
    MetricRow{scenarios::Metric::shed, scenarios::Unit::share, "endpoint or edge",
              "tries refused as shed, limited or rate-limited / tries; a second if the limit is a "
              "rate; the "
              "number if it is a count",
              "tries that load shedding, concurrency and rate limits turned away",
              measure_policy_calls},
    MetricRow{scenarios::Metric::hedged, scenarios::Unit::share, "endpoint or edge",
              "hedges / calls begun; a second if the limit is a rate; the number if it is a count",
              "second tries sent before the first had failed", measure_policy_calls},
    MetricRow{scenarios::Metric::budget_spent, scenarios::Unit::share, "endpoint or edge",
              "retries that the budget denied / retries wanted; 0 where none was wanted",
              "how far the retry budget was overdrawn: 0 is never, 100% is every time",
              measure_budget_spent},
    MetricRow{scenarios::Metric::time_to_recover, scenarios::Unit::seconds, "endpoint or edge",
              "from the end of W (of the last fault, if W is the run) to the end of the last "
              "sample step outside "
              "the baseline band before 10 s in a row inside it; 0 if none is outside",
              "time until it works as before. The band: success >= baseline - max(1 point, 3 sd of "
              "its steps), "
              "p50 <= max(2 x baseline mean, mean + 3 sd); a step in which calls began and none "
              "settled is outside",
              measure_recovery},
    MetricRow{scenarios::Metric::time_to_detect, scenarios::Unit::seconds, "endpoint or edge",
              "from the first start of W (of the first fault, if W is the run) to the end of the "
              "first sample step "
              "outside the baseline band (see time_to_recover)",
              "time until a monitor that knows the baseline could have noticed", measure_detection},
    MetricRow{
        scenarios::Metric::collapse, scenarios::Unit::share, "endpoint or edge",
        "repeats with goodput(W) < goodput(baseline) / 2, of all repeats; where W is the run: "
        "goodput of the whole sample steps in its last quarter. Interval: Wilson's",
        "share of repeats in which it does less than half of what it did before any fault",
        measure_collapse},
    MetricRow{scenarios::Metric::time_to_collapse, scenarios::Unit::seconds, "endpoint or edge",
              "from the start of W to the start of the first sample step that begins 10 s in a row "
              "with goodput below half of the baseline's, within W or later",
              "time until it does less than half of what it did before any fault",
              measure_time_to_collapse},
    MetricRow{scenarios::Metric::error_budget, scenarios::Unit::share, "endpoint or edge",
              "(1 - success) / (1 - objective)",
              "share spent of the failures that the objective allows in the window; may pass 100%",
              measure_error_budget},
    MetricRow{scenarios::Metric::burn_rate, scenarios::Unit::ratio, "endpoint or edge",
              "largest (failed / settled) of any lookback within the window / (1 - objective); the "
              "whole window "
              "where the lookback is longer",
              "how many times too fast the error budget is spent, at worst", measure_burn_rate},
};

[[nodiscard]] const MetricRow& row_of(scenarios::Metric metric);

}  // namespace shaketable::reports
