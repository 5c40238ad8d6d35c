#include "reports/record/cuts.h"

#include <algorithm>

namespace shaketable::reports {

namespace {

Time end_of_run(const scenarios::Run& run) {
    return Time{run.duration};
}

/// Start and end of what is measured.
std::pair<Time, Time> measured(const scenarios::Run& run) {
    const Time start = std::min(Time{run.warmup.length}, end_of_run(run));
    return {start, std::max(start, end_of_run(run) - run.cooldown)};
}

}  // namespace

std::vector<NamedSpan> named_spans(const scenarios::Scenario& scenario,
                                   const std::vector<NamedSpan>& fault_spans) {
    const auto [start, end] = measured(scenario.run);
    Time first_fault = end;
    for (const NamedSpan& span : fault_spans) first_fault = std::min(first_fault, span.start);

    std::vector<NamedSpan> spans;
    if (first_fault > start) spans.push_back({"baseline", start, first_fault});
    if (end > start) spans.push_back({"run", start, end});
    for (const auto& [name, window] : scenario.windows) {
        const Time from = std::min(Time{window.from}, end_of_run(scenario.run));
        const Time to = std::min(Time{window.to}, end_of_run(scenario.run));
        if (to > from) spans.push_back({name, from, to});
    }
    spans.insert(spans.end(), fault_spans.begin(), fault_spans.end());
    return spans;
}

std::vector<Time> cut_times(const scenarios::Scenario& scenario,
                            const std::vector<NamedSpan>& fault_spans) {
    const std::vector<NamedSpan> spans = named_spans(scenario, fault_spans);
    const Time last = end_of_run(scenario.run);
    const auto [start, end] = measured(scenario.run);
    std::vector<Time> cuts{Time{}, start, end, last};
    for (const NamedSpan& span : spans) {
        cuts.push_back(span.start);
        cuts.push_back(span.end);
    }
    for (const scenarios::Expectation& expectation : scenario.expect) {
        const scenarios::Span& of = expectation.that.span;
        if (of.kind != scenarios::Span::Kind::after || of.offset.count() <= 0) continue;
        for (const NamedSpan& span : spans)
            if (span.name == of.window && of.offset < last - span.end)
                cuts.push_back(span.end + of.offset);
    }
    std::erase_if(cuts, [last](Time t) { return t < Time{} || t > last; });
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    return cuts;
}

}  // namespace shaketable::reports
