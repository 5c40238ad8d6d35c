#include "scenarios/lint/catalogue.h"
#include "scenarios/subsets.h"

namespace shaketable::scenarios::lint_rules {

void find_few_subsets(const Facts& facts) {
    for (const Subsets& subsets : find_subsets(facts.topology())) {
        // Where everybody uses every replica, nobody was meant to be kept apart.
        if (subsets.size == subsets.replicas || subsets.different >= subsets.callers) continue;
        facts.warn("W214", "services." + subsets.service + ".balance.subset",
                   std::to_string(subsets.callers) + " callers of " + subsets.service +
                       " draw from " + std::to_string(subsets.different) + " different subsets",
                   "whoever shares all replicas with another shares its faults; more replicas, or "
                   "a subset nearer to half of them");
    }
}

}  // namespace shaketable::scenarios::lint_rules
