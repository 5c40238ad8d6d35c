/// The proxies of a plan as a process of its run.
#pragma once

#include <chrono>

#include "injector/channel.h"
#include "injector/plan.h"

namespace shaketable::injector {

/// Serves until the channel says stop or ends. Its part: what it has seen of the calls of callers
/// that are no processes of ours, of services that are none, and whom the faults of traffic hit.
/// `plan`: outlives the run; its proxies' descriptors are inherited. Returns 0, or 70 where
/// something could not be set up (said on the channel).
int run_proxies(const Plan& plan, std::chrono::steady_clock::time_point zero, Channel& channel);

/// In the place of a worker that has died: no fault and no counting, only the way to the services.
int pass_through(const Plan& plan, Channel& channel);

}  // namespace shaketable::injector
