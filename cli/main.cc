// The front door: parses the command line and hands over to one command.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include "cli/commands.h"

namespace shaketable::cli {

namespace {

bool may_color(int descriptor) {
    const char* no_color = std::getenv("NO_COLOR");
    return (no_color == nullptr || *no_color == '\0') && isatty(descriptor) != 0;
}

}  // namespace

bool Options::color() const {
    return !no_color && may_color(STDOUT_FILENO);
}
bool Options::color_errors() const {
    return !no_color && may_color(STDERR_FILENO);
}

bool write_file(const std::string& path, const std::string& text) {
    const std::string temporary = path + ".part";
    {
        std::ofstream out{temporary, std::ios::binary};
        out << text;
        out.close();
        if (!out) {
            std::cerr << "error: cannot write " << path << ": " << std::strerror(errno) << "\n";
            std::remove(temporary.c_str());
            return false;
        }
    }
    if (std::rename(temporary.c_str(), path.c_str()) == 0) return true;
    std::cerr << "error: cannot write " << path << ": " << std::strerror(errno) << "\n";
    std::remove(temporary.c_str());
    return false;
}

namespace {

int run(int argc, char** argv) {
    CLI::App app{"shaketable: a shake table for service topologies", "shaketable"};
    app.set_version_flag("--version", SHAKETABLE_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    Options options;
    app.add_flag("--json", options.json, "machine-readable output");
    app.add_flag("-q,--quiet", options.quiet, "nothing but problems and the exit code");
    app.add_flag("--no-color", options.no_color, "no colours (also NO_COLOR)");
    app.add_flag("--all", options.all, "every problem, not the first twenty");
    for (const Command& command : commands) command.add(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? success : invalid;
    }
    return options.exit_code;
}

}  // namespace

}  // namespace shaketable::cli

int main(int argc, char** argv) {
    try {
        return shaketable::cli::run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "shaketable: a bug of ours: " << error.what() << "\n";
        return shaketable::cli::bug;
    }
}
