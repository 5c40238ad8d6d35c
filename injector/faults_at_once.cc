#include "injector/faults_at_once.h"

#include <algorithm>
#include <vector>

namespace shaketable::injector {

std::optional<std::size_t> find_fault_too_many(const std::vector<faults::Occurrence>& occurrences,
                                               std::size_t most, Time from, Time until) {
    struct Change {
        Time at;
        bool begins;
        std::size_t fault;
        // Who ends at an instant does not act any more at it, and makes room.
        auto operator<=>(const Change&) const = default;
    };
    std::vector<Change> changes;
    std::size_t faults = 0;
    for (const faults::Occurrence& occurrence : occurrences) {
        if (occurrence.start >= until || occurrence.end <= from) continue;
        changes.push_back({std::max(occurrence.start, from), true, occurrence.fault});
        changes.push_back({occurrence.end, false, occurrence.fault});
        faults = std::max(faults, occurrence.fault + 1);
    }
    std::sort(changes.begin(), changes.end());
    std::vector<std::size_t> depths(faults);  // a fault's occurrences may overlap
    std::size_t active = 0;
    for (const Change& change : changes) {
        if (change.begins && depths[change.fault]++ == 0 && ++active > most) return change.fault;
        if (!change.begins && --depths[change.fault] == 0) --active;
    }
    return std::nullopt;
}

}  // namespace shaketable::injector
