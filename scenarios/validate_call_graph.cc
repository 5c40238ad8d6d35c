#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

/// "web.a -> api.b -> web.a"; a long one without its middle.
std::string print_cycle(const Topology& topology, const std::vector<std::uint32_t>& cycle) {
    constexpr std::size_t shown_max = 8;
    std::string text;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
        if (cycle.size() > shown_max && i == shown_max - 1) {
            text += "(" + std::to_string(cycle.size() - shown_max) + " more) -> ";
            i = cycle.size() - 1;
        }
        text += topology.name_of(cycle[i]) + " -> ";
    }
    return text + topology.name_of(cycle.front());
}

/// The call that closes the circle.
std::string path_of_last_call(const Topology& topology, const std::vector<std::uint32_t>& cycle) {
    for (const std::uint32_t s : topology.sites_of(cycle.back()))
        if (topology.sites()[s].callee == cycle.front()) return topology.sites()[s].path;
    return {};
}

}  // namespace

void check_call_graph(const Desk& desk) {
    const Topology& topology = desk.topology;
    const auto endless = topology.find_endless_cycles();
    for (const auto& cycle : endless)
        desk.report(
            "E106", path_of_last_call(topology, cycle),
            "these calls go round in a circle and never end: " + print_cycle(topology, cycle),
            "a way out: `probability`, `choose`, or another endpoint");
    if (!endless.empty()) return;
    for (std::uint32_t w = 0; w < desk.scenario.workload.size(); ++w) {
        if (topology.visits_of(w)) continue;
        const std::string& name = desk.scenario.workload.entries[w].name;
        const auto cycles = topology.find_cycles();
        std::vector<std::string> notes;
        if (!cycles.empty())
            notes.push_back("one of the circles: " + print_cycle(topology, cycles.front()));
        desk.report("E109", "workload." + name + ".call",
                    "one request of " + in_quotes(name) + " makes more than a million calls",
                    "fewer loops or branches, or a lower probability", std::move(notes));
    }
}

}  // namespace shaketable::scenarios::validation
