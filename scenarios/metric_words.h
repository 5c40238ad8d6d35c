/// What each metric of the language counts: its unit, its bounds, its form. One table for reader,
/// `explain` and schema.
#pragma once

#include <array>
#include <string_view>

#include "scenarios/expectation.h"

namespace shaketable::scenarios {

/// What may stand around a metric.
struct MetricForm {
    bool aggregates = false;   ///< needs max() or mean(); bare means max()
    bool counts_too = false;   ///< a limit may also be a bare count
    bool rates_too = false;    ///< a limit may also be a rate
    bool at_most_all = false;  ///< it cannot exceed 100%, or 1
    bool after_only = false;   ///< measured from the end of a window: needs `after W`
};

struct MetricWord {
    Metric metric;
    Unit unit;                 ///< of its limit
    std::string_view group;    ///<
    std::string_view example;  ///<
    std::string_view summary;  ///<
    MetricForm form{};
};

// clang-format off
inline constexpr std::array metric_words{
    MetricWord{Metric::p50, Unit::seconds, "latency", "p50(web.checkout) < 50ms", "median of the latency of successful calls, as their callers saw them"},
    MetricWord{Metric::p90, Unit::seconds, "latency", "p90(web.checkout) < 150ms", "90% are faster"},
    MetricWord{Metric::p95, Unit::seconds, "latency", "p95(web.checkout) < 200ms", "95% are faster"},
    MetricWord{Metric::p99, Unit::seconds, "latency", "p99(web.checkout) < 300ms during baseline", "99% are faster"},
    MetricWord{Metric::p999, Unit::seconds, "latency", "p99.9(web.checkout) < 1s", "99.9% are faster"},
    MetricWord{Metric::p9999, Unit::seconds, "latency", "p99.99(web.checkout) < 2s", "99.99% are faster"},
    MetricWord{Metric::mean, Unit::seconds, "latency", "mean(web.checkout) < 60ms", "mean latency"},
    MetricWord{Metric::max, Unit::seconds, "latency", "max(web.checkout) < 3s", "slowest successful call"},
    MetricWord{Metric::sd, Unit::seconds, "latency", "sd(web.checkout) < 20ms", "standard deviation of the latency"},
    MetricWord{Metric::apdex, Unit::ratio, "latency", "apdex(web.checkout t=300ms) >= 0.9", "satisfied calls plus half the tolerating ones (up to 4t), of all", {.at_most_all = true}},
    MetricWord{Metric::success, Unit::share, "answers", "success(web.checkout) >= 99.9%", "share of settled calls that were answered well", {.at_most_all = true}},
    MetricWord{Metric::errors, Unit::share, "answers", "errors(web.checkout) < 1%", "share that ended in an error status", {.at_most_all = true}},
    MetricWord{Metric::timeouts, Unit::share, "answers", "timeouts(payments -> ledger) < 1%", "share whose caller gave up", {.at_most_all = true}},
    MetricWord{Metric::rejected, Unit::share, "answers", "rejected(ledger) < 5%", "share refused: queue full, breaker, limits, shedding", {.at_most_all = true}},
    MetricWord{Metric::degraded, Unit::share, "answers", "degraded(web.checkout) < 10%", "share answered by a fallback", {.at_most_all = true}},
    MetricWord{Metric::rate, Unit::per_second, "answers", "rate(ledger) < 400/s", "calls per second, or their number", {.counts_too = true}},
    MetricWord{Metric::goodput, Unit::per_second, "answers", "goodput(web.checkout) > 90/s", "successful calls per second, or their number", {.counts_too = true}},
    MetricWord{Metric::attempts, Unit::ratio, "amplification", "attempts(payments -> ledger) < 1.5", "tries per wanted call"},
    MetricWord{Metric::load_factor, Unit::ratio, "amplification", "load_factor(ledger) < 2", "arrivals at a service, against what they would be without retries"},
    MetricWord{Metric::wasted, Unit::share, "amplification", "wasted(ledger) < 10%", "share of work done for callers who had left", {.at_most_all = true}},
    MetricWord{Metric::duplicates, Unit::share, "amplification", "duplicates(web -> payments) < 0.1%", "calls whose work was done more than once, by retries or hedges: per wanted call, or in number, or per second", {.counts_too = true, .rates_too = true}},
    MetricWord{Metric::queue, Unit::count, "saturation", "max(queue(ledger)) < 250", "requests that wait, over all replicas", {.aggregates = true}},
    MetricWord{Metric::busy, Unit::count, "saturation", "mean(busy(ledger)) < 6", "workers in use, over all replicas", {.aggregates = true}},
    MetricWord{Metric::utilization, Unit::share, "saturation", "mean(utilization(ledger)) < 80%", "share of workers in use", {.aggregates = true, .at_most_all = true}},
    MetricWord{Metric::connections, Unit::count, "saturation", "max(connections(payments -> ledger)) < 50", "calls in flight", {.aggregates = true}},
    MetricWord{Metric::wait, Unit::seconds, "saturation", "wait(ledger) < 5ms", "mean time that those who were served waited for a worker"},
    MetricWord{Metric::waited, Unit::share, "saturation", "waited(ledger) < 30%", "share of those served who had to wait for a worker", {.at_most_all = true}},
    MetricWord{Metric::time_to_fill, Unit::seconds, "saturation", "time_to_fill(ledger n=50) > 60s", "until n requests are there at once, waiting or in service"},
    MetricWord{Metric::time_to_empty, Unit::seconds, "saturation", "time_to_empty(ledger) < 30s after cut", "until none are there, or no more than n="},
    MetricWord{Metric::breaker_open, Unit::share, "policies", "breaker_open(payments -> ledger) < 5%", "share of time that breakers were open", {.at_most_all = true}},
    MetricWord{Metric::retries, Unit::share, "policies", "retries(payments -> ledger) < 10%", "retries per wanted call, or in number, or per second", {.counts_too = true, .rates_too = true}},
    MetricWord{Metric::shed, Unit::share, "policies", "shed(ledger) < 20%", "share of attempts shed, or their number, or per second", {.counts_too = true, .rates_too = true}},
    MetricWord{Metric::hedged, Unit::share, "policies", "hedged(web -> search) < 5%", "hedges per wanted call, or in number, or per second", {.counts_too = true, .rates_too = true}},
    MetricWord{Metric::budget_spent, Unit::share, "policies", "budget_spent(payments -> ledger) < 50%", "share of wanted retries that the budget denied", {.at_most_all = true}},
    MetricWord{Metric::time_to_recover, Unit::seconds, "recovery", "time_to_recover(web.checkout) < 30s after cut", "until it is back inside the baseline band for 10 s", {.after_only = true}},
    MetricWord{Metric::time_to_detect, Unit::seconds, "recovery", "time_to_detect(web.checkout) < 10s after cut", "until it leaves the baseline band", {.after_only = true}},
    MetricWord{Metric::collapse, Unit::share, "recovery", "collapse(web.checkout) < 1% after cut + 60s", "share of repeats in which goodput is below half of the baseline's; over run: in its last quarter", {.at_most_all = true}},
    MetricWord{Metric::time_to_collapse, Unit::seconds, "recovery", "time_to_collapse(web.checkout) > 60s during cut", "until goodput is below half of the baseline's for 10 s"},
    MetricWord{Metric::error_budget, Unit::share, "budget", "error_budget(99.9% web.checkout) < 50%", "share of the error budget that was spent"},
    MetricWord{Metric::burn_rate, Unit::ratio, "budget", "burn_rate(99.9% web.checkout 1h) < 14.4", "how many times as fast as allowed the budget is spent"},
};
// clang-format on

/// Metrics that the language names and no world measures yet.
inline constexpr std::array<std::string_view, 8> metrics_later{
    "lost", "lag", "age_p99", "count", "diverged", "stale_reads", "lost_writes", "time_to_drain"};

[[nodiscard]] constexpr const MetricWord& word_of(Metric metric) {
    return metric_words[static_cast<std::size_t>(metric)];
}
static_assert([] {
    for (std::size_t i = 0; i < metric_words.size(); ++i)
        if (metric_words[i].metric != static_cast<Metric>(i)) return false;
    return metric_words.size() == enum_names(Metric{}).size();
}());

}  // namespace shaketable::scenarios
