#include "reports/render/terminal.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/quantity.h"
#include "reports/render/figures.h"
#include "reports/render/service_table.h"
#include "reports/render/timeline.h"
#include "reports/summary.h"
#include "reports/verdict.h"

namespace shaketable::reports {

namespace {

constexpr std::size_t value_width = 22;
constexpr std::size_t held_width = 9;

std::size_t width_of(const TerminalStyle& style) {
    return static_cast<std::size_t>(std::max(style.width, 80));
}

std::string title(const Record& record, const TerminalStyle& style) {
    const Paint paint{style};
    std::uint64_t requests = 0;
    for (const Repeat& repeat : record.repeats) requests += repeat.requests;
    std::string name = harmless(record.scenario);
    if (!record.variant.empty()) name.append(paint.dot()).append(harmless(record.variant));
    std::string facts = harmless(record.world);
    facts.append(paint.dot()).append(fmt::format("seed {}", record.seed));
    facts.append(paint.dot())
        .append(counted(record.repeats.size(), "repeat"))
        .append(" of ")
        .append(Text<Duration>::print(record.duration));
    facts.append(paint.dot()).append(counted(requests, "request"));
    const std::size_t room = width_of(style) - std::min(columns(facts) + 2, width_of(style) - 20);
    return paint.bold(left(name, room, paint.ascii())) + "  " + paint.dim(facts) + "\n";
}

/// "112.3 ± 3.1 ms"; a lower bound is marked as one.
std::string value_of(const Finding& finding, const Paint& paint) {
    const scenarios::Unit unit = finding.expectation.that.unit;
    if (finding.open_ended == 0) return figure(finding.value, unit, paint.ascii());
    return (paint.ascii() ? ">= " : "≥ ") + short_figure(finding.value, unit);
}

/// Why more repeats could change the verdict.
std::string uncertainty(const Finding& finding) {
    if (finding.open_ended > 0)
        return fmt::format("uncertain: it held in {} of {} repeats", finding.held, finding.judged);
    return "uncertain: the limit lies within the 95% interval; more repeats would tell";
}

std::string expectation(const Finding& finding, std::size_t repeats, const TerminalStyle& style) {
    const Paint paint{style};
    const std::size_t room = width_of(style) - 4 - value_width - held_width;
    std::string claim = harmless(finding.expectation.that.text);
    std::string text = "  " + paint.mark(finding.verdict) + " ";
    if (columns(claim) > room) {  // too long for one line: the figures stand below its end
        text += claim + "\n    ";
        claim.clear();
    }
    text += left(claim, room) + right(value_of(finding, paint), value_width, paint.ascii());
    if (repeats > 1 && finding.judged > 0)
        text += right(fmt::format("{}/{}", finding.held, finding.judged), held_width);
    text += "\n";
    std::vector<std::string> notes = finding.notes;
    if (finding.uncertain) notes.push_back(uncertainty(finding));
    for (const std::string& note : notes)
        text += paint.dim(wrapped(harmless(note), width_of(style), "      ")) + "\n";
    return text;
}

std::string expectations(const Findings& findings, std::size_t repeats,
                         const TerminalStyle& style) {
    if (findings.expectations.empty()) return {};
    const Paint paint{style};
    const std::size_t room = width_of(style) - value_width - held_width;
    std::string head =
        left("EXPECTATIONS", room) + right(repeats > 1 ? "mean, 95%" : "value", value_width);
    if (repeats > 1) head += right("held in", held_width);
    std::string text = paint.bold(head) + "\n";
    for (const Finding& finding : findings.expectations)
        text += expectation(finding, repeats, style);
    if (repeats == 1)
        text += paint.dim("  One repeat has no interval: `run: {repeats: 10}` would give one.\n");
    return text + "\n";
}

std::string notices(const Findings& findings, const TerminalStyle& style) {
    if (findings.notices.empty()) return {};
    const Paint paint{style};
    std::string text = paint.bold("NOTICES") + "\n";
    for (const Notice& notice : findings.notices) {
        const std::string line = wrapped(harmless(notice.text), width_of(style), "    ").substr(4);
        const bool error = notice.severity == scenarios::FindingSeverity::error;
        text += "  " + paint.mark(error ? Verdict::broken : Verdict::warned) + " " + line + "\n";
    }
    return text + "\n";
}

std::string why(const Findings& findings, const TerminalStyle& style) {
    if (findings.why.empty()) return {};
    std::string all;
    for (const std::string& sentence : findings.why)
        all += (all.empty() ? "" : " ") + harmless(sentence);
    return Paint{style}.bold("WHY") + "\n" + wrapped(all, width_of(style), "  ") + "\n\n";
}

}  // namespace

std::string verdict_line(const Findings& findings, const TerminalStyle& style) {
    const Paint paint{style};
    const std::size_t all = findings.expectations.size();
    std::size_t failed = 0, warned = 0, uncertain = 0;
    for (const Finding& finding : findings.expectations) {
        if (finding.fails())
            ++failed;
        else if (finding.verdict != Verdict::hold)
            ++warned;
        if (finding.uncertain) ++uncertain;
    }
    const bool good = all_hold(findings);
    std::string text =
        failed > 0   ? fmt::format("{} of {} failed", failed, counted(all, "expectation"))
        : !good      ? "the record does not balance"
        : all == 0   ? "nothing was expected"
        : warned > 0 ? fmt::format("{} of {} hold", all - warned, counted(all, "expectation"))
        : all == 1   ? "the expectation holds"
                     : fmt::format("all {} hold", counted(all, "expectation"));
    if (warned > 0) text += ", " + counted(warned, "warning");
    if (uncertain > 0) text += fmt::format(", {} uncertain", uncertain);
    return paint.mark(good ? Verdict::hold : Verdict::broken) + " " +
           paint.bold(good ? paint.green(text) : paint.red(text));
}

std::string to_terminal(const scenarios::Scenario& scenario, const Record& record,
                        const Findings& findings, const TerminalStyle& style) {
    std::string text = title(record, style) + "\n";
    text += expectations(findings, record.repeats.size(), style);
    if (!record.services.empty())
        text += service_table(record, summarize(scenario, record), style) + "\n";
    if (const std::string chart = timeline(record, style); !chart.empty()) text += chart + "\n";
    text += notices(findings, style);
    text += why(findings, style);
    return text + verdict_line(findings, style) + "\n";
}

}  // namespace shaketable::reports
