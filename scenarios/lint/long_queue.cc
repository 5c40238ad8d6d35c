#include <algorithm>
#include <limits>

#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

namespace {

/// Seconds that the last one in a full queue waits; 0 where nobody waits. Mean work by share of the
/// load.
double longest_queue_wait(const Facts& facts, std::uint32_t service_index) {
    const Service& service = facts.scenario().services.entries[service_index].value;
    double weight = 0;
    double held = 0;
    double worked = 0;
    for (const bool any_load : {true, false}) {  // without load every endpoint counts the same
        for (std::uint32_t e = 0; e < facts.topology().endpoints().size(); ++e) {
            if (facts.topology().endpoints()[e].service != service_index) continue;
            const double w = any_load ? facts.rate(e) : 1;
            weight += w;
            held += w * facts.times(e).held;
            worked += w * facts.times(e).work;
        }
        if (weight > 0) break;
    }
    if (weight <= 0) return 0;
    if (service.workers.is_unlimited() || service.workers.value == 0) return 0;
    double each = held / weight / static_cast<double>(service.workers.value);
    if (service.cores && *service.cores > 0)
        each = std::max(each, worked / weight / *service.cores);
    if (each <= 0) return 0;
    if (service.queue.limit.is_unlimited()) return std::numeric_limits<double>::infinity();
    return each * static_cast<double>(service.queue.limit.value);
}

}  // namespace

void find_long_queue(const Facts& facts) {
    const Topology& topology = facts.topology();
    const auto& services = facts.scenario().services.entries;
    std::vector<double> patience(services.size(), std::numeric_limits<double>::infinity());
    std::vector<std::string> caller(services.size());
    for (std::uint32_t s = 0; s < topology.sites().size(); ++s) {
        const CallSite& site = topology.sites()[s];
        if (site.callee == nowhere) continue;
        const std::uint32_t service = topology.endpoints()[site.callee].service;
        const double wait = patience_of(facts.policy(s));
        if (wait >= patience[service]) continue;
        patience[service] = wait;
        caller[service] = topology.name_of_caller(site);
    }
    for (std::uint32_t s = 0; s < services.size(); ++s) {
        const auto& [name, service] = services[s];
        const Queue& queue = service.queue;
        if (queue.codel || queue.discipline == Discipline::lifo ||
            queue.discipline == Discipline::adaptive_lifo ||
            (queue.max_wait && to_seconds(*queue.max_wait) <= patience[s]))
            continue;
        const double wait = longest_queue_wait(facts, s);
        if (!(wait > patience[s])) continue;
        const std::string length = queue.limit.is_unlimited()
                                       ? "has no limit"
                                       : "holds " + print_seconds(wait) + " of work";
        facts.warn("W206", "services." + name + ".queue",
                   "the queue of " + name + " " + length + ", and " + caller[s] + " leaves after " +
                       print_seconds(patience[s]),
                   "a shorter queue refuses at once instead of working for callers who have left");
    }
}

}  // namespace shaketable::scenarios::lint_rules
