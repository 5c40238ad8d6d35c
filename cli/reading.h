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

/// The options that stand in the place of what the file says of a run.
struct RunChoice {
    std::uint32_t repeats = 0;          ///< 0: the file's
    std::optional<std::uint64_t> seed;  ///< absent: the file's
    void add_to(CLI::App& command);
    void apply(scenarios::Run& run) const;
    /// As they were typed: " --repeats 3 --seed 7", or "".
    [[nodiscard]] std::string print() const;
};

/// For an option that takes a whole number from `least` to `most`, in digits alone: CLI11 would
/// take -1 for the largest one.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// Reads and validates; prints every problem to standard error. `warnings` says whether those are
/// printed too. No value: exit code 2 is set.
[[nodiscard]] std::optional<scenarios::Document> read(const Input& input, Options& options,
                                                      bool warnings);

}  // namespace shaketable::cli
