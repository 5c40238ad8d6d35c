#include "reports/windows.h"

#include <algorithm>

#include "base/quantity.h"

namespace shaketable::reports {

namespace {

Stretch measured(const Record& record) {
    const Time start{record.warmup};
    return {start, std::max(start, Time{record.duration} - record.cooldown)};
}

/// Cuts to what is measured, sorts, joins what overlaps or touches.
Stretches tidy(Stretches stretches, const Stretch& limits) {
    for (Stretch& s : stretches) {
        s.start = std::max(s.start, limits.start);
        s.end = std::min(s.end, limits.end);
    }
    std::erase_if(stretches, [](const Stretch& s) { return s.start >= s.end; });
    std::sort(stretches.begin(), stretches.end(),
              [](const Stretch& a, const Stretch& b) { return a.start < b.start; });
    Stretches joined;
    for (const Stretch& s : stretches) {
        if (!joined.empty() && s.start <= joined.back().end)
            joined.back().end = std::max(joined.back().end, s.end);
        else
            joined.push_back(s);
    }
    return joined;
}

template <class Use>
void each_segment_within(const Repeat& repeat, const Stretches& stretches, Use use) {
    auto stretch = stretches.begin();
    for (const Segment& segment : repeat.segments) {
        while (stretch != stretches.end() && stretch->end < segment.end) ++stretch;
        if (stretch == stretches.end()) return;
        if (segment.start >= stretch->start) use(segment);
    }
}

}  // namespace

Stretches stretches_of(const Record& record, const Repeat& repeat, const scenarios::Span& span) {
    Stretches occurrences;
    for (const NamedSpan& named : repeat.spans)
        if (named.name == span.window) occurrences.push_back({named.start, named.end});
    if (occurrences.empty()) return {};

    const Stretch limits = measured(record);
    Time first = occurrences.front().start;
    Time last = occurrences.front().end;
    for (const Stretch& s : occurrences) {
        first = std::min(first, s.start);
        last = std::max(last, s.end);
    }
    switch (span.kind) {
        case scenarios::Span::Kind::during:
            return tidy(std::move(occurrences), limits);
        case scenarios::Span::Kind::before:
            return tidy({{limits.start, first}}, limits);
        case scenarios::Span::Kind::after:
            if (span.offset >= Time{record.duration} - last) return {};
            return tidy({{last + span.offset, limits.end}}, limits);
    }
    return {};
}

Stretches after_last_fault(const Record& record, const Repeat& repeat) {
    bool any = false;
    Time last{};
    for (const NamedSpan& span : repeat.spans) {
        const bool is_fault = std::find(record.fault_ids.begin(), record.fault_ids.end(),
                                        span.name) != record.fault_ids.end();
        if (!is_fault) continue;
        any = true;
        last = std::max(last, span.end);
    }
    const Stretch limits = measured(record);
    return any ? tidy({{last, limits.end}}, limits) : Stretches{};
}

Duration covered(const Repeat& repeat, const Stretches& stretches) {
    Duration sum{0};
    each_segment_within(repeat, stretches, [&](const Segment& s) { sum += s.end - s.start; });
    return sum;
}

FlowTotals flow_totals(const Repeat& repeat, const Stretches& stretches,
                       std::span<const std::uint32_t> rows) {
    FlowTotals sum;
    each_segment_within(repeat, stretches, [&](const Segment& segment) {
        for (const std::uint32_t row : rows) sum.merge(segment.flows[row]);
    });
    return sum;
}

ServiceTotals service_totals(const Repeat& repeat, const Stretches& stretches, std::uint32_t row) {
    ServiceTotals sum;
    each_segment_within(repeat, stretches,
                        [&](const Segment& segment) { sum.merge(segment.services[row]); });
    return sum;
}

Steps steps_within(const Record& record, const Stretch& stretch) {
    const std::int64_t step = record.sample_every.count();
    if (step <= 0 || stretch.end <= stretch.start) return {};
    const std::int64_t from = stretch.start.time_since_epoch().count();
    const std::int64_t to = stretch.end.time_since_epoch().count();
    const std::int64_t first = (from + step - 1) / step;
    const std::int64_t last = to / step;
    if (last <= first) return {};
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

std::string describe(const scenarios::Span& span) {
    using Kind = scenarios::Span::Kind;
    if (span.kind == Kind::during && span.window == "run") return "over run";
    if (span.kind == Kind::during) return "during " + span.window;
    if (span.kind == Kind::before) return "before " + span.window;
    if (span.offset.count() == 0) return "after " + span.window;
    return "after " + span.window + " + " + Text<Duration>::print(span.offset);
}

}  // namespace shaketable::reports
