// `compare`: what changed between two runs, with intervals and a word for each figure.
#include "reports/compare.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/stored.h"
#include "cli/terminal.h"
#include "reports/render/difference.h"

namespace shaketable::cli {

namespace {

enum class FailOn : std::uint8_t { nothing, regression, difference };

struct CompareArguments {
    std::vector<std::string> runs;
    FailOn fail_on = FailOn::nothing;
    reports::Tolerances tolerances;  ///< in percent until they are used
};

std::string name_of(const std::string& run, const Stored& stored) {
    return stored.result.record.variant.empty() ? run : stored.folder.string();
}

/// One against one whatever their variants; else by the names of the variants. Nothing, with a
/// message: nothing to put side by side.
std::optional<std::vector<std::pair<const Stored*, const Stored*>>> pair_up(
    const std::vector<Stored>& a, const std::vector<Stored>& b) {
    std::vector<std::pair<const Stored*, const Stored*>> pairs;
    if (a.size() == 1 && b.size() == 1) return {{{&a.front(), &b.front()}}};
    const auto variant = [](const Stored& one) { return one.result.record.variant; };
    for (const Stored& one : a)
        for (const Stored& other : b)
            if (variant(one) == variant(other)) pairs.emplace_back(&one, &other);
    if (!pairs.empty()) return pairs;
    std::cerr
        << "error: the two runs have no variant in common\nhelp: name one folder of a variant "
           "each, as in runs/retry-storm/naive runs/retry-storm/budgeted\n";
    return std::nullopt;
}

bool fails(const std::vector<reports::ComparedRuns>& pairs, FailOn on) {
    using reports::Difference;
    const auto is_bad = [&](const Difference& d) {
        if (on == FailOn::regression) return is_regression(d);
        return on == FailOn::difference && d.change != reports::Change::none_seen;
    };
    return std::any_of(pairs.begin(), pairs.end(), [&](const reports::ComparedRuns& pair) {
        return std::any_of(pair.differences.begin(), pair.differences.end(), is_bad);
    });
}

void compare(const CompareArguments& arguments, Options& options) {
    options.exit_code = invalid;
    const auto a = load_run(arguments.runs.at(0));
    const auto b = load_run(arguments.runs.at(1));
    if (!a || !b) return;
    const auto pairs = pair_up(*a, *b);
    if (!pairs) return;
    reports::Tolerances tolerances = arguments.tolerances;
    for (double* part :
         {&tolerances.latency, &tolerances.tail, &tolerances.share, &tolerances.other})
        *part /= 100;
    std::vector<reports::ComparedRuns> compared;
    for (const auto& [one, other] : *pairs)
        compared.push_back({name_of(arguments.runs[0], *one), name_of(arguments.runs[1], *other),
                            one->view(), other->view(),
                            reports::compare(one->view(), other->view(), tolerances)});
    options.exit_code = fails(compared, arguments.fail_on) ? expectation_failed : success;
    if (options.json) {
        std::cout << reports::to_json(compared);
        return;
    }
    if (options.quiet) return;
    const reports::TerminalStyle style{.color = options.color(),
                                       .width = static_cast<int>(terminal_width()),
                                       .unicode = has_unicode()};
    for (const reports::ComparedRuns& pair : compared)
        std::cout << (&pair == compared.data() ? "" : "\n") << reports::to_terminal(pair, style);
}

void add_tolerance(CLI::App& command, const char* flag, double& percent, const char* what) {
    percent *= 100;
    command.add_option(flag, percent, what)
        ->check(CLI::Range(0.0, 1'000.0).description(""))
        ->type_name("PERCENT");
}

}  // namespace

void add_compare(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("compare", "say what changed between two runs");
    auto arguments = std::make_shared<CompareArguments>();
    options.add_json(*command);
    options.add_quiet(*command);
    command->add_option("run", arguments->runs, "two run folders, or result.json files")
        ->expected(2)
        ->required()
        ->type_name("A B");
    command
        ->add_option("--fail-on", arguments->fail_on,
                     "end with 1 on a regression (worse, or outside in the bad direction), or on "
                     "any difference")
        ->transform(CLI::Transformer(
                        std::vector<std::pair<std::string, FailOn>>{
                            {"regression", FailOn::regression}, {"difference", FailOn::difference}})
                        .description(""))
        ->type_name("regression|difference");
    reports::Tolerances& t = arguments->tolerances;
    add_tolerance(*command, "--latency", t.latency,
                  "where there is no interval: tolerance of means and quantiles up to 95% (10)");
    add_tolerance(*command, "--tail", t.tail, "the same of quantiles above (20)");
    add_tolerance(*command, "--share", t.share, "the same of shares, in points (2)");
    add_tolerance(*command, "--other", t.other, "the same of rates, counts and ratios (10)");
    command->footer(
        "Exit codes: 0 compared, 1 --fail-on found something, 2 invalid.\n\n"
        "Example:\n  shaketable compare runs/before runs/after --fail-on regression");
    command->callback([arguments, &options] { compare(*arguments, options); });
}

}  // namespace shaketable::cli
