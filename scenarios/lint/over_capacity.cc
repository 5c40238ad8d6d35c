#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

/// Little's law: requests a second x seconds that each holds a worker = workers held. The same for
/// cores.
///
/// Source: J. D. C. Little, "A proof for the queuing formula L = lambda W", 1961.
void find_over_capacity(const Facts& facts) {
    const Topology& topology = facts.topology();
    const auto& services = facts.scenario().services.entries;
    std::vector<double> held(services.size(), 0);
    std::vector<double> worked(services.size(), 0);
    std::vector<double> rate(services.size(), 0);
    for (std::uint32_t e = 0; e < topology.endpoints().size(); ++e) {
        const std::uint32_t s = topology.endpoints()[e].service;
        held[s] += facts.rate(e) * facts.times(e).held;
        worked[s] += facts.rate(e) * facts.times(e).work;
        rate[s] += facts.rate(e);
    }
    for (std::size_t s = 0; s < services.size(); ++s) {
        const auto& [name, service] = services[s];
        const double replicas = service.replicas.total();
        const std::string offer =
            name + " is offered " + print_short(rate[s]) + " requests/s, which need ";
        if (!service.workers.is_unlimited()) {
            const double workers = static_cast<double>(service.workers.value) * replicas;
            if (held[s] > workers) {
                facts.warn(
                    "W205", "services." + name + ".workers",
                    offer + print_short(held[s]) + " workers, and it has " + print_short(workers),
                    "before any fault: its queue fills until it refuses the rest");
                continue;
            }
        }
        if (service.cores && worked[s] > *service.cores * replicas)
            facts.warn("W205", "services." + name + ".cores",
                       offer + print_short(worked[s]) + " cores, and it has " +
                           print_short(*service.cores * replicas),
                       "before any fault: everything in it becomes slower and slower");
    }
}

}  // namespace shaketable::scenarios::lint_rules
