#include "cli/reading.h"

#include <iostream>
#include <utility>

#include "scenarios/check.h"
#include "scenarios/diagnostics.h"

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
        scenarios::check_file(input.path, read_options);
    if (!document) {
        print(document.error().problems, document.error().sources, options);
        return std::nullopt;
    }
    options.exit_code = success;
    if (warnings) print(scenarios::lint(*document), document->sources, options);
    return std::move(*document);
}

}  // namespace shaketable::cli
