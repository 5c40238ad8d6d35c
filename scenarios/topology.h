/// Who calls whom: the call graph of a scenario, and what can be said about it without a run.
///
/// Two views of the same calls. Between *endpoints*: what one request sets off (cycles, calls per
/// request, depth). Between *services* (and workloads): what a picture shows and what a failure
/// separates (edges, single points of failure).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/call_sites.h"
#include "scenarios/scenario.h"

namespace shaketable::scenarios {

/// All calls of one caller to one service.
struct ServiceEdge {
    std::uint32_t from = 0;      ///< index into Scenario::services, or ::workload
    bool from_workload = false;  ///<
    std::uint32_t to = 0;        ///< index into Scenario::services
    bool async = false;          ///< nobody waits for any of its calls
    bool optional = false;       ///< no failure of any of its calls does harm
    bool operator==(const ServiceEdge&) const = default;
};

class Topology {
  public:
    /// The scenario may hold mistakes: calls to nowhere are left out. It must outlive the topology.
    explicit Topology(const Scenario& scenario);

    [[nodiscard]] const Scenario& scenario() const noexcept { return scenario_; }
    [[nodiscard]] const std::vector<EndpointIndex>& endpoints() const noexcept {
        return endpoints_;
    }
    [[nodiscard]] const std::vector<CallSite>& sites() const noexcept { return sites_; }
    /// Indices of the sites in an endpoint.
    [[nodiscard]] const std::vector<std::uint32_t>& sites_of(std::uint32_t endpoint) const {
        return sites_of_[endpoint];
    }
    /// A call to what does not exist: whatever is said about who calls whom may be wrong because of
    /// it.
    [[nodiscard]] bool has_unknown_calls() const;
    /// Edges between services, and from workloads; ascending, each once.
    [[nodiscard]] const std::vector<ServiceEdge>& edges() const noexcept { return edges_; }

    [[nodiscard]] std::string name_of(std::uint32_t endpoint) const {
        return name_of_endpoint(scenario_, endpoints_, endpoint);
    }
    [[nodiscard]] std::string name_of_caller(const CallSite& site) const {
        return scenarios::name_of_caller(scenario_, endpoints_, site);
    }

    /// One way around each knot of endpoints that call each other; the first endpoint is not
    /// repeated at the end.
    [[nodiscard]] std::vector<std::vector<std::uint32_t>> find_cycles() const;
    /// The same for calls that every request makes: whoever enters never comes back.
    [[nodiscard]] std::vector<std::vector<std::uint32_t>> find_endless_cycles() const;

    /// Endpoints, callers before callees; where they call each other in a circle, one call of it
    /// points backwards.
    [[nodiscard]] const std::vector<std::uint32_t>& order() const noexcept { return order_; }
    /// Does the call point forwards in `order()`? Always, without cycles.
    [[nodiscard]] bool is_forward(const CallSite& site) const;

    /// Requests at each endpoint for one request of the workload, without retries. No value: more
    /// than `calls_max` in all, or without end.
    [[nodiscard]] std::optional<std::vector<double>> visits_of(std::uint32_t workload) const;
    static constexpr double calls_max = 1e6;

    /// Which endpoints a workload can reach, fallbacks included.
    [[nodiscard]] std::vector<bool> find_reachable() const;
    /// Services that every way from a workload to the last service of a chain goes through. Calls
    /// that nobody needs (async, optional) are no way. Ascending.
    [[nodiscard]] std::vector<std::uint32_t> find_articulation_points() const;
    /// The longest chain of calls that are waited for, from a workload on: numbers of endpoints.
    [[nodiscard]] std::vector<std::uint32_t> find_deepest_chain() const;

  private:
    [[nodiscard]] std::vector<std::vector<std::uint32_t>> find_cycles(bool certain_only) const;

    const Scenario& scenario_;
    std::vector<EndpointIndex> endpoints_;
    std::vector<CallSite> sites_;
    std::vector<std::vector<std::uint32_t>> sites_of_;
    std::vector<ServiceEdge> edges_;
    std::vector<std::uint32_t> order_;
    std::vector<std::uint32_t> place_;  ///< in `order_`, per endpoint
};

}  // namespace shaketable::scenarios
