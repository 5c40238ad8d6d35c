/// Reading a scenario for a command: options, diagnostics, validation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "scenarios/read.h"

namespace shaketable::cli {

/// The options that say which scenario is meant.
struct Input {
    std::string path;
    std::vector<std::string> params;  ///< "load=200/s"
    std::vector<std::string> sets;    ///< "services.ledger.workers=16"
    void add_to(CLI::App& command);
};

/// Reads and validates; prints every problem to standard error. `warnings` says whether those are
/// printed too. No value: exit code 2 is set.
[[nodiscard]] std::optional<scenarios::Document> read(const Input& input, Options& options,
                                                      bool warnings);

}  // namespace shaketable::cli
