// `inject`: plays a scenario on real processes, judges it as `simulate` does, and undoes
// everything.
#include "injector/run/inject.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include <unistd.h>

#include "cli/live_block.h"
#include "cli/outputs.h"
#include "cli/provenance.h"
#include "cli/reading.h"
#include "cli/terminal.h"
#include "injector/bindings.h"
#include "injector/plan.h"
#include "reports/assess.h"
#include "reports/render/json.h"
#include "reports/render/terminal.h"
#include "reports/verdict.h"
#include "scenarios/diagnostics.h"

namespace shaketable::cli {

namespace {

struct InjectArguments {
    Input input;
    std::string bindings;
    std::string variant;
    std::vector<std::string> outputs;
    std::string duration_max;
    std::string page;
    std::optional<std::size_t> faults_max;
    RunChoice choice;
    bool stand_ins = false;
    bool dry_run = false;
    bool yes = false;
    bool burn = false;
    bool real_time = false;
};

/// Problems of a plan name fields of the bindings file or of the scenario: each is shown there.
void show(const Problems& problems, const scenarios::Document& document, std::size_t variant,
          const injector::BindingsFile& file, const Options& options) {
    scenarios::Sources sources = document.sources;
    for (const scenarios::Source& source : file.sources.files) sources.files.push_back(source);
    Problems placed = problems;
    for (Problem& problem : placed) {
        if (problem.field.empty() || problem.where.line > 0) continue;
        // What a scenario's service lacks, or a live run cannot do, is said of the scenario.
        const bool of_scenario =
            problem.code == "E301" || problem.code == "E306" || problem.code == "W310";
        const bool of_bindings = !of_scenario && (problem.field.starts_with("services.") ||
                                                  problem.field.starts_with("edges."));
        if (of_bindings && !file.sources.files.empty())
            problem.where = file.where.at(problem.field);
        else if (!of_bindings)
            problem.where = document.where[variant].at(problem.field);
    }
    std::cerr << scenarios::render(placed, sources,
                                   {.all = options.all, .color = options.color_errors()});
}

/// The variant that is meant; none, with a message, where it is not clear which.
std::optional<std::size_t> choose_variant(const InjectArguments& arguments,
                                          const scenarios::Document& document) {
    std::string names;
    for (std::size_t v = 0; v < document.scenarios.size(); ++v) {
        if (document.scenarios[v].variant == arguments.variant || document.scenarios.size() == 1)
            return v;
        names += (names.empty() ? "" : ", ") + document.scenarios[v].variant;
    }
    std::cerr << "error: "
              << (arguments.variant.empty() ? "a live run plays one variant: say --variant"
                                            : "no variant \"" + arguments.variant + "\"")
              << " (" << names << ")\n";
    return std::nullopt;
}

bool confirm(const InjectArguments& arguments) {
    if (arguments.yes) return true;
    if (isatty(STDIN_FILENO) == 0) {
        std::cerr << "error: nobody is there to confirm the plan: say --yes, or look at it with "
                     "--dry-run\n";
        return false;
    }
    std::cerr << "Do this? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

int code_of(const injector::Injected& injected, const reports::Findings* findings) {
    if (!injected.not_undone.empty()) return undo_failed;
    switch (injected.end) {
        case injector::Injected::End::interrupted:
            return 128 + injected.signal;
        case injector::Injected::End::stopped:
            return stopped_by_guard;
        case injector::Injected::End::failed:
            return injected.is_defect ? bug : could_not_run;
        case injector::Injected::End::complete:
            break;
    }
    return findings != nullptr ? reports::exit_code(*findings) : could_not_run;
}

void say_end(const injector::Injected& injected) {
    if (injected.end == injector::Injected::End::complete && injected.not_undone.empty()) return;
    if (!injected.why.empty()) std::cerr << "stopped: " << injected.why << "\n";
    if (injected.is_defect)
        std::cerr << "this is a defect of shaketable; please report it with the scenario\n";
    for (const std::string& what : injected.not_undone) std::cerr << "NOT UNDONE: " << what << "\n";
    if (injected.not_undone.empty()) std::cerr << "everything that was done is undone\n";
}

std::vector<std::string> outputs_of(const InjectArguments& arguments,
                                    const scenarios::Scenario& scenario) {
    if (!arguments.outputs.empty()) return arguments.outputs;
    return {"runs/" + scenario.name + "-live"};
}

void report(const InjectArguments& arguments, Options& options, const scenarios::Scenario& scenario,
            const model::Model& model, const injector::Injected& injected,
            const reports::Provenance& provenance) {
    if (injected.repeats.empty() || injected.end == injector::Injected::End::failed) {
        options.exit_code = code_of(injected, nullptr);
        return;
    }
    reports::Record record = model::describe(model);
    record.world = "live";
    record.repeats = injected.repeats;
    record.traces = injected.traces;
    const reports::Findings findings = reports::assess(scenario, record);
    options.exit_code = code_of(injected, &findings);
    const reports::RunView view{&scenario, &record, &findings, &provenance};
    if (!write_outputs(outputs_of(arguments, scenario), {view}))
        options.exit_code = std::max<int>(options.exit_code, could_not_run);
    if (options.json)
        std::cout << reports::to_json(scenario, record, findings, provenance);
    else if (!options.quiet)
        std::cout << reports::to_terminal(scenario, record, findings,
                                          {.color = options.color(),
                                           .width = static_cast<int>(terminal_width()),
                                           .unicode = has_unicode()});
}

/// What was asked for besides the scenario file, and can show in the result.
std::string options_of(const InjectArguments& arguments) {
    std::string options;
    if (arguments.stand_ins) options += " --stand-ins";
    if (!arguments.bindings.empty()) options += " --bind " + shell_word(arguments.bindings);
    if (arguments.burn) options += " --burn";
    if (arguments.real_time) options += " --real-time";
    return options + arguments.choice.print();
}

void inject(const InjectArguments& arguments, Options& options) {
    auto document = read(arguments.input, options, false);
    if (!document) return;
    options.exit_code = invalid;
    injector::BindingsFile file;
    if (!arguments.bindings.empty()) {
        auto read = injector::read_bindings(arguments.bindings);
        if (!read) {
            std::cerr << scenarios::render(read.error().problems, read.error().sources,
                                           {.all = options.all, .color = options.color_errors()});
            return;
        }
        file = std::move(*read);
    }
    const auto variant = choose_variant(arguments, *document);
    if (!variant) return;
    scenarios::Scenario& scenario = document->scenarios[*variant];
    arguments.choice.apply(scenario.run);
    auto plan =
        injector::make_plan(scenario, file.bindings,
                            {.stand_ins = arguments.stand_ins, .faults_max = arguments.faults_max});
    if (!plan) return show(plan.error(), *document, *variant, file, options);
    Problems warnings = plan->warnings;
    const Problems unwatched = injector::Watch::find_unwatched(scenario);
    warnings.insert(warnings.end(), unwatched.begin(), unwatched.end());
    if (arguments.dry_run || !options.quiet) std::cerr << injector::print(*plan);
    if (!warnings.empty()) show(warnings, *document, *variant, file, options);
    if (arguments.dry_run) {
        options.exit_code = success;
        return;
    }
    if (!prepare_outputs(outputs_of(arguments, scenario), {scenario.variant}, options)) return;
    options.exit_code = invalid;
    if (!confirm(arguments)) return;
    auto sockets = injector::open_sockets(*plan);
    options.exit_code = could_not_run;
    if (!sockets) return show(sockets.error(), *document, *variant, file, options);
    injector::InjectOptions how;
    how.burn = arguments.burn;
    if (!arguments.duration_max.empty()) {
        const Result<Duration> longest = Text<Duration>::parse(arguments.duration_max);
        if (longest) how.duration_max = *longest;
    }
    if (!arguments.page.empty()) {
        const auto page = injector::proxy::Address::parse(arguments.page);
        if (page) how.page = *page;
        how.listening = [](const injector::proxy::Address& address) {
            std::cerr << "this run: http://" << address.print()
                      << "/metrics, /events and /v1/faults" << std::endl;
        };
    }
    how.real_time = arguments.real_time;
    std::optional<LiveBlock> block;
    how.begins = [&](const injector::Plan& now) {
        block.reset();
        block.emplace(now, !options.quiet);
    };
    how.progress = [&](const injector::Watch& watch, Time now) { block->show(watch, now); };
    const injector::Injected injected = injector::inject_repeats(*plan, std::move(*sockets), how);
    block.reset();  // its lines go before others come
    for (const std::string& what : injected.put_right)
        if (!options.quiet) std::cerr << "left behind by a former run: " << what << "\n";
    if (!injected.problems.empty()) show(injected.problems, *document, *variant, file, options);
    report(arguments, options, scenario, plan->model, injected,
           provenance_of(arguments.input, *document, *variant, "inject", options_of(arguments)));
    say_end(injected);
}

}  // namespace

void add_inject(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("inject", "play a scenario on real processes and judge it");
    auto arguments = std::make_shared<InjectArguments>();
    arguments->input.add_to(*command, options);
    command->add_option("--bind", arguments->bindings,
                        "where your own services live (a YAML file)");
    command->add_flag("--stand-ins", arguments->stand_ins,
                      "play services that are not bound by stand-ins");
    command->add_option("--variant", arguments->variant, "the variant to play");
    command->add_flag("--dry-run", arguments->dry_run, "print the plan and do nothing");
    command->add_flag("-y,--yes", arguments->yes, "do it without asking");
    command->add_flag("--burn", arguments->burn, "the work of stand-ins is real computing");
    command->add_flag("--real-time", arguments->real_time,
                      "our processes go before all others, where the system lets them");
    command
        ->add_option("--max-duration", arguments->duration_max,
                     "stop what is longer, repeats together (a duration like 5m)")
        ->check([](const std::string& text) {
            const Result<Duration> duration = Text<Duration>::parse(text);
            return duration ? std::string{} : duration.error().message;
        });
    command
        ->add_option("--max-active-faults", arguments->faults_max,
                     "refuse what would make more faults than that act at once")
        ->check(whole_number(0, 100'000));
    command
        ->add_option("--listen", arguments->page,
                     "serve /metrics, /events and /v1/faults while it runs (loopback)")
        ->check([](const std::string& text) {
            const auto address = injector::proxy::Address::parse(text);
            if (!address) return address.error().message;
            return address->is_loopback() ? std::string{} : text + " is not loopback";
        })
        ->type_name("ADDRESS");
    command
        ->add_option("-o,--output", arguments->outputs,
                     "a run folder or a file; default runs/NAME-live")
        ->allow_extra_args(false)
        ->type_name("PATH");
    arguments->choice.add_to(*command);
    command->footer("Example:\n  shaketable inject hello.yaml --stand-ins --dry-run");
    command->callback([arguments, &options] { inject(*arguments, options); });
}

}  // namespace shaketable::cli
