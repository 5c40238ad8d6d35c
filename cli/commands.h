/// The commands of `shaketable`, one file each. A command adds itself to the parser and returns its
/// exit code when chosen.
#pragma once

#include <array>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

namespace shaketable::cli {

/// 0 all expectations hold · 1 one failed · 2 scenario or command line invalid, nothing was done ·
/// 3 could not run · 70 a bug.
enum ExitCode : int {
    success = 0,
    expectation_failed = 1,
    invalid = 2,
    could_not_run = 3,
    stopped_by_guard = 4,
    undo_failed = 5,
    bug = 70
};

/// What commands share. A command offers the flags that mean something to it, and no others.
struct Options {
    bool json = false;
    bool quiet = false;
    bool no_color = false;  ///< of all commands
    bool all = false;       ///< every problem, not the first twenty
    int exit_code = 0;
    void add_json(CLI::App& command);
    void add_quiet(CLI::App& command);
    [[nodiscard]] bool color() const;         ///< on standard output
    [[nodiscard]] bool color_errors() const;  ///< on standard error
};

void add_init(CLI::App& app, Options& options);
void add_validate(CLI::App& app, Options& options);
void add_simulate(CLI::App& app, Options& options);
void add_inject(CLI::App& app, Options& options);
void add_serve(CLI::App& app, Options& options);
void add_toxiproxy(CLI::App& app, Options& options);
void add_undo(CLI::App& app, Options& options);
void add_doctor(CLI::App& app, Options& options);
void add_report(CLI::App& app, Options& options);
void add_compare(CLI::App& app, Options& options);
void add_graph(CLI::App& app, Options& options);
void add_explain(CLI::App& app, Options& options);
void add_list(CLI::App& app, Options& options);
void add_schema(CLI::App& app, Options& options);
void add_completion(CLI::App& app, Options& options);

struct Command {
    const char* name;
    void (*add)(CLI::App&, Options&);
};
inline constexpr std::array commands{
    Command{"init", add_init},
    Command{"validate", add_validate},
    Command{"simulate", add_simulate},
    Command{"inject", add_inject},
    Command{"serve", add_serve},
    Command{"toxiproxy", add_toxiproxy},
    Command{"undo", add_undo},
    Command{"doctor", add_doctor},
    Command{"report", add_report},
    Command{"compare", add_compare},
    Command{"graph", add_graph},
    Command{"explain", add_explain},
    Command{"list", add_list},
    Command{"schema", add_schema},
    Command{"completion", add_completion},
};

/// Writes `text` to `path` by way of a temporary file beside it, `path`.part, and only once it is
/// on the disk, so that nobody ever finds half of it. False, with a message on standard error: it
/// could not be written, and what was there before is there still.
[[nodiscard]] bool write_file(const std::string& path, const std::string& text);

}  // namespace shaketable::cli
