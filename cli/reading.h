/// Reading a scenario for a command: options, diagnostics, validation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "scenarios/read.h"

namespace shaketable::cli {

/// The options that say which scenario is meant, and how problems are told.
struct Input {
    std::string path;
    std::vector<std::string> params;  ///< "load=200/s"
    std::vector<std::string> sets;    ///< "services.ledger.workers=16"
    void add_to(CLI::App& command, Options& options);
};

/// For an option that takes a whole number from `least` to `most`, in digits alone: CLI11 would
/// take -1 for the largest one.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// Reads and validates; prints every problem to standard error. `warnings` says whether those are
/// printed too. No value: exit code 2 is set.
[[nodiscard]] std::optional<scenarios::Document> read(const Input& input, Options& options,
                                                      bool warnings);

}  // namespace shaketable::cli
