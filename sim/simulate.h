/// Plays a scenario in virtual time.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::sim {

struct SimulateOptions {
    std::uint32_t threads = 1;  ///< repeats run side by side; never shows in the result
    /// Called after each finished repeat, with how many are done; from any of the threads, one at a
    /// time. May be empty.
    std::function<void(std::uint32_t done, std::uint32_t of)> progress;
    /// Asked with the repeats played so far, how many it shall be in all; no more than these: they
    /// are enough. May be empty: those of the scenario are.
    std::function<std::uint32_t(const reports::Record&)> wanted;
};

/// The scenario with nothing left to find: a warm-up of `auto` has its length (see sim/warmup.h).
/// Errors: as of `simulate`.
[[nodiscard]] Result<scenarios::Scenario, Problems> settle(const scenarios::Scenario& scenario);

/// All repeats of one variant, and those that `options.wanted` asks for. Same scenario, same
/// record, whatever the threads.
///
/// Precondition: read and validated without error.
/// Errors: a fault that can never happen within the run; a loop of calls that takes no time.
[[nodiscard]] Result<reports::Record, Problems> simulate(const scenarios::Scenario& scenario,
                                                         const SimulateOptions& options = {});

}  // namespace shaketable::sim
