// `simulate`: plays every variant in virtual time, judges its expectations, says what it found.
#include "sim/simulate.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <thread>

#include "cli/progress.h"
#include "cli/reading.h"
#include "cli/terminal.h"
#include "reports/assess.h"
#include "reports/render/comparison.h"
#include "reports/render/json.h"
#include "reports/render/terminal.h"
#include "reports/verdict.h"
#include "scenarios/diagnostics.h"

namespace shaketable::cli {

namespace {

/// One variant, played and judged.
struct Run {
    scenarios::Scenario scenario;
    reports::Record record;
    reports::Findings findings;
};

struct Arguments {
    Input input;
    std::vector<std::string> outputs;
    std::vector<std::string> variants;
    std::uint32_t repeats = 0;
    std::uint64_t seed = 0;
    std::uint32_t threads = 0;
    CLI::Option* seed_option = nullptr;
};

/// Keeps the variants that were asked for. False, with a message: one of them is not in the file.
bool choose_variants(const Arguments& arguments, std::vector<scenarios::Scenario>& scenarios) {
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
    std::erase_if(scenarios, [&](const scenarios::Scenario& scenario) {
        return std::find(arguments.variants.begin(), arguments.variants.end(), scenario.variant) ==
               arguments.variants.end();
    });
    return true;
}

bool is_json_file(const std::string& output) {
    return std::filesystem::path{output}.extension() == ".json";
}

/// `result.json` of a run folder, or the file that was named.
std::string result_path(const std::string& output, const std::string& variant) {
    if (is_json_file(output)) return output;
    return (std::filesystem::path{output} / variant / "result.json").string();
}

/// Makes the folders of all results, so that a run that cannot be kept is not begun. Sets the exit
/// code where it cannot.
bool prepare_outputs(const std::vector<std::string>& outputs,
                     const std::vector<scenarios::Scenario>& scenarios, Options& options) {
    for (const std::string& output : outputs) {
        const bool is_one_file = is_json_file(output);
        if (output.empty() || (is_one_file && scenarios.size() > 1)) {
            std::cerr << "error: -o " << output << ": "
                      << (output.empty() ? "the name is empty"
                                         : "one file cannot hold several variants")
                      << "; name a folder" << (is_one_file ? ", or choose one with --variant" : "")
                      << "\n";
            options.exit_code = invalid;
            return false;
        }
        for (const scenarios::Scenario& scenario : scenarios) {
            const std::filesystem::path path{result_path(output, scenario.variant)};
            std::error_code error;
            if (path.has_parent_path())
                std::filesystem::create_directories(path.parent_path(), error);
            if (!error && !std::filesystem::is_directory(path)) continue;
            std::cerr << "error: cannot write " << path.string() << ": "
                      << (error ? error.message() : "it is a folder") << "\n";
            options.exit_code = could_not_run;
            return false;
        }
    }
    return true;
}

/// Plays all of them. No value, with a message and the exit code set: one could not be played.
std::optional<std::vector<Run>> play(const Arguments& arguments,
                                     std::vector<scenarios::Scenario> scenarios,
                                     const scenarios::Sources& sources, Options& options) {
    const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
    Progress progress{!options.quiet};
    std::vector<Run> runs;
    for (scenarios::Scenario& scenario : scenarios) {
        if (arguments.repeats > 0) scenario.run.repeats = arguments.repeats;
        if (arguments.seed_option->count() > 0) scenario.run.seed = arguments.seed;
        const std::string what = scenario.variant.empty() ? "simulating" : scenario.variant;
        progress.show(what, 0, scenario.run.repeats);
        sim::SimulateOptions how;
        how.threads = arguments.threads > 0 ? arguments.threads : cores;
        how.progress = [&](std::uint32_t done, std::uint32_t of) { progress.show(what, done, of); };
        Result<reports::Record, Problems> record = sim::simulate(scenario, how);
        if (!record) {
            std::cerr << scenarios::render(record.error(), sources,
                                           {.all = options.all, .color = options.color_errors()});
            options.exit_code = could_not_run;
            return std::nullopt;
        }
        reports::Findings findings = reports::assess(scenario, *record);
        options.exit_code = std::max(options.exit_code, reports::exit_code(findings));
        runs.push_back({std::move(scenario), std::move(*record), std::move(findings)});
    }
    return runs;
}

void print_json(const std::vector<Run>& runs) {
    if (runs.size() > 1) std::cout << "[\n";
    for (const Run& run : runs)
        std::cout << (&run == runs.data() ? "" : ",\n")
                  << reports::to_json(run.scenario, run.record, run.findings);
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

void simulate(const Arguments& arguments, Options& options) {
    auto document = read(arguments.input, options, false);
    if (!document) return;
    options.exit_code = invalid;
    if (!choose_variants(arguments, document->scenarios)) return;
    options.exit_code = success;
    std::vector<std::string> outputs = arguments.outputs;
    if (outputs.empty()) outputs.push_back("runs/" + document->name);
    if (!prepare_outputs(outputs, document->scenarios, options)) return;
    const auto runs = play(arguments, std::move(document->scenarios), document->sources, options);
    if (!runs) return;
    for (const std::string& output : outputs)
        for (const Run& run : *runs)
            if (!write_file(result_path(output, run.scenario.variant),
                            reports::to_json(run.scenario, run.record, run.findings)))
                options.exit_code = could_not_run;
    if (options.json)
        print_json(*runs);
    else if (!options.quiet)
        print_text(*runs, options);
}

}  // namespace

void add_simulate(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("simulate", "play a scenario in virtual time and judge it");
    auto arguments = std::make_shared<Arguments>();
    arguments->input.add_to(*command, options);
    command
        ->add_option("-o,--output", arguments->outputs,
                     "a run folder, or a .json file; default runs/NAME")
        ->allow_extra_args(false)
        ->type_name("PATH");
    command->add_option("--variant", arguments->variants, "only this variant; may be repeated")
        ->allow_extra_args(false)
        ->type_name("NAME");
    command->add_option("--repeats", arguments->repeats, "instead of the file's")
        ->check(whole_number(1, 100'000))
        ->type_name("N");
    arguments->seed_option = command->add_option("--seed", arguments->seed, "instead of the file's")
                                 ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
                                 ->type_name("N");
    command->add_option("--threads", arguments->threads, "repeats side by side; default: all cores")
        ->check(whole_number(1, 256))
        ->type_name("N");
    command->footer("Example:\n  shaketable simulate hello.yaml --repeats 10 -o runs/hello");
    command->callback([arguments, &options] { simulate(*arguments, options); });
}

}  // namespace shaketable::cli
