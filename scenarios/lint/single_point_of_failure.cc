#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

/// An articulation point of the graph from the workloads to the last services: whichever way a
/// request goes, it goes through it. Calls that nobody needs (async, optional) are no way.
void find_single_point_of_failure(const Facts& facts) {
    for (const std::uint32_t s : facts.topology().find_articulation_points()) {
        const auto& [name, service] = facts.scenario().services.entries[s];
        if (service.replicas.total() != 1) continue;
        facts.warn(
            "W209", "services." + name + ".replicas",
            name + " is a single point of failure: every request needs it, and it has one replica",
            "`replicas: 2`, or a `fallback` for its callers");
    }
}

}  // namespace shaketable::scenarios::lint_rules
