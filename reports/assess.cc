#include "reports/assess.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "reports/checks.h"
#include "reports/metrics/metric.h"
#include "reports/precision.h"
#include "reports/why.h"

namespace shaketable::reports {

namespace {

using scenarios::Metric;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Metrics that are parts of a whole: their interval ends at 100%.
bool is_part(Metric metric) {
    constexpr std::array parts{Metric::apdex,        Metric::success,      Metric::errors,
                               Metric::timeouts,     Metric::rejected,     Metric::degraded,
                               Metric::wasted,       Metric::waited,       Metric::utilization,
                               Metric::breaker_open, Metric::budget_spent, Metric::collapse};
    return std::find(parts.begin(), parts.end(), metric) != parts.end();
}

/// Successful calls that a quantile needs before it can be trusted: ten beyond it.
std::uint64_t samples_wanted(Metric metric) {
    constexpr std::array wanted{
        std::pair{Metric::p50, 20ULL},      std::pair{Metric::p90, 100ULL},
        std::pair{Metric::p95, 200ULL},     std::pair{Metric::p99, 1'000ULL},
        std::pair{Metric::p999, 10'000ULL}, std::pair{Metric::p9999, 100'000ULL}};
    for (const auto& [of, count] : wanted)
        if (of == metric) return count;
    return 0;
}

struct Gathered {
    std::vector<double> judged_by;  ///< `values`, infinite where only a lower bound is known
    std::uint32_t empty = 0;        ///< repeats with the window and without samples
    std::uint32_t left_out = 0;     ///< repeats without the window
    std::uint64_t samples_least = std::numeric_limits<std::uint64_t>::max();
    std::string reason;  ///< of the first absence that counts
};

Gathered gather(const scenarios::Scenario& scenario, const Record& record, Finding& finding) {
    Gathered all;
    std::string left_out_reason;
    for (const Repeat& repeat : record.repeats) {
        Measurement m = measure(scenario, record, repeat, finding.expectation.that);
        if (m.absence == Absence::no_window) {
            ++all.left_out;
            if (left_out_reason.empty()) left_out_reason = std::move(m.reason);
            continue;
        }
        if (m.absence == Absence::no_samples) {
            if (all.empty++ == 0) all.reason = std::move(m.reason);
            continue;
        }
        finding.values.push_back(m.value);
        finding.samples += m.samples;
        all.samples_least = std::min(all.samples_least, m.samples);
        finding.open_ended += m.at_least ? 1U : 0U;
        all.judged_by.push_back(m.at_least ? infinity : m.value);
    }
    if (all.reason.empty()) all.reason = std::move(left_out_reason);
    return all;
}

void add_absence_notes(const Gathered& gathered, std::size_t repeats, Finding& finding) {
    const std::size_t absent = gathered.empty + (finding.judged == 0 ? gathered.left_out : 0);
    if (absent > 0)
        finding.notes.push_back(absent == repeats ? gathered.reason
                                                  : fmt::format("{} in {} of {} repeats",
                                                                gathered.reason, absent, repeats));
    if (gathered.left_out > 0 && finding.judged > 0)
        finding.notes.push_back(
            fmt::format("{} did not happen in {} of {} repeats, which are left out",
                        finding.expectation.that.span.window, gathered.left_out, repeats));
}

std::string_view what_had_not_come(Metric metric) {
    if (metric == Metric::time_to_recover) return "had not recovered";
    if (metric == Metric::time_to_detect) return "had not left the baseline band";
    return metric == Metric::time_to_collapse ? "had not collapsed" : "";
}

void add_value_notes(const Gathered& gathered, std::size_t repeats, Finding& finding) {
    const Metric metric = finding.expectation.that.metric;
    if (finding.open_ended > 0 && !what_had_not_come(metric).empty()) {
        double longest = 0;
        for (std::size_t i = 0; i < finding.values.size(); ++i)
            if (gathered.judged_by[i] == infinity) longest = std::max(longest, finding.values[i]);
        std::string note = fmt::format("{} when the run ended ({:.3g} s later)",
                                       what_had_not_come(metric), longest);
        if (repeats > 1) note += fmt::format(", in {} of {} repeats", finding.open_ended, repeats);
        finding.notes.push_back(std::move(note));
    }
    const std::uint64_t wanted = samples_wanted(metric);
    if (finding.judged > 0 && gathered.samples_least < wanted)
        finding.notes.push_back(
            fmt::format("few samples: {} in a repeat, where {} wants {} (ten beyond the quantile)",
                        gathered.samples_least, name_of(metric), wanted));
}

/// Each value is 0 or 1.
Estimate share_of(const std::vector<double>& values) {
    Estimate share = estimate_of(values);
    if (!share.has_interval()) return share;
    const auto ones = static_cast<std::uint64_t>(std::count(values.begin(), values.end(), 1.0));
    const Interval interval = wilson_interval(ones, values.size());
    share.low = interval.low;
    share.high = interval.high;
    return share;
}

/// What only has a lower bound in some repeats is infinite. A claim that it is long must then hold
/// by those that are known.
double judged_mean(const Finding& finding) {
    const scenarios::Comparison comparison = finding.expectation.that.comparison;
    const bool wants_long = comparison == scenarios::Comparison::greater ||
                            comparison == scenarios::Comparison::at_least;
    if (finding.open_ended == 0 || (wants_long && finding.open_ended < finding.judged))
        return finding.value.mean;
    return infinity;
}

Finding judge(const scenarios::Scenario& scenario, const Record& record,
              const scenarios::Expectation& expectation) {
    Finding finding{.expectation = expectation};
    const scenarios::Claim& claim = expectation.that;
    const Gathered gathered = gather(scenario, record, finding);
    finding.judged = static_cast<std::uint32_t>(finding.values.size());
    finding.value = claim.metric == Metric::collapse
                        ? share_of(finding.values)
                        : estimate_within(finding.values, 0, is_part(claim.metric) ? 1 : infinity);
    for (const double value : gathered.judged_by) finding.held += claim.holds(value) ? 1U : 0U;
    add_absence_notes(gathered, record.repeats.size(), finding);
    add_value_notes(gathered, record.repeats.size(), finding);

    const bool empty = finding.judged == 0 || gathered.empty > 0;
    if (empty && !expectation.allow_empty) {
        finding.verdict = Verdict::no_samples;
        return finding;
    }
    if (finding.judged == 0) return finding;  // nothing to judge, which it allows
    if (!claim.holds(judged_mean(finding)))
        finding.verdict = expectation.severity == scenarios::FindingSeverity::warn
                              ? Verdict::warned
                              : Verdict::broken;
    if (finding.open_ended > 0)
        finding.uncertain = finding.held > 0 && finding.held < finding.judged;
    else
        finding.uncertain = finding.value.has_interval() && finding.value.low < claim.limit &&
                            claim.limit < finding.value.high;
    return finding;
}

}  // namespace

Findings assess(const scenarios::Scenario& scenario, const Record& record) {
    Findings findings;
    for (const scenarios::Expectation& expectation : scenario.expect)
        findings.expectations.push_back(judge(scenario, record, expectation));
    for (auto& found : {find_broken_conservation(record), find_faults_without_effect(record),
                        find_dropped_events(record), find_not_converged(scenario, record),
                        find_missing_steady_state(scenario, record)})
        findings.notices.insert(findings.notices.end(), found.begin(), found.end());
    findings.why = explain_why(scenario, record);
    return findings;
}

}  // namespace shaketable::reports
