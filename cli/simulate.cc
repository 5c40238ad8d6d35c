// `simulate`: plays every variant in virtual time, judges its expectations, says what it found.
#include "sim/simulate.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/provenance.h"
#include "cli/reading.h"
#include "cli/terminal.h"
#include "reports/assess.h"
#include "reports/precision.h"
#include "reports/render/comparison.h"
#include "reports/render/json.h"
#include "reports/render/terminal.h"
#include "reports/verdict.h"
#include "scenarios/diagnostics.h"
#include "sim/verify.h"

namespace shaketable::cli {

namespace {

/// One variant, played and judged.
struct Run {
    scenarios::Scenario scenario;
    reports::Record record;
    reports::Findings findings;
    reports::Provenance provenance;
};

struct SimulateArguments {
    Input input;
    std::vector<std::string> outputs;
    std::vector<std::string> variants;
    RunChoice choice;
    std::uint32_t threads = 0;
    bool verify = false;
};

/// Keeps the variants that were asked for. False, with a message: one of them is not in the file.
bool choose_variants(const SimulateArguments& arguments, scenarios::Document& document) {
    std::vector<scenarios::Scenario>& scenarios = document.scenarios;
    if (arguments.variants.empty()) return true;
    std::vector<std::string> names;
    for (const scenarios::Scenario& scenario : scenarios)
        if (!scenario.variant.empty()) names.push_back(scenario.variant);
    for (const std::string& wanted : arguments.variants) {
        if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
        const std::string near = nearest(wanted, names);
        std::cerr << "error: unknown variant \"" << wanted << "\"";
        if (!near.empty()) std::cerr << "; did you mean \"" << near << "\"?";
        std::cerr << (names.empty() ? "\nthe scenario has no variants" : "\nits variants:");
        for (const std::string& name : names) std::cerr << " " << name;
        std::cerr << "\n";
        return false;
    }
    for (std::size_t v = scenarios.size(); v-- > 0;) {
        if (std::find(arguments.variants.begin(), arguments.variants.end(), scenarios[v].variant) !=
            arguments.variants.end())
            continue;
        scenarios.erase(scenarios.begin() + static_cast<std::ptrdiff_t>(v));
        document.where.erase(document.where.begin() + static_cast<std::ptrdiff_t>(v));
    }
    return true;
}

/// Plays it again, and says how that went. False: it was not the same.
bool is_the_same(const scenarios::Scenario& scenario, const reports::Record& record,
                 const Options& options, Progress& progress) {
    const sim::Verified verified = sim::verify(
        scenario, record,
        [&](std::uint32_t done, std::uint32_t of) { progress.show("verifying", done, of); });
    if (verified.divergence) {
        std::cerr << "error: the same seed gave another run: " << sim::print(*verified.divergence)
                  << "\nthis is a defect of shaketable, or of this machine's memory; please "
                     "report it with the scenario\n";
        return false;
    }
    if (!options.quiet)
        std::cerr << "verified: " << record.repeats.size() << " repeats, " << verified.events
                  << " events, played twice more: the same\n";
    return true;
}

/// Plays all of them. No value, with a message and the exit code set: one could not be played.
std::optional<std::vector<Run>> play(const SimulateArguments& arguments,
                                     scenarios::Document document, Options& options) {
    const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
    auto progress = std::make_unique<Progress>(!options.quiet);
    std::vector<Run> runs;
    for (std::size_t v = 0; v < document.scenarios.size(); ++v) {
        scenarios::Scenario& scenario = document.scenarios[v];
        reports::Provenance provenance =
            provenance_of(arguments.input, document, v, "simulate", arguments.choice.print());
        arguments.choice.apply(scenario.run);
        const std::string what = scenario.variant.empty() ? "simulating" : scenario.variant;
        progress->show(what, 0, scenario.run.repeats_least());
        sim::SimulateOptions how;
        how.threads = arguments.threads > 0 ? arguments.threads : cores;
        how.progress = [&](std::uint32_t done, std::uint32_t of) {
            progress->show(what, done, of);
        };
        how.wanted = [&](const reports::Record& so_far) {
            return reports::repeats_wanted(scenario, so_far);
        };
        Result<reports::Record, Problems> record = sim::simulate(scenario, how);
        if (!record) {
            progress.reset();  // its line goes before others come
            std::cerr << scenarios::render(record.error(), document.sources,
                                           {.all = options.all, .color = options.color_errors()});
            options.exit_code = could_not_run;
            return std::nullopt;
        }
        if (arguments.verify && !is_the_same(scenario, *record, options, *progress)) {
            options.exit_code = could_not_run;
            return std::nullopt;
        }
        reports::Findings findings = reports::assess(scenario, *record);
        options.exit_code = std::max(options.exit_code, reports::exit_code(findings));
        runs.push_back(
            {std::move(scenario), std::move(*record), std::move(findings), std::move(provenance)});
    }
    return runs;
}

void print_json(const std::vector<Run>& runs) {
    if (runs.size() > 1) std::cout << "[\n";
    for (const Run& run : runs)
        std::cout << (&run == runs.data() ? "" : ",\n")
                  << reports::to_json(run.scenario, run.record, run.findings, run.provenance);
    if (runs.size() > 1) std::cout << "]\n";
}

void print_text(const std::vector<Run>& runs, const Options& options) {
    const reports::TerminalStyle style{.color = options.color(),
                                       .width = static_cast<int>(terminal_width()),
                                       .unicode = has_unicode()};
    for (const Run& run : runs)
        std::cout << (&run == runs.data() ? "" : "\n")
                  << reports::to_terminal(run.scenario, run.record, run.findings, style);
    if (runs.size() < 2) return;
    std::vector<reports::VariantResult> variants;
    for (const Run& run : runs) variants.push_back({&run.scenario, &run.record, &run.findings});
    std::cout << "\n" << reports::to_terminal_comparison(variants, style);
}

void simulate(const SimulateArguments& arguments, Options& options) {
    auto document = read(arguments.input, options, false);
    if (!document) return;
    options.exit_code = invalid;
    if (!choose_variants(arguments, *document)) return;
    std::vector<std::string> outputs = arguments.outputs;
    if (outputs.empty()) outputs.push_back("runs/" + document->name);
    std::vector<std::string> variants;
    for (const scenarios::Scenario& scenario : document->scenarios)
        variants.push_back(scenario.variant);
    if (!prepare_outputs(outputs, variants, options)) return;
    options.exit_code = success;
    const auto runs = play(arguments, *std::move(document), options);
    if (!runs) return;
    std::vector<reports::RunView> views;
    for (const Run& run : *runs)
        views.push_back({&run.scenario, &run.record, &run.findings, &run.provenance});
    if (!write_outputs(outputs, views)) options.exit_code = could_not_run;
    if (options.json)
        print_json(*runs);
    else if (!options.quiet)
        print_text(*runs, options);
    if (!options.json && !options.quiet && arguments.outputs.empty())
        std::cout << "report: " << outputs.front() << "/report.html\n";
}

}  // namespace

void add_simulate(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("simulate", "play a scenario in virtual time and judge it");
    auto arguments = std::make_shared<SimulateArguments>();
    arguments->input.add_to(*command, options);
    command
        ->add_option("-o,--output", arguments->outputs,
                     "a run folder or a file, by its ending; may be repeated")
        ->allow_extra_args(false)
        ->type_name("PATH");
    command->add_option("--variant", arguments->variants, "only this variant; may be repeated")
        ->allow_extra_args(false)
        ->type_name("NAME");
    arguments->choice.add_to(*command);
    command->add_option("--threads", arguments->threads, "repeats side by side; default: all cores")
        ->check(whole_number(1, 256))
        ->type_name("N");
    command->add_flag("--verify", arguments->verify,
                      "play it again, and name the event that differs");
    command->footer("Example:\n  shaketable simulate hello.yaml --repeats 10 -o runs/hello");
    command->callback([arguments, &options] { simulate(*arguments, options); });
}

}  // namespace shaketable::cli
