#include <algorithm>

#include <fmt/format.h>

#include "base/quantity.h"
#include "reports/render/figures.h"
#include "reports/render/formats.h"
#include "reports/render/terminal.h"
#include "reports/summary.h"

namespace shaketable::reports {

namespace {

using scenarios::Unit;

/// Text in which no sign means anything to Markdown.
std::string plain(std::string_view text) {
    constexpr std::string_view special = "\\`*_{}[]()<>#+-.!|~&:@";
    std::string out;
    for (const char c : harmless(text)) {
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

/// As code in a table: a fence longer than any within, and no bar that ends a cell.
std::string code(std::string_view text) {
    const std::string clean = harmless(text);
    std::size_t longest = 0, now = 0;
    std::string cell;
    for (const char c : clean) {
        now = c == '`' ? now + 1 : 0;
        longest = std::max(longest, now);
        if (c == '|') cell += '\\';
        cell += c;
    }
    const std::string fence(longest + 1, '`');
    const std::string_view space = longest > 0 ? " " : "";
    return fence + std::string{space} + cell + std::string{space} + fence;
}

std::string_view sign_of(const Finding& finding) {
    return finding.verdict == Verdict::hold ? "✅" : finding.fails() ? "❌" : "⚠️";
}

std::string expectations(const RunView& run) {
    if (run.findings->expectations.empty()) return {};
    std::string text = "| | expectation | value | limit | held in |\n|---|---|---:|---:|---:|\n";
    for (const Finding& finding : run.findings->expectations) {
        const scenarios::Claim& claim = finding.expectation.that;
        text +=
            fmt::format("| {} | {} | {}{} | {} | {}/{} |\n", sign_of(finding), code(claim.text),
                        finding.open_ended > 0 ? "≥ " : "",
                        finding.verdict == Verdict::no_samples ? "no samples"
                                                               : figure(finding.value, claim.unit),
                        figure(claim.limit, claim.unit), finding.held, finding.judged);
    }
    return text + "\n";
}

std::string services(const RunView& run) {
    constexpr std::size_t rows_most = 60;
    std::string text =
        "| service | window | rate | success | p50 | p99 | queue max | busy | tries | wasted "
        "|\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n";
    std::size_t rows = 0, left_out = 0;
    const std::vector<WindowSummary> windows = summarize(*run.scenario, *run.record);
    for (std::size_t s = 0; s < run.record->services.size(); ++s)
        for (const WindowSummary& window : windows) {
            if (window.kind == WindowKind::run && windows.size() > 1) continue;
            if (++rows > rows_most) {
                ++left_out;
                continue;
            }
            const ServiceSummary& service = window.services[s];
            text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
                                plain(run.record->services[s]), plain(window.name),
                                short_figure(service.arrivals, Unit::per_second),
                                short_figure(service.inbound.success, Unit::share),
                                short_figure(service.inbound.p50, Unit::seconds),
                                short_figure(service.inbound.p99, Unit::seconds),
                                short_figure(service.queue_max, Unit::count),
                                short_figure(service.utilization, Unit::share),
                                short_figure(service.inbound.attempts, Unit::ratio),
                                short_figure(service.wasted, Unit::share));
        }
    if (left_out > 0) text += fmt::format("\n{} are left out here.\n", counted(left_out, "row"));
    return "<details><summary>services</summary>\n\n" + text + "\n</details>\n\n";
}

std::string about(const RunView& run) {
    std::string text = fmt::format("{} · seed {} · {} of {}", plain(run.record->world),
                                   run.record->seed, counted(run.record->repeats.size(), "repeat"),
                                   Text<Duration>::print(run.record->duration));
    if (!run.provenance->command.empty()) text += " · " + code(run.provenance->command);
    return text + "\n\n";
}

}  // namespace

std::string to_markdown(const std::vector<RunView>& runs) {
    std::string text = "# " + plain(runs.front().record->scenario) + "\n\n";
    for (const RunView& run : runs) {
        if (runs.size() > 1) text += "## " + plain(run.name()) + "\n\n";
        text += "**" + verdict_line(*run.findings, {}) + "**\n\n";
        text += expectations(run);
        for (const std::string& sentence : run.findings->why) text += plain(sentence) + "\n";
        text += run.findings->why.empty() ? "" : "\n";
        for (const Notice& notice : run.findings->notices)
            text += "- ⚠️ " + plain(notice.text) + "\n";
        text += run.findings->notices.empty() ? "" : "\n";
        text += services(run) + about(run);
    }
    return text;
}

}  // namespace shaketable::reports
