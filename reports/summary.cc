#include "reports/summary.h"

#include <limits>

#include "reports/metrics/shares.h"

namespace shaketable::reports {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One value per repeat that has it.
struct Values {
    std::vector<double> all;
    void add(double value) { all.push_back(value); }
    [[nodiscard]] Estimate part() const { return estimate_within(all, 0, 1); }
    [[nodiscard]] Estimate amount() const { return estimate_within(all, 0, infinity); }
};

struct CallValues {
    Values rate, goodput, success, errors, timeouts, rejected, degraded, attempts, mean, p50, p99;
    FlowTotals pooled;

    void add(const FlowTotals& calls, Duration length) {
        pooled.merge(calls);
        rate.add(per_second(calls.started, length));
        goodput.add(per_second(calls.succeeded(), length));
        if (const std::uint64_t all = judged(calls); all > 0) {
            success.add(ratio(calls.succeeded(), all));
            errors.add(ratio(count_of(calls.settled, Outcome::error) +
                                 count_of(calls.settled, Outcome::unreachable),
                             all));
            timeouts.add(ratio(count_of(calls.settled, Outcome::timeout), all));
            rejected.add(ratio(refusals(calls.settled), all));
            degraded.add(ratio(count_of(calls.settled, Outcome::degraded), all));
        }
        if (calls.started > 0) attempts.add(ratio(calls.attempts, calls.started));
        if (calls.latency.count() == 0) return;
        mean.add(calls.latency.mean());
        p50.add(calls.latency.quantile(0.5));
        p99.add(calls.latency.quantile(0.99));
    }
    [[nodiscard]] CallSummary summary() const {
        return {.pooled = pooled,
                .rate = rate.amount(),
                .goodput = goodput.amount(),
                .success = success.part(),
                .errors = errors.part(),
                .timeouts = timeouts.part(),
                .rejected = rejected.part(),
                .degraded = degraded.part(),
                .attempts = attempts.amount(),
                .mean = mean.amount(),
                .p50 = p50.amount(),
                .p99 = p99.amount()};
    }
};

ServiceSummary summarize_service(const Record& record, const std::vector<Stretches>& window,
                                 std::uint32_t row) {
    std::vector<std::uint32_t> inbound;
    for (std::uint32_t f = 0; f < record.flows.size(); ++f)
        if (record.flows[f].service == record.services[row]) inbound.push_back(f);
    Values arrivals, utilization, queue_mean, queue_max, wasted, refused;
    ServiceTotals pooled;
    for (std::size_t r = 0; r < record.repeats.size(); ++r) {
        const Duration length = covered(record.repeats[r], window[r]);
        if (length.count() == 0) continue;
        const ServiceTotals one = service_totals(record.repeats[r], window[r], row);
        pooled.merge(one);
        arrivals.add(per_second(one.arrived, length));
        queue_mean.add(ratio(one.queue_time, length));
        queue_max.add(one.queue_max);
        if (one.worker_time.count() > 0) utilization.add(ratio(one.busy_time, one.worker_time));
        if (one.work.count() > 0)
            wasted.add(ratio(one.wasted_work, one.work));
        else if (one.completed > 0)
            wasted.add(ratio(one.wasted, one.completed));
        std::uint64_t turned_away = 0;
        for (const std::uint64_t n : one.refused) turned_away += n;
        if (one.arrived > 0) refused.add(ratio(turned_away, one.arrived));
    }
    return {.inbound = summarize_calls(record, window, inbound),
            .pooled = pooled,
            .arrivals = arrivals.amount(),
            .utilization = utilization.part(),
            .queue_mean = queue_mean.amount(),
            .queue_max = queue_max.amount(),
            .wasted = wasted.part(),
            .refused = refused.part()};
}

/// Nothing where no repeat has the window.
std::optional<WindowSummary> summarize_window(const Record& record, WindowKind kind,
                                              const std::string& name) {
    const std::vector<Stretches> window = stretches_by_repeat(record, kind, name);
    WindowSummary summary{.kind = kind, .name = name};
    for (std::size_t r = 0; r < window.size(); ++r) {
        const Duration length = covered(record.repeats[r], window[r]);
        if (length.count() == 0) continue;
        if (summary.repeats++ == 0) summary.stretches = window[r];
        summary.seconds += to_seconds(length);
    }
    if (summary.repeats == 0) return std::nullopt;
    summary.seconds /= summary.repeats;
    for (std::uint32_t f = 0; f < record.flows.size(); ++f)
        summary.flows.push_back(summarize_calls(record, window, {f}));
    for (std::uint32_t s = 0; s < record.services.size(); ++s)
        summary.services.push_back(summarize_service(record, window, s));
    return summary;
}

}  // namespace

std::vector<Stretches> stretches_by_repeat(const Record& record, WindowKind kind,
                                           const std::string& name) {
    std::vector<Stretches> window;
    window.reserve(record.repeats.size());
    const scenarios::Span span{scenarios::Span::Kind::during, name, Duration{0}};
    for (const Repeat& repeat : record.repeats)
        window.push_back(kind == WindowKind::after ? after_last_fault(record, repeat)
                                                   : stretches_of(record, repeat, span));
    return window;
}

CallSummary summarize_calls(const Record& record, const std::vector<Stretches>& window,
                            const std::vector<std::uint32_t>& rows) {
    CallValues values;
    for (std::size_t r = 0; r < record.repeats.size(); ++r) {
        const Duration length = covered(record.repeats[r], window[r]);
        if (length.count() > 0) values.add(flow_totals(record.repeats[r], window[r], rows), length);
    }
    return values.summary();
}

std::vector<WindowSummary> summarize(const scenarios::Scenario& scenario, const Record& record) {
    std::vector<WindowSummary> windows;
    const auto take = [&](WindowKind kind, const std::string& name) {
        if (auto window = summarize_window(record, kind, name))
            windows.push_back(std::move(*window));
    };
    take(WindowKind::baseline, "baseline");
    for (const std::string& fault : record.fault_ids) take(WindowKind::fault, fault);
    take(WindowKind::after, "after");
    for (const auto& entry : scenario.windows) take(WindowKind::named, entry.name);
    take(WindowKind::run, "run");
    return windows;
}

const WindowSummary* find_window(const std::vector<WindowSummary>& windows, WindowKind kind,
                                 std::string_view name) {
    for (const WindowSummary& window : windows)
        if (window.kind == kind && window.name == name) return &window;
    return nullptr;
}

}  // namespace shaketable::reports
