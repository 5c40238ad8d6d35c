// `simulate`: plays every variant in virtual time, judges its expectations, says what it found.
#include "sim/simulate.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>

#include <unistd.h>

#include "cli/outputs.h"
#include "cli/provenance.h"
#include "cli/reading.h"
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
    reports::Provenance provenance;
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

/// Redraws one line on a terminal's standard error; silent elsewhere.
class Progress {
  public:
    explicit Progress(bool on) : on_{on && isatty(STDERR_FILENO) != 0} {}
    void show(const std::string& variant, std::uint32_t done, std::uint32_t of) const {
        if (!on_) return;
        constexpr std::uint32_t width = 30;
        const std::uint32_t filled = of == 0 ? width : done * width / of;
        std::cerr << "\r\x1b[K" << (variant.empty() ? "simulating" : variant) << " ["
                  << std::string(filled, '=') << std::string(width - filled, ' ') << "] " << done
                  << "/" << of << std::flush;
    }
    void clear() const {
        if (on_) std::cerr << "\r\x1b[K" << std::flush;
    }

  private:
    bool on_;
};

bool is_wanted(const Arguments& arguments, const std::string& variant) {
    return arguments.variants.empty() ||
           std::find(arguments.variants.begin(), arguments.variants.end(), variant) !=
               arguments.variants.end();
}

/// Every variant that was asked for must be in the file.
bool check_variants(const Arguments& arguments, const scenarios::Document& document) {
    for (const std::string& wanted : arguments.variants) {
        std::vector<std::string> names;
        for (const scenarios::Scenario& s : document.scenarios) names.push_back(s.variant);
        if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
        const std::string near = nearest(wanted, names);
        std::cerr << "error: no variant \"" << wanted << "\""
                  << (near.empty() ? "" : "; did you mean \"" + near + "\"?") << "\n";
        return false;
    }
    return true;
}

/// What was asked for besides the scenario file, and can show in the result.
std::string options_of(const Arguments& arguments) {
    std::string options;
    if (arguments.repeats > 0) options += " --repeats " + std::to_string(arguments.repeats);
    if (arguments.seed_option->count() > 0) options += " --seed " + std::to_string(arguments.seed);
    return options;
}

void simulate(const Arguments& arguments, Options& options) {
    auto document = read(arguments.input, options, false);
    if (!document) return;
    options.exit_code = invalid;
    if (!check_variants(arguments, *document) || !check_outputs(arguments.outputs)) return;
    const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
    const Progress progress{!options.quiet};
    std::vector<Run> runs;
    int code = success;
    for (std::size_t v = 0; v < document->scenarios.size(); ++v) {
        scenarios::Scenario& scenario = document->scenarios[v];
        if (!is_wanted(arguments, scenario.variant)) continue;
        if (arguments.repeats > 0) scenario.run.repeats = arguments.repeats;
        if (arguments.seed_option->count() > 0) scenario.run.seed = arguments.seed;
        sim::SimulateOptions how;
        how.threads = arguments.threads > 0 ? arguments.threads : cores;
        how.progress = [&](std::uint32_t done, std::uint32_t of) {
            progress.show(scenario.variant, done, of);
        };
        Result<reports::Record, Problems> record = sim::simulate(scenario, how);
        progress.clear();
        if (!record) {
            std::cerr << scenarios::render(record.error(), document->sources,
                                           {.all = options.all, .color = options.color_errors()});
            options.exit_code = could_not_run;
            return;
        }
        reports::Findings findings = reports::assess(scenario, *record);
        code = std::max(code, reports::exit_code(findings));
        reports::Provenance provenance =
            provenance_of(arguments.input, *document, v, options_of(arguments));
        runs.push_back(
            {std::move(scenario), std::move(*record), std::move(findings), std::move(provenance)});
    }
    options.exit_code = code;
    std::vector<std::string> outputs = arguments.outputs;
    if (outputs.empty()) outputs.push_back("runs/" + document->name);
    std::vector<reports::RunView> views;
    for (const Run& run : runs)
        views.push_back({&run.scenario, &run.record, &run.findings, &run.provenance});
    if (!write_outputs(outputs, views)) options.exit_code = could_not_run;
    if (options.quiet) return;
    if (options.json) {
        for (const Run& run : runs)
            std::cout << reports::to_json(run.scenario, run.record, run.findings, run.provenance);
        return;
    }
    const reports::TerminalStyle style{.color = options.color()};
    for (const Run& run : runs)
        std::cout << reports::to_terminal(run.scenario, run.record, run.findings, style) << "\n";
    if (runs.size() > 1) {
        std::vector<reports::VariantResult> variants;
        for (const Run& run : runs) variants.push_back({&run.scenario, &run.record, &run.findings});
        std::cout << reports::to_terminal_comparison(variants, style);
    }
    if (arguments.outputs.empty()) std::cout << "report: " << outputs.front() << "/report.html\n";
}

}  // namespace

void add_simulate(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("simulate", "play a scenario in virtual time and judge it");
    auto arguments = std::make_shared<Arguments>();
    arguments->input.add_to(*command);
    command->add_option(
        "-o,--output", arguments->outputs,
        "a run folder, or a file: report.html, result.json, ...; default runs/NAME");
    command->add_option("--variant", arguments->variants, "only this variant; may be repeated");
    command->add_option("--repeats", arguments->repeats, "instead of the file's")
        ->check(CLI::Range(1U, 100'000U));
    arguments->seed_option =
        command->add_option("--seed", arguments->seed, "instead of the file's");
    command->add_option("--threads", arguments->threads, "repeats side by side; default: all cores")
        ->check(CLI::Range(1U, 256U));
    command->callback([arguments, &options] { simulate(*arguments, options); });
}

}  // namespace shaketable::cli
