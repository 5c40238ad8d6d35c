#include "cli/reading.h"

#include <charconv>
#include <iostream>
#include <limits>
#include <utility>

#include "scenarios/check.h"
#include "scenarios/diagnostics.h"

namespace shaketable::cli {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "a=b" into its halves. False, with a message: there is no "=".
bool split(const std::vector<std::string>& texts, const char* option, const char* form,
           Pairs& into) {
    for (const std::string& text : texts) {
        const std::size_t sign = text.find('=');
        if (sign == std::string::npos || sign == 0) {
            std::cerr << "error: " << option << " " << text << ": expected " << form << "\n";
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

void Input::add_to(CLI::App& command, Options& options) {
    command.add_option("scenario", path, "the scenario file")->required()->type_name("FILE");
    command.add_option("-p,--param", params, "set a parameter; may be repeated")
        ->allow_extra_args(false)
        ->type_name("NAME=VALUE");
    command.add_option("--set", sets, "set any value of the file; may be repeated")
        ->allow_extra_args(false)
        ->type_name("PATH=VALUE");
    options.add_json(command);
    options.add_quiet(command);
    command.get_option("--json")->excludes(command.get_option("--quiet"));
    command.add_flag("--all", options.all, "show every problem, not the first twenty");
}

void RunChoice::add_to(CLI::App& command) {
    command.add_option("--repeats", repeats, "instead of the file's")
        ->check(whole_number(1, 100'000))
        ->type_name("N");
    command
        .add_option_function<std::uint64_t>(
            "--seed", [this](const std::uint64_t& typed) { seed = typed; }, "instead of the file's")
        ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
        ->type_name("N");
}

void RunChoice::apply(scenarios::Run& run) const {
    if (repeats > 0) run.repeats = repeats;
    if (seed) run.seed = *seed;
}

std::string RunChoice::print() const {
    std::string text;
    if (repeats > 0) text += " --repeats " + std::to_string(repeats);
    if (seed) text += " --seed " + std::to_string(*seed);
    return text;
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
    const auto find_problem = [least, most](const std::string& text) -> std::string {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool is_fine = error == std::errc{} && end == text.data() + text.size() &&
                             number >= least && number <= most;
        if (is_fine) return {};
        return "expected a whole number from " + std::to_string(least) + " to " +
               std::to_string(most) + ", found \"" + text + "\"";
    };
    return CLI::Validator{find_problem, ""};
}

std::optional<scenarios::Document> read(const Input& input, Options& options, bool warnings) {
    options.exit_code = invalid;
    scenarios::ReadOptions read_options;
    if (!split(input.params, "-p", "NAME=VALUE", read_options.params) ||
        !split(input.sets, "--set", "PATH=VALUE", read_options.sets))
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
