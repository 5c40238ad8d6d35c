#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

namespace {

/// As written; else by its HTTP method. Unknown counts as harmless.
/// Source: RFC 9110, section 9.2.2 (POST and PATCH are not idempotent).
bool is_harmful_twice(const Service& service, const Endpoint& endpoint) {
    if (endpoint.idempotent) return !*endpoint.idempotent;
    if (service.idempotent) return !*service.idempotent;
    return endpoint.http.rfind("POST ", 0) == 0 || endpoint.http.rfind("PATCH ", 0) == 0;
}

/// May the callee have done the work all the same?
bool retries_after_work(const policies::Retry& retry) {
    const policies::RetryRule rule{retry};
    return policies::is_retryable(rule, Outcome::timeout) ||
           policies::is_retryable(rule, Outcome::error, 500) ||
           policies::is_retryable(rule, Outcome::unreachable);
}

}  // namespace

void find_unsafe_retry(const Facts& facts) {
    const Topology& topology = facts.topology();
    for (std::uint32_t s = 0; s < topology.sites().size(); ++s) {
        const CallSite& site = topology.sites()[s];
        const policies::EdgePolicy& policy = facts.policy(s);
        if (site.callee == nowhere || tries_of(policy) <= 1 || !retries_after_work(*policy.retry))
            continue;
        const EndpointIndex at = topology.endpoints()[site.callee];
        const Service& service = facts.scenario().services.entries[at.service].value;
        const Endpoint& endpoint = service.endpoints.entries[at.number].value;
        if (!is_harmful_twice(service, endpoint)) continue;
        facts.warn("W204", site.path,
                   topology.name_of_caller(site) + " calls " + site.call +
                       " again after a failure, which is not idempotent",
                   "`idempotent: true` if a second call does no harm, else no retry, or only "
                   "`when: [refused]`",
                   {endpoint.idempotent || service.idempotent ? "it says `idempotent: false`"
                                                              : "its method is " + endpoint.http});
    }
}

}  // namespace shaketable::scenarios::lint_rules
