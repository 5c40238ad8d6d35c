#include "scenarios/lint/catalogue.h"

namespace shaketable::scenarios::lint_rules {

void find_deep_chain(const Facts& facts) {
    constexpr std::size_t depth_max = 5;
    const Topology& topology = facts.topology();
    const std::vector<std::uint32_t> chain = topology.find_deepest_chain();
    if (chain.size() <= depth_max) return;
    std::string way = topology.name_of(chain.front());
    for (std::size_t i = 1; i < chain.size(); ++i) way += " -> " + topology.name_of(chain[i]);
    for (const std::uint32_t s : topology.sites_of(chain[depth_max - 1])) {
        const CallSite& site = topology.sites()[s];
        if (site.callee != chain[depth_max] || site.async) continue;
        facts.warn(
            "W211", site.path,
            std::to_string(chain.size()) + " services wait for each other in a row",
            "each adds its latency and its failures; `async: true` where nobody needs the answer",
            {way});
        return;
    }
}

}  // namespace shaketable::scenarios::lint_rules
