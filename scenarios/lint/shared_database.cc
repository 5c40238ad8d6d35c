#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

void find_shared_database(const Facts& facts) {
    const auto& services = facts.scenario().services.entries;
    for (std::uint32_t s = 0; s < services.size(); ++s) {
        if (services[s].value.kind != ServiceKind::database) continue;
        std::vector<std::string> callers;
        for (const ServiceEdge& edge : facts.topology().edges())
            if (!edge.from_workload && edge.to == s && edge.from != s)
                callers.push_back(services[edge.from].name);
        if (callers.size() < 2) continue;
        std::string names = callers.front();
        for (std::size_t i = 1; i < callers.size(); ++i)
            names += (i + 1 == callers.size() ? " and " : ", ") + callers[i];
        facts.warn("W210", "services." + services[s].name,
                   names + " share the database " + services[s].name +
                       ", and with it each other's load and faults",
                   "one owner whom the others call, or a database each");
    }
}

}  // namespace shaketable::scenarios::lint_rules
