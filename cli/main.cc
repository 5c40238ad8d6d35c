// The front door: parses the command line and hands over to one command.
#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/quantity.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace shaketable::cli {

bool Options::color() const {
    return !no_color && may_color(STDOUT_FILENO);
}
bool Options::color_errors() const {
    return !no_color && may_color(STDERR_FILENO);
}
void Options::add_json(CLI::App& command) {
    command.add_flag("--json", json, "machine-readable output");
}
void Options::add_quiet(CLI::App& command) {
    command.add_flag("-q,--quiet", quiet, "nothing but problems and the exit code");
}

namespace {

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words) {
    const std::string near = nearest(word, words);
    return near.empty() ? "" : "; did you mean " + near + "?";
}

/// Help without what CLI11 adds to each option: how often, required, excluded by. The texts say it.
class HelpFormatter : public CLI::Formatter {
  public:
    HelpFormatter() { column_width(26); }
    std::string make_option_opts(const CLI::Option* option) const override {
        return option->get_type_size() == 0 ? "" : " " + option->get_type_name();
    }
};

/// The first word, where it is no command. Before all others, since CLI11 would only say that a
/// command is missing.
std::string find_unknown_command(int argc, char** argv) {
    const auto is_word = [](const char* argument) { return argument[0] != '-'; };
    char** word = std::find_if(argv + 1, argv + argc, is_word);
    if (word == argv + argc) return {};
    std::vector<std::string> names;
    for (const Command& command : commands) names.emplace_back(command.name);
    if (std::find(names.begin(), names.end(), *word) != names.end()) return {};
    return "unknown command \"" + std::string{*word} + "\"" + did_you_mean(*word, names);
}

/// The part of the command line that is wrong, in our words.
std::string describe(const CLI::App& command, const CLI::ParseError& error) {
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        // Its text is all that is left of them: "...: b.yaml --varant".
        const std::string text = error.what();
        std::istringstream rest{text.substr(text.find(": ") + 2)};
        std::string shown;
        for (std::string word; rest >> word;)
            if (shown.empty() || (word.starts_with('-') && !shown.starts_with('-'))) shown = word;
        if (!shown.starts_with('-')) return "unexpected argument " + shown;
        std::vector<std::string> names{"--help", "--no-color"};
        for (const CLI::Option* option : command.get_options())
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        return "unknown option " + shown + did_you_mean(shown, names);
    }
    if (command.get_parent() == nullptr && dynamic_cast<const CLI::RequiredError*>(&error))
        return "expected a command";
    return error.what();
}

int refuse(const CLI::App& app, const CLI::ParseError& error) {
    const std::vector<CLI::App*> chosen = app.get_subcommands();
    const CLI::App& command = chosen.empty() ? app : *chosen.front();
    std::cerr << "error: " << describe(command, error) << "\nsee shaketable "
              << (chosen.empty() ? "" : command.get_name() + " ") << "--help\n";
    return invalid;
}

/// Linked to the name of toxiproxy-cli, the program takes its commands.
std::vector<char*> arguments_of(int argc, char** argv) {
    static char command[] = "toxiproxy";
    std::vector<char*> arguments(argv, argv + argc);
    const std::string_view path = argc > 0 ? argv[0] : "";
    if (path.substr(path.rfind('/') + 1) == "toxiproxy-cli")
        arguments.insert(arguments.begin() + 1, command);
    arguments.push_back(nullptr);
    return arguments;
}

int run(int argc, char** argv) {
    if (const std::string unknown = find_unknown_command(argc, argv); !unknown.empty()) {
        std::cerr << "error: " << unknown << "\nsee shaketable --help\n";
        return invalid;
    }
    CLI::App app{"shaketable: a shake table for service topologies", "shaketable"};
    app.set_version_flag("--version", SHAKETABLE_VERSION, "print the version");
    app.set_help_flag("-h,--help", "print this help");
    app.require_subcommand(1);
    app.fallthrough();
    app.formatter(std::make_shared<HelpFormatter>());
    app.footer(
        "Exit codes: 0 all expectations hold, 1 one failed, 2 invalid, nothing was done,\n"
        "3 could not run, 4 stopped by a guard, 5 something is not undone, 70 a bug of\n"
        "shaketable.\n\n"
        "Example:\n  shaketable init hello.yaml && shaketable simulate hello.yaml");
    Options options;
    app.add_flag("--no-color", options.no_color, "no colours (also NO_COLOR)");
    for (const Command& command : commands) command.add(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) return refuse(app, error);
        app.exit(error);  // --help, --version
    }
    return flush_output() ? options.exit_code : std::max<int>(options.exit_code, could_not_run);
}

}  // namespace

}  // namespace shaketable::cli

int main(int argc, char** argv) {
    shaketable::cli::guard_standard_streams();
    // A file that may not grow any more is an error of a write, as a disk that is full.
    (void)std::signal(SIGXFSZ, SIG_IGN);
    try {
        std::vector<char*> arguments = shaketable::cli::arguments_of(argc, argv);
        return shaketable::cli::run(static_cast<int>(arguments.size() - 1), arguments.data());
    } catch (const std::bad_alloc&) {
        std::cerr << "error: not enough memory\nfewer services, replicas, samples or repeats need "
                     "less; so do fewer --threads\n";
        return shaketable::cli::could_not_run;
    } catch (const std::exception& error) {
        std::cerr << "shaketable: a bug of ours: " << error.what() << "\n";
        return shaketable::cli::bug;
    }
}
