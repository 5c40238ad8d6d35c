/// Where results go: folders, and files whose ending says what is written to them.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "reports/run_view.h"

namespace shaketable::cli {

/// False, with a message that lists the endings there are: one of `outputs` is neither a folder
/// (no ending, or a `/` at its end) nor a file of a known ending.
[[nodiscard]] bool check_outputs(const std::vector<std::string>& outputs);

/// Makes the folders of all outputs, so that a run that cannot be kept is not begun. False, with a
/// message: one cannot be made, or a file is a folder.
[[nodiscard]] bool prepare_outputs(const std::vector<std::string>& outputs);

/// A folder gets result.json (of each variant in a folder of its own) and report.html. False, with
/// a message: something could not be written. Precondition: `check_outputs`, and at least one run.
[[nodiscard]] bool write_outputs(const std::vector<std::string>& outputs,
                                 const std::vector<reports::RunView>& runs);

}  // namespace shaketable::cli
