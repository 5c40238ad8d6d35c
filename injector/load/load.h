/// The workloads of the scenario, offered in real time by one process: open streams at the
/// simulator's very arrivals, closed users, and the callers' policies.
///
/// Open streams do not wait for anything, and a latency counts from the arrival that was intended:
/// lateness of this process shows as latency, not as load that was never offered (no coordinated
/// omission). Faults of kind `load` act by the timeline of the scenario. The starts and ends of all
/// faults are logged here, once for the run.
#pragma once

#include <chrono>
#include <cstdint>

#include "injector/address_book.h"
#include "injector/calls/caller.h"
#include "injector/channel.h"
#include "model/model.h"

namespace shaketable::injector {

struct LoadTask {
    const model::Model* model = nullptr;  ///< outlives the run
    std::uint64_t repeat = 0;
    std::chrono::steady_clock::time_point zero;  ///< of t = 0
    AddressBook addresses;
    CallerOptions calls;
};

/// Offers the load until the end of the run, hands over its part, and returns when the channel says
/// stop or ends. Returns 0, or 70 where something could not be set up (said on the channel).
int run_load(const LoadTask& task, Channel& channel);

}  // namespace shaketable::injector
