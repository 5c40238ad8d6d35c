// `undo`: puts right what a run that was killed may have left behind.
#include <iostream>

#include "cli/commands.h"
#include "injector/journal.h"

namespace shaketable::cli {

namespace {

void undo(Options& options) {
    const Result<std::string> folder = injector::Journal::folder();
    if (!folder) {
        std::cerr << "error: " << folder.error().message << "\n";
        if (!folder.error().hint.empty()) std::cerr << "help: " << folder.error().hint << "\n";
        options.exit_code = could_not_run;
        return;
    }
    const injector::Undone undone = injector::undo_all(*folder);
    for (const std::string& what : undone.done)
        if (!options.quiet) std::cout << what << "\n";
    for (const std::string& what : undone.failed) std::cerr << "NOT UNDONE: " << what << "\n";
    if (undone.running > 0 && !options.quiet)
        std::cout << undone.running << (undone.running == 1 ? " run is" : " runs are")
                  << " going on and left alone\n";
    if (undone.done.empty() && undone.failed.empty() && !options.quiet)
        std::cout << "nothing was left to undo\n";
    if (!undone.failed.empty()) options.exit_code = undo_failed;
}

}  // namespace

void add_undo(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("undo", "put right what a killed live run left behind");
    options.add_quiet(*command);
    command->footer("Example:\n  shaketable undo");
    command->callback([&options] { undo(options); });
}

}  // namespace shaketable::cli
