#include "scenarios/subsets.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "scenarios/lint/facts.h"

namespace shaketable::scenarios {

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

std::uint64_t callers_of(const Topology& topology, std::uint32_t service) {
    const Scenario& scenario = topology.scenario();
    std::uint64_t callers = 0;
    for (const ServiceEdge& edge : topology.edges()) {
        if (edge.to != service) continue;
        if (edge.from_workload)
            callers += std::max<std::size_t>(
                scenario.workload.entries[edge.from].value.from.zones.size(), 1);
        else
            callers += scenario.services.entries[edge.from].value.replicas.total();
    }
    return callers;
}

}  // namespace

std::uint64_t ways_to_choose(std::uint32_t n, std::uint32_t k) {
    if (k > n) return 0;
    const std::uint64_t fewer = std::min<std::uint64_t>(k, n - k);
    std::uint64_t ways = 1;
    for (std::uint64_t i = 1; i <= fewer; ++i) {
        // ways * (n - fewer + i) / i, without a product larger than the result.
        const std::uint64_t common = std::gcd(ways, i);
        const std::uint64_t factor = (n - fewer + i) / (i / common);
        ways /= common;
        if (ways > most / factor) return most;
        ways *= factor;
    }
    return ways;
}

std::vector<Subsets> find_subsets(const Topology& topology) {
    std::vector<Subsets> all;
    const auto& services = topology.scenario().services.entries;
    for (std::uint32_t s = 0; s < services.size(); ++s) {
        const Service& service = services[s].value;
        if (!service.balance || !service.balance->subset) continue;
        const std::uint32_t size = *service.balance->subset;
        const std::uint32_t replicas = service.replicas.total();
        all.push_back({.service = services[s].name,
                       .size = size,
                       .replicas = replicas,
                       .callers = callers_of(topology, s),
                       .different = ways_to_choose(replicas, size)});
    }
    return all;
}

std::string print(const Subsets& subsets) {
    const std::string many = std::to_string(subsets.different);
    std::string text = subsets.service + ": " + std::to_string(subsets.size) + " of " +
                       std::to_string(subsets.replicas) + " replicas for each of " +
                       std::to_string(subsets.callers) + " callers, one of " +
                       (subsets.different == most ? "more than " + many : many) + " subsets";
    if (subsets.callers > 1 && subsets.different != most)
        text += "; the same one as " +
                lint_rules::print_short(static_cast<double>(subsets.callers - 1) /
                                        static_cast<double>(subsets.different)) +
                " others, on average";
    return text;
}

}  // namespace shaketable::scenarios
