// `graph`: who calls whom, as a text that Graphviz or Mermaid draws.
#include <iostream>
#include <memory>

#include "cli/reading.h"
#include "reports/render/topology_text.h"

namespace shaketable::cli {

void add_graph(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("graph", "the topology of a scenario, as DOT or Mermaid");
    auto input = std::make_shared<Input>();
    auto format = std::make_shared<std::string>("dot");
    input->add_to(*command, options);
    command->add_option("--format", *format, "dot or mermaid; default dot")
        ->check(CLI::IsMember({"dot", "mermaid"}))
        ->type_name("FORMAT");
    command->footer("Example:\n  shaketable graph hello.yaml | dot -Tsvg > hello.svg");
    command->callback([input, format, &options] {
        const auto document = read(*input, options, false);
        if (!document) return;
        const scenarios::Scenario& scenario = document->scenarios.front();
        std::cout << (*format == "dot" ? reports::to_dot(scenario) : reports::to_mermaid(scenario));
    });
}

}  // namespace shaketable::cli
