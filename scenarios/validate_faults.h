/// What a fault is aimed at: does it exist, and can the fault do anything to it?
#pragma once

#include <string>

#include "faults/fault.h"
#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

/// E101, E103, and E114 for a replica that is not there. `path`: of the fault, "faults[0]". False:
/// something was wrong.
bool check_names_of_target(const Desk& desk, const faults::Fault& fault, const std::string& path);

/// E114: the fault would change nothing, because nobody makes the call, there is no cache, no pool,
/// no workload of that name. Precondition: the names exist.
bool check_reach(const Desk& desk, const faults::Fault& fault, const std::string& path);

}  // namespace shaketable::scenarios::validation
