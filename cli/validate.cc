// `validate`: everything that is wrong with a scenario, and what looks fragile, without a run.
#include <iostream>
#include <memory>
#include <string>

#include "cli/reading.h"
#include "scenarios/print.h"
#include "scenarios/subsets.h"

namespace shaketable::cli {

namespace {

/// "1 fault", "3 faults".
std::string count(std::size_t number, const std::string& noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

}  // namespace

void add_validate(CLI::App& app, Options& options) {
    auto* command =
        app.add_subcommand("validate", "check a scenario, and look for fragile settings");
    auto input = std::make_shared<Input>();
    auto print = std::make_shared<bool>(false);
    input->add_to(*command, options);
    command->add_flag("--print", *print, "print each variant in full, in its canonical form")
        ->excludes("--json")
        ->excludes("--quiet");
    command->footer("Example:\n  shaketable validate hello.yaml --set services.db.workers=16");
    command->callback([input, print, &options] {
        const auto document = read(*input, options, !options.quiet);
        if (!document || options.quiet || options.json) return;
        if (*print) {
            for (const scenarios::Scenario& scenario : document->scenarios)
                std::cout << (scenario.variant.empty() ? ""
                                                       : "# variant " + scenario.variant + "\n")
                          << scenarios::print(scenario);
            return;
        }
        const scenarios::Scenario& first = document->scenarios.front();
        std::cout << input->path << " is valid: " << count(first.services.size(), "service") << ", "
                  << count(first.workload.size(), "workload") << ", "
                  << count(first.faults.size(), "fault") << ", "
                  << count(first.expect.size(), "expectation") << ", "
                  << count(document->scenarios.size(), "variant") << "\n";
        for (const scenarios::Subsets& subsets :
             scenarios::find_subsets(scenarios::Topology{first}))
            std::cout << scenarios::print(subsets) << "\n";
    });
}

}  // namespace shaketable::cli
