#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

/// Of named policies that a service uses; what a workload does is people's.
void find_unbounded_retry(const Facts& facts) {
    const Topology& topology = facts.topology();
    for (const auto& [name, written] : facts.scenario().policies) {
        for (std::uint32_t s = 0; s < topology.sites().size(); ++s) {
            const CallSite& site = topology.sites()[s];
            const policies::EdgePolicy& policy = facts.policy(s);
            if (site.policy != name || site.caller == nowhere) continue;
            if (tries_of(policy) > 1 && !policy.retry->budget && !policy.breaker)
                facts.warn("W203", "policies." + name + ".retry",
                           "policy \"" + name + "\" tries again without a budget or a breaker",
                           "`budget: 10%` bounds what retries add when everything fails");
            break;  // its other uses are the same
        }
    }
}

}  // namespace shaketable::scenarios::lint_rules
