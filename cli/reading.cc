#include "cli/reading.h"

#include <iostream>
#include <utility>

#include "scenarios/diagnostics.h"
#include "scenarios/lint/lint.h"
#include "scenarios/validate.h"

namespace shaketable::cli {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "a=b" into its halves. False, with a message: there is no "=".
bool split(const std::vector<std::string>& texts, const char* option, Pairs& into) {
    for (const std::string& text : texts) {
        const std::size_t sign = text.find('=');
        if (sign == std::string::npos || sign == 0) {
            std::cerr << "error: " << option << " " << text << ": expected NAME=VALUE\n";
            return false;
        }
        into.emplace_back(text.substr(0, sign), text.substr(sign + 1));
    }
    return true;
}

void print(const Problems& problems, const scenarios::Sources& sources, const Options& options) {
    if (options.json)
        std::cout << scenarios::render_json(problems, sources);
    else
        std::cerr << scenarios::render(problems, sources,
                                       {.all = options.all, .color = options.color_errors()});
}

bool has_error(const Problems& problems) {
    for (const Problem& problem : problems)
        if (problem.severity == Severity::error) return true;
    return false;
}

}  // namespace

void Input::add_to(CLI::App& command) {
    command.add_option("scenario", path, "the scenario file")->required();
    command.add_option("-p,--param", params, "a parameter: NAME=VALUE")->take_all();
    command.add_option("--set", sets, "any value of the file: PATH=VALUE")->take_all();
}

std::optional<scenarios::Document> read(const Input& input, Options& options, bool warnings) {
    options.exit_code = invalid;
    scenarios::ReadOptions read_options;
    if (!split(input.params, "-p", read_options.params) ||
        !split(input.sets, "--set", read_options.sets))
        return std::nullopt;
    Result<scenarios::Document, scenarios::Failure> document =
        scenarios::read_file(input.path, read_options);
    if (!document) {
        print(document.error().problems, document.error().sources, options);
        return std::nullopt;
    }
    Problems problems = document->warnings;
    for (std::size_t v = 0; v < document->scenarios.size(); ++v) {
        const scenarios::Locations& locations = document->where[v];
        const auto where = [&](std::string_view path) { return locations.at(path); };
        for (Problem& problem : scenarios::validate(document->scenarios[v], where))
            problems.push_back(std::move(problem));
        if (!warnings || has_error(problems)) continue;
        for (Problem& problem : scenarios::lint(document->scenarios[v], where))
            problems.push_back(std::move(problem));
    }
    scenarios::sort_problems(problems, document->sources);
    const bool failed = has_error(problems);
    if (!warnings && !failed) problems.clear();
    if (!problems.empty() || (options.json && warnings))
        print(problems, document->sources, options);
    if (failed) return std::nullopt;
    options.exit_code = success;
    return std::move(*document);
}

}  // namespace shaketable::cli
