#include <algorithm>

#include <fmt/format.h>

#include "base/field.h"
#include "reports/render/figures.h"
#include "reports/render/formats.h"
#include "reports/render/html.h"

namespace shaketable::reports {

namespace {

/// What came of it, in one line.
std::string outcome_of(const Finding& finding) {
    const scenarios::Claim& claim = finding.expectation.that;
    if (finding.verdict == Verdict::no_samples) return "no samples";
    return fmt::format("{}; the limit is {}; held in {} of {} repeats",
                       figure(finding.value, claim.unit), figure(claim.limit, claim.unit),
                       finding.held, finding.judged);
}

std::string test_case(const RunView& run, std::size_t index) {
    const Finding& finding = run.findings->expectations[index];
    std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
                                   escaped(run.name()), escaped(finding.expectation.that.text));
    const Anchor* at = run.provenance->find(fmt::format("expect[{}]", index));
    if (at != nullptr) text += fmt::format(" file=\"{}\" line=\"{}\"", escaped(at->file), at->line);
    text += ">\n";
    std::string lines = outcome_of(finding);
    for (const std::string& note : finding.notes) lines += "\n" + harmless(note);
    const std::string_view element = finding.fails() ? "failure" : "system-out";
    text += fmt::format("      <{}", element);
    if (finding.fails())
        text += fmt::format(" type=\"{}\" message=\"{}\"", name_of(finding.verdict),
                            escaped(outcome_of(finding)));
    std::string body;
    for (std::size_t from = 0; from <= lines.size();) {
        const std::size_t to = std::min(lines.find('\n', from), lines.size());
        body += (body.empty() ? "" : "\n") + escaped(lines.substr(from, to - from));
        from = to + 1;
    }
    return text + fmt::format(">{}</{}>\n    </testcase>\n", body, element);
}

}  // namespace

std::string to_junit(const std::vector<RunView>& runs) {
    std::string suites;
    std::size_t all = 0, failed = 0;
    for (const RunView& run : runs) {
        const std::vector<Finding>& found = run.findings->expectations;
        const auto broken = static_cast<std::size_t>(
            std::count_if(found.begin(), found.end(), [](const Finding& f) { return f.fails(); }));
        suites += fmt::format(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" "
            "time=\"0\">\n    <properties>\n      <property name=\"seed\" value=\"{}\"/>\n"
            "      <property name=\"command\" value=\"{}\"/>\n    </properties>\n",
            escaped(run.name()), found.size(), broken, run.record->seed,
            escaped(run.provenance->command));
        for (std::size_t i = 0; i < found.size(); ++i) suites += test_case(run, i);
        suites += "  </testsuite>\n";
        all += found.size();
        failed += broken;
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" "
        "failures=\"{}\" errors=\"0\" time=\"0\">\n{}</testsuites>\n",
        escaped(runs.front().record->scenario), all, failed, suites);
}

}  // namespace shaketable::reports
