#include "scenarios/topology.h"

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/strong_components.hpp>

namespace shaketable::scenarios {

namespace {

using Directed = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Undirected = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;

bool has_both_ends(const CallSite& site) noexcept {
    return site.caller != nowhere && site.callee != nowhere;
}

Directed graph_of(const std::vector<CallSite>& sites, std::size_t endpoints, bool certain_only) {
    Directed graph(endpoints);
    for (const CallSite& site : sites)
        if (has_both_ends(site) && (site.certain || !certain_only))
            boost::add_edge(site.caller, site.callee, graph);
    return graph;
}

/// Notes endpoints as their calls have all been followed: callees before callers.
struct Finisher : boost::default_dfs_visitor {
    explicit Finisher(std::vector<std::uint32_t>& finished) : finished_{&finished} {}
    void finish_vertex(std::size_t vertex, const Directed&) const {
        finished_->push_back(static_cast<std::uint32_t>(vertex));
    }
    std::vector<std::uint32_t>* finished_;
};

std::vector<std::uint32_t> order_of(const Directed& graph) {
    std::vector<std::uint32_t> finished;
    boost::depth_first_search(graph, boost::visitor(Finisher{finished}));
    std::reverse(finished.begin(), finished.end());
    return finished;
}

/// The shortest way from `start` back to itself within its component.
std::vector<std::uint32_t> way_around(const Directed& graph, const std::vector<int>& component,
                                      std::uint32_t start) {
    std::map<std::uint32_t, std::uint32_t> came_from;
    std::deque<std::uint32_t> next{start};
    while (!next.empty()) {
        const std::uint32_t at = next.front();
        next.pop_front();
        for (auto [edge, end] = boost::out_edges(at, graph); edge != end; ++edge) {
            const auto to = static_cast<std::uint32_t>(boost::target(*edge, graph));
            if (to == start) {
                std::vector<std::uint32_t> way{at};
                while (way.back() != start) way.push_back(came_from.at(way.back()));
                std::reverse(way.begin(), way.end());
                return way;
            }
            if (component[to] == component[start] && came_from.emplace(to, at).second)
                next.push_back(to);
        }
    }
    return {};
}

std::vector<ServiceEdge> edges_of(const std::vector<CallSite>& sites,
                                  const std::vector<EndpointIndex>& endpoints) {
    std::map<std::tuple<bool, std::uint32_t, std::uint32_t>, ServiceEdge> found;
    for (const CallSite& site : sites) {
        if (site.callee == nowhere) continue;
        const bool from_workload = site.caller == nowhere;
        const std::uint32_t from = from_workload ? site.workload : endpoints[site.caller].service;
        const std::uint32_t to = endpoints[site.callee].service;
        ServiceEdge& edge = found
                                .try_emplace({from_workload, from, to},
                                             ServiceEdge{from, from_workload, to, true, true})
                                .first->second;
        edge.async = edge.async && site.async;
        edge.optional = edge.optional && (site.optional || site.is_fallback);
    }
    std::vector<ServiceEdge> edges;
    for (const auto& [key, edge] : found) edges.push_back(edge);
    return edges;
}

}  // namespace

Topology::Topology(const Scenario& scenario)
    : scenario_{scenario},
      endpoints_{number_endpoints(scenario)},
      sites_{find_call_sites(scenario)},
      sites_of_(endpoints_.size()),
      edges_{edges_of(sites_, endpoints_)},
      order_{order_of(graph_of(sites_, endpoints_.size(), false))},
      place_(endpoints_.size()) {
    for (std::uint32_t i = 0; i < sites_.size(); ++i)
        if (sites_[i].caller != nowhere) sites_of_[sites_[i].caller].push_back(i);
    for (std::uint32_t i = 0; i < order_.size(); ++i) place_[order_[i]] = i;
}

bool Topology::has_unknown_calls() const {
    return std::any_of(sites_.begin(), sites_.end(),
                       [](const CallSite& site) { return site.callee == nowhere; });
}

bool Topology::is_forward(const CallSite& site) const {
    if (!has_both_ends(site)) return site.callee != nowhere;
    return place_[site.caller] < place_[site.callee];
}

std::vector<std::vector<std::uint32_t>> Topology::find_cycles(bool certain_only) const {
    const Directed graph = graph_of(sites_, endpoints_.size(), certain_only);
    std::vector<int> component(endpoints_.size(), 0);
    if (endpoints_.empty()) return {};
    const int count = boost::strong_components(
        graph, boost::make_iterator_property_map(component.begin(),
                                                 boost::get(boost::vertex_index, graph)));
    std::vector<bool> seen(static_cast<std::size_t>(count), false);
    std::vector<std::vector<std::uint32_t>> cycles;
    for (std::uint32_t endpoint = 0; endpoint < endpoints_.size(); ++endpoint) {
        const auto knot = static_cast<std::size_t>(component[endpoint]);
        if (seen[knot]) continue;
        seen[knot] = true;
        std::vector<std::uint32_t> way = way_around(graph, component, endpoint);
        if (!way.empty()) cycles.push_back(std::move(way));
    }
    return cycles;
}

std::vector<std::vector<std::uint32_t>> Topology::find_cycles() const {
    return find_cycles(false);
}

std::vector<std::vector<std::uint32_t>> Topology::find_endless_cycles() const {
    return find_cycles(true);
}

std::optional<std::vector<double>> Topology::visits_of(std::uint32_t workload) const {
    std::vector<double> visits(endpoints_.size(), 0);
    std::map<std::uint32_t, double> wave;  // requests to spread, by place in the order
    for (const CallSite& site : sites_)
        if (site.workload == workload && site.caller == nowhere && !site.is_fallback &&
            site.callee != nowhere)
            wave[place_[site.callee]] += 1;
    double calls = 0;
    // Callers come first in the order, so without cycles each endpoint is spread once. A cycle that
    // thins out is followed until next to nothing is left of it.
    constexpr std::size_t steps_max = 2'000'000;
    for (std::size_t step = 0; !wave.empty(); ++step) {
        const auto [place, requests] = *wave.begin();
        wave.erase(wave.begin());
        calls += requests;
        if (!(calls <= calls_max) || step >= steps_max) return std::nullopt;
        const std::uint32_t endpoint = order_[place];
        visits[endpoint] += requests;
        for (const std::uint32_t s : sites_of_[endpoint]) {
            const double more = requests * sites_[s].expected;
            if (sites_[s].callee != nowhere && more > 1e-9) wave[place_[sites_[s].callee]] += more;
        }
    }
    return visits;
}

std::vector<bool> Topology::find_reachable() const {
    std::vector<bool> reached(endpoints_.size(), false);
    std::vector<std::uint32_t> next;
    const auto reach = [&](const CallSite& site) {
        if (site.callee == nowhere || reached[site.callee]) return;
        reached[site.callee] = true;
        next.push_back(site.callee);
    };
    for (const CallSite& site : sites_)
        if (site.caller == nowhere) reach(site);
    while (!next.empty()) {
        const std::uint32_t at = next.back();
        next.pop_back();
        for (const std::uint32_t s : sites_of_[at]) reach(sites_[s]);
    }
    return reached;
}

std::vector<std::uint32_t> Topology::find_articulation_points() const {
    const std::size_t services = scenario_.services.size();
    const std::size_t source = services;    // before all workloads
    const std::size_t sink = services + 1;  // behind all services that call nobody
    Undirected graph(services + 2);
    std::vector<bool> calls(services, false);
    std::vector<bool> is_called(services, false);
    for (const ServiceEdge& edge : edges_) {
        if (edge.async || edge.optional) continue;
        if (!edge.from_workload && edge.from == edge.to) continue;
        boost::add_edge(edge.from_workload ? source : edge.from, edge.to, graph);
        is_called[edge.to] = true;
        if (!edge.from_workload) calls[edge.from] = true;
    }
    for (std::size_t s = 0; s < services; ++s)
        if (is_called[s] && !calls[s]) boost::add_edge(s, sink, graph);
    std::vector<std::size_t> points;
    boost::articulation_points(graph, std::back_inserter(points));
    std::sort(points.begin(), points.end());
    std::vector<std::uint32_t> found;
    for (const std::size_t point : points)
        if (point < services) found.push_back(static_cast<std::uint32_t>(point));
    return found;
}

std::vector<std::uint32_t> Topology::find_deepest_chain() const {
    std::vector<std::uint32_t> depth(endpoints_.size(), 0);  // 0: not reached
    std::vector<std::uint32_t> caller(endpoints_.size(), nowhere);
    for (const CallSite& site : sites_)
        if (site.caller == nowhere && site.callee != nowhere) depth[site.callee] = 1;
    std::uint32_t deepest = nowhere;
    for (const std::uint32_t at : order_) {
        if (depth[at] == 0) continue;
        if (deepest == nowhere || depth[at] > depth[deepest]) deepest = at;
        for (const std::uint32_t s : sites_of_[at]) {
            const CallSite& site = sites_[s];
            if (site.async || !is_forward(site) || depth[site.callee] > depth[at]) continue;
            depth[site.callee] = depth[at] + 1;
            caller[site.callee] = at;
        }
    }
    std::vector<std::uint32_t> chain;
    for (std::uint32_t at = deepest; at != nowhere; at = caller[at]) chain.push_back(at);
    std::reverse(chain.begin(), chain.end());
    return chain;
}

}  // namespace shaketable::scenarios
