#include <fmt/format.h>

#include "base/field.h"
#include "reports/render/figures.h"
#include "reports/render/formats.h"

namespace shaketable::reports {

namespace {

/// As data of a workflow command, or as the value of one of its properties.
/// Source: actions/toolkit, packages/core/src/command.ts
std::string encoded(std::string_view text, bool property) {
    std::string out;
    for (const char c : text) {
        const bool special =
            c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        if (special)
            out += fmt::format("%{:02X}", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out;
}

std::string command(std::string_view level, const std::string& file, int line,
                    const std::string& title, const std::string& message) {
    std::string text = fmt::format("::{} ", level);
    if (line > 0) text += fmt::format("file={},line={},", encoded(harmless(file), true), line);
    return text + fmt::format("title={}::{}\n", encoded(harmless(title), true),
                              encoded(harmless(message), false));
}

std::string of_finding(const RunView& run, std::size_t index) {
    const Finding& finding = run.findings->expectations[index];
    if (finding.verdict == Verdict::hold) return {};
    const scenarios::Claim& claim = finding.expectation.that;
    const Anchor* at = run.provenance->find(fmt::format("expect[{}]", index));
    const std::string value =
        finding.verdict == Verdict::no_samples
            ? "no samples"
            : figure(finding.value, claim.unit) + ", held in " +
                  fmt::format("{} of {} repeats", finding.held, finding.judged);
    return command(finding.fails() ? "error" : "warning", at == nullptr ? "" : at->file,
                   at == nullptr ? 0 : at->line,
                   run.name() + (finding.fails() ? ": expectation failed" : ": warning"),
                   claim.text + " -- " + value);
}

}  // namespace

std::string to_github(const std::vector<RunView>& runs) {
    std::string text;
    for (const RunView& run : runs) {
        for (std::size_t i = 0; i < run.findings->expectations.size(); ++i)
            text += of_finding(run, i);
        for (const Notice& notice : run.findings->notices)
            text += command(name_of(notice.severity) == "error" ? "error" : "warning", "", 0,
                            run.name() + ": " + notice.kind, notice.text);
    }
    // Variants share their file, so a note of the lint may come from several of them.
    Problems told;
    for (const RunView& run : runs)
        for (const Problem& problem : run.provenance->lint) {
            bool known = false;
            for (const Problem& one : told) known = known || one == problem;
            if (known) continue;
            told.push_back(problem);
            text += command("notice", problem.where.file, problem.where.line, problem.code,
                            problem.message + (problem.hint.empty() ? "" : ": " + problem.hint));
        }
    return text;
}

}  // namespace shaketable::reports
