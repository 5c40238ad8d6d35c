#include "reports/metrics/metric.h"

#include "base/check.h"
#include "base/field.h"
#include "reports/select.h"

namespace shaketable::reports {

const MetricRow& row_of(scenarios::Metric metric) {
    for (const MetricRow& row : metric_table)
        if (row.metric == metric) return row;
    SHAKETABLE_CHECK(false, "every metric has a row in metric_table");
    return metric_table.front();
}

Measurement measured_value(double value, std::uint64_t samples) {
    return {.value = value, .samples = samples};
}

Measurement no_samples(const Scene& scene, const std::string& what) {
    return {.absence = Absence::no_samples,
            .reason = what + " " + print(scene.claim.selector) + " " + describe(scene.claim.span)};
}

namespace {

/// Recovery and detection look beyond their window, so an `after W` of no length still has an
/// answer.
bool needs_window(scenarios::Metric metric) {
    return metric != scenarios::Metric::time_to_recover &&
           metric != scenarios::Metric::time_to_detect;
}

std::string why_no_window(const Repeat& repeat, const scenarios::Span& span) {
    for (const NamedSpan& named : repeat.spans)
        if (named.name == span.window)
            return "no time " + describe(span) + " within what is measured";
    if (span.window == "baseline") return "no baseline: a fault begins before the warm-up ends";
    return span.window + " did not happen";
}

}  // namespace

Measurement measure(const scenarios::Scenario& scenario, const Record& record, const Repeat& repeat,
                    const scenarios::Claim& claim) {
    Scene scene{scenario,
                record,
                repeat,
                claim,
                stretches_of(record, repeat, claim.span),
                flows_of(record, claim.selector)};
    if (scene.window.empty() && needs_window(claim.metric)) {
        // A fault that the dice left out is nothing to judge; a window that no repeat can have is a
        // missing sample.
        bool exists = claim.span.window == "baseline" || claim.span.window == "run";
        for (const NamedSpan& named : repeat.spans)
            exists = exists || named.name == claim.span.window;
        return {.absence = exists ? Absence::no_samples : Absence::no_window,
                .reason = why_no_window(repeat, claim.span)};
    }
    return row_of(claim.metric).measure(scene);
}

}  // namespace shaketable::reports
