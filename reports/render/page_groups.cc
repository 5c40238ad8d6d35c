#include "reports/render/page_groups.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "reports/select.h"
#include "scenarios/topology.h"

namespace shaketable::reports {

namespace {

std::vector<PageEndpoint> endpoints_of(const Record& record) {
    std::vector<PageEndpoint> endpoints;
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    for (std::uint32_t f = 0; f < record.flows.size(); ++f) {
        const FlowKey& flow = record.flows[f];
        const auto service = service_row(record, flow.service);
        if (!service) continue;
        const auto [at, is_new] =
            known.try_emplace({flow.service, flow.endpoint}, endpoints.size());
        if (is_new) endpoints.push_back({flow.service + "." + flow.endpoint, *service, false, {}});
        PageEndpoint& endpoint = endpoints[at->second];
        endpoint.rows.push_back(f);
        endpoint.entry = endpoint.entry || flow.from_workload;
    }
    std::stable_partition(endpoints.begin(), endpoints.end(),
                          [](const PageEndpoint& e) { return e.entry; });
    return endpoints;
}

}  // namespace

PageGroups page_groups(const scenarios::Scenario& scenario, const Record& record) {
    using Key = std::tuple<std::string, bool, std::uint32_t>;
    std::map<Key, PageEdge> edges;
    const auto edge_at = [&](const std::string& from, bool workload,
                             std::uint32_t to) -> PageEdge& {
        PageEdge& edge = edges[{from, workload, to}];
        edge.from = from;
        edge.from_workload = workload;
        edge.to = to;
        return edge;
    };
    for (std::uint32_t f = 0; f < record.flows.size(); ++f) {
        const FlowKey& flow = record.flows[f];
        if (const auto to = service_row(record, flow.service))
            edge_at(flow.caller, flow.from_workload, *to).rows.push_back(f);
    }
    const scenarios::Topology topology{scenario};
    for (const scenarios::ServiceEdge& edge : topology.edges()) {
        const std::string& from = edge.from_workload ? scenario.workload.entries[edge.from].name
                                                     : scenario.services.entries[edge.from].name;
        const auto to = service_row(record, scenario.services.entries[edge.to].name);
        if (!to) continue;
        PageEdge& known = edge_at(from, edge.from_workload, *to);
        known.async = edge.async;
        known.optional = edge.optional;
    }
    PageGroups groups;
    groups.endpoints = endpoints_of(record);
    for (auto& [key, edge] : edges) groups.edges.push_back(std::move(edge));
    return groups;
}

}  // namespace shaketable::reports
