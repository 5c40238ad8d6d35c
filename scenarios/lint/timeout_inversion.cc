#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

namespace {

bool tells_callee(const policies::EdgePolicy& policy) {
    const bool has_deadline =
        policy.deadline && policy.deadline->mode.value_or(policies::DeadlineMode::propagate) ==
                               policies::DeadlineMode::propagate;
    return has_deadline || policies::cancel_mode(policy.cancel) == policies::CancelMode::propagate;
}

}  // namespace

/// Compares how long a caller waits for one try with how long its callee may go on trying:
/// timeouts, retries, back-offs.
void find_timeout_inversion(const Facts& facts) {
    const Topology& topology = facts.topology();
    for (std::uint32_t s = 0; s < topology.sites().size(); ++s) {
        const CallSite& outer = topology.sites()[s];
        const double patience = patience_of(facts.policy(s));
        if (outer.callee == nowhere || outer.async || tells_callee(facts.policy(s))) continue;
        const CallSite* worst = nullptr;
        double longest = patience;
        for (const std::uint32_t i : topology.sites_of(outer.callee)) {
            const CallSite& inner = topology.sites()[i];
            const double wait = longest_wait(facts.policy(i));
            if (inner.async || inner.is_fallback || !(wait > longest) || wait > 1e9) continue;
            longest = wait;
            worst = &inner;
        }
        if (worst == nullptr) continue;
        const std::string caller = topology.name_of_caller(outer);
        facts.warn(
            "W201", outer.path,
            caller + " gives up on " + outer.call + " after " + print_seconds(patience) +
                ", which may wait " + print_seconds(longest) + " for " + worst->call,
            "a longer timeout here, a shorter `timeout.total` there, or `deadline: propagate`");
    }
}

}  // namespace shaketable::scenarios::lint_rules
