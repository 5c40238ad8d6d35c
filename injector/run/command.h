/// A command of the user's that a run starts.
///
/// It leads a group of processes of its own, so that what a fault does to it is done to its
/// children, too; all of them bear the mark of the run (injector/marked.h).
#pragma once

#include <string>
#include <vector>

#include "injector/plan.h"

namespace shaketable::injector {

/// For one replica of a service that has one.
[[nodiscard]] std::vector<std::string> command_of(const Plan& plan, std::uint32_t replica);
/// Becomes it, in a process that was forked for it. Returns where it cannot: an exit code.
int become(std::vector<std::string> command, std::string mark);

}  // namespace shaketable::injector
