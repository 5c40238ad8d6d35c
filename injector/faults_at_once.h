/// How many faults of a plan act at the same time: the bound that `inject --max-active-faults`
/// sets.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "faults/timeline.h"

namespace shaketable::injector {

/// The first fault that begins, or acts already at `from`, while `most` others act; index into
/// the faults of the scenario. Between `from` and `until`, which does not count itself. A fault
/// whose occurrences overlap counts once. None: never more than `most` at once.
[[nodiscard]] std::optional<std::size_t> find_fault_too_many(
    const std::vector<faults::Occurrence>& occurrences, std::size_t most, Time from, Time until);

}  // namespace shaketable::injector
