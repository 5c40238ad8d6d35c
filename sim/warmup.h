/// The warm-up of a scenario that says `auto`.
#pragma once

#include "base/result.h"
#include "base/units.h"
#include "scenarios/scenario.h"

namespace shaketable::sim {

/// Plays up to five repeats beforehand, without any warm-up, and applies MSER-5 to the mean number
/// of requests in hand (waiting and in service, all services) per sample step, averaged over those
/// repeats, before the first fault. Where no steady state shows, half of that time.
/// Errors: as of `simulate`.
[[nodiscard]] Result<Duration, Problems> find_warmup(const scenarios::Scenario& scenario);

}  // namespace shaketable::sim
