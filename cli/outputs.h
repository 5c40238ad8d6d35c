/// Where results go: folders, and files whose ending says what is written to them.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "reports/run_view.h"

namespace shaketable::cli {

/// Makes the folders of all files, so that a run that cannot be kept is not begun. An output of a
/// known ending is a file (one for each variant, "x.naive.hgrm", where one cannot hold them all);
/// what has no ending, or a `/` at its end, is a folder: it gets result.json, of each variant in a
/// folder of its own, and report.html. False, with a message and the exit code set: an ending is
/// unknown (the message lists those there are), or a file could not be written.
[[nodiscard]] bool prepare_outputs(const std::vector<std::string>& outputs,
                                   const std::vector<std::string>& variants, Options& options);

/// False, with a message: something could not be written. Precondition: `prepare_outputs`, and at
/// least one run.
[[nodiscard]] bool write_outputs(const std::vector<std::string>& outputs,
                                 const std::vector<reports::RunView>& runs);

}  // namespace shaketable::cli
