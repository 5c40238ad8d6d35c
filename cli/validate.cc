// `validate`: everything that is wrong with a scenario, and what looks fragile, without a run.
#include <iostream>
#include <memory>

#include "cli/reading.h"
#include "scenarios/print.h"

namespace shaketable::cli {

void add_validate(CLI::App& app, Options& options) {
    auto* command =
        app.add_subcommand("validate", "check a scenario, and look for fragile settings");
    auto input = std::make_shared<Input>();
    auto print = std::make_shared<bool>(false);
    input->add_to(*command);
    command->add_flag("--print", *print, "print each variant in full, in its canonical form");
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
        std::cout << input->path << " is valid: " << first.services.size() << " services, "
                  << first.workload.size() << " workloads, " << first.faults.size() << " faults, "
                  << first.expect.size() << " expectations, " << document->scenarios.size()
                  << (document->scenarios.size() == 1 ? " variant\n" : " variants\n");
    });
}

}  // namespace shaketable::cli
