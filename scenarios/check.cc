#include "scenarios/check.h"

#include <utility>

#include "scenarios/diagnostics.h"
#include "scenarios/lint/lint.h"
#include "scenarios/text/variant_problems.h"
#include "scenarios/validate.h"

namespace shaketable::scenarios {

namespace {

/// What `judge` says about each variant.
template <class Judge>
Problems problems_of(const Document& document, Judge judge) {
    text::VariantProblems all;
    for (std::size_t v = 0; v < document.scenarios.size(); ++v) {
        const Locations& locations = document.where[v];
        const Scenario& scenario = document.scenarios[v];
        all.add(judge(scenario, [&](std::string_view path) { return locations.at(path); }),
                scenario.variant);
    }
    Problems problems = std::move(all).take(document.scenarios.size());
    sort_problems(problems, document.sources);
    return problems;
}

Result<Document, Failure> check(Result<Document, Failure> read) {
    if (!read) return read;
    Problems problems = problems_of(*read, validate);
    if (problems.empty()) return read;
    return Unexpected{Failure{std::move(problems), std::move(read->sources)}};
}

}  // namespace

Result<Document, Failure> check_file(const std::string& path, const ReadOptions& options) {
    return check(read_file(path, options));
}

Result<Document, Failure> check_text(const std::string& name, std::string_view text,
                                     const ReadOptions& options) {
    return check(read_text(name, text, options));
}

Problems lint(const Document& document) {
    return problems_of(document, [](const Scenario& scenario, const Locate& where) {
        return lint(scenario, where);
    });
}

}  // namespace shaketable::scenarios
