#include "reports/render/comparison.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reports/band.h"
#include "reports/render/figures.h"
#include "reports/select.h"
#include "reports/summary.h"
#include "reports/verdict.h"

namespace shaketable::reports {

namespace {

using scenarios::Unit;

constexpr std::array titles{
    std::pair{"HOLD", 6},      std::pair{"BEFORE", 9},      std::pair{"FAULT", 9},
    std::pair{"AFTER", 9},     std::pair{"P99 BEFORE", 12}, std::pair{"P99 FAULT", 11},
    std::pair{"RECOVERY", 10}, std::pair{"TRIES", 7},       std::pair{"WASTED", 8}};

std::size_t figures_width() {
    std::size_t sum = 0;
    for (const auto& column : titles) sum += static_cast<std::size_t>(column.second);
    return sum;
}

std::string recovery_cell(const RecoverySummary& recovery) {
    if (recovery.of == 0) return "-";
    if (recovery.back == recovery.of) return figure(recovery.seconds, Unit::seconds);
    if (recovery.back == 0) return "never";
    return fmt::format("{}/{} never", recovery.of - recovery.back, recovery.of);
}

/// Calls of all workloads in the window of this kind; in that of the worst fault, for faults.
struct Entries {
    CallSummary before, fault, after;
};
Entries entries_in(const Record& record, const std::vector<WindowSummary>& windows) {
    const std::vector<std::uint32_t> rows = workload_flows(record);
    Entries entries;
    bool any_fault = false;
    for (const WindowSummary& window : windows) {
        const auto calls = [&] {
            return summarize_calls(record, stretches_by_repeat(record, window.kind, window.name),
                                   rows);
        };
        if (window.kind == WindowKind::baseline) entries.before = calls();
        if (window.kind == WindowKind::after) entries.after = calls();
        if (window.kind != WindowKind::fault) continue;
        CallSummary one = calls();
        if (!any_fault || one.success.mean < entries.fault.success.mean)
            entries.fault = std::move(one);
        any_fault = true;
    }
    return entries;
}

std::array<std::string, titles.size()> cells(const VariantResult& variant) {
    const Record& record = *variant.record;
    const std::vector<WindowSummary> windows = summarize(*variant.scenario, record);
    const Entries entries = entries_in(record, windows);
    double tries = 0, wasted = 0;
    for (const WindowSummary& window : windows) {
        for (const CallSummary& flow : window.flows) tries = std::max(tries, flow.attempts.mean);
        for (const ServiceSummary& service : window.services)
            wasted = std::max(wasted, service.wasted.mean);
    }
    const std::vector<Finding>& all = variant.findings->expectations;
    const auto held = std::count_if(all.begin(), all.end(),
                                    [](const Finding& f) { return f.verdict == Verdict::hold; });
    return {fmt::format("{}/{}", held, all.size()),
            short_figure(entries.before.success, Unit::share),
            short_figure(entries.fault.success, Unit::share),
            short_figure(entries.after.success, Unit::share),
            short_figure(entries.before.p99, Unit::seconds),
            short_figure(entries.fault.p99, Unit::seconds),
            recovery_cell(summarize_recovery(record, workload_flows(record))),
            figure(tries, Unit::ratio),
            figure(wasted, Unit::share)};
}

}  // namespace

std::string to_terminal_comparison(const std::vector<VariantResult>& variants,
                                   const TerminalStyle& style) {
    if (variants.empty()) return {};
    const Paint paint{style};
    const auto width = static_cast<std::size_t>(std::max(style.width, 100));
    const std::size_t names = width - 4 - figures_width();
    std::string head = left("  VARIANT", names + 4);
    for (const auto& [title, wide] : titles) head += right(title, static_cast<std::size_t>(wide));
    std::string text = paint.bold(head) + "\n";
    for (const VariantResult& variant : variants) {
        const std::string& name =
            variant.record->variant.empty() ? variant.record->scenario : variant.record->variant;
        const bool good = all_hold(*variant.findings);
        text += "  " + paint.mark(good ? Verdict::hold : Verdict::broken) + " " +
                left(harmless(name), names, paint.ascii());
        const auto row = cells(variant);
        for (std::size_t i = 0; i < row.size(); ++i)
            text += right(row[i], static_cast<std::size_t>(titles[i].second), paint.ascii());
        text += "\n";
    }
    return text +
           paint.dim(
               "  Before, fault (the worst), after: success of all workloads. Same dice in every "
               "variant.\n");
}

}  // namespace shaketable::reports
