/// A scenario, compiled: names resolved to indices, steps to a program, everything sorted by name
/// so that the order of the file cannot show. Read-only; shared by all runs of a variant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/units.h"
#include "faults/fault.h"
#include "faults/judge.h"
#include "model/index.h"
#include "model/program.h"
#include "policies/chain.h"
#include "reports/record/record.h"
#include "scenarios/scenario.h"

namespace shaketable::model {

/// A count without limit, of workers or places.
inline constexpr std::uint32_t unlimited_places = 0xFFFF'FFFF;

struct ReplicaPlan {
    std::uint32_t service = 0;
    std::uint32_t zone = 0;            ///< index into Model::zones
    std::uint32_t number = 0;          ///< within its service
    std::uint32_t number_in_zone = 0;  ///< within its service and zone
};

struct EndpointPlan {
    std::uint32_t service = 0;
    std::uint32_t entry = 0;  ///< first instruction
    std::uint32_t priority = 0;
    std::string name, method, path;
};

struct ServicePlan {
    std::string name, stream;
    std::uint32_t first_replica = 0, replicas = 0;
    std::uint32_t workers = 0;      ///< per replica; or unlimited_places
    std::uint32_t queue_limit = 0;  ///< per replica; or unlimited_places
    bool async = false;
    double cores = 0;                           ///< 0: every worker has its own
    bool contended = false;                     ///< work takes longer the more are in service
    double serial = 0, crosstalk = 0;           ///< how much; see `under_contention`
    std::uint32_t crash_at = unlimited_places;  ///< requests in hand, per replica
    Duration restart_after{forever};            ///< such a crash
    scenarios::Queue queue;
    policies::Balance balance;
    std::optional<policies::ServicePolicies> policies;
    Sampler startup;
    std::optional<Sampler> patience;  ///< of those who wait for a worker
    std::uint32_t locks = 0, caches = 0;
    bool has_rows = false;          ///< some step of it is optimistic
    std::uint32_t first_cache = 0;  ///< into Program::caches
    std::uint32_t priorities = 1;   ///< levels of its queue
};

/// Calls of one caller to one endpoint under one policy (and of one size): they share breakers,
/// budgets and pools, per calling replica.
struct EdgePlan {
    std::uint32_t caller = 0;  ///< service, or workload if `from_workload`
    bool from_workload = false;
    std::uint32_t endpoint = 0;
    std::uint32_t service = 0;  ///< of the endpoint
    std::int64_t request_bytes = 0, response_bytes = 0;
    std::uint32_t priority = 0;     ///< the endpoint's, plus a workload's own
    policies::EdgePolicy policy;    ///< presets filled in
    std::uint32_t route = 0;        ///< index into Model::routes
    std::uint32_t fallback = none;  ///< edge of the policy's `fallback.call`
    std::uint32_t first_state =
        0;  ///< of its states, one per replica of the caller (one per zone of a workload)
    std::string name;  ///< "payments -> ledger.append"
};

/// One state to make per (edge, calling replica).
struct EdgeStatePlan {
    std::uint32_t edge = 0;
    std::uint32_t caller_replica = none;  ///< none for a workload
    std::uint32_t zone = 0;               ///< of the caller
    std::uint32_t flow = 0;               ///< index into Model::flows
};

struct LinkPlan {
    Sampler latency;
    double bytes_per_second = 0;  ///< 0: unlimited
    double loss = 0;
};

/// One source of requests: a workload, or its part from one zone.
struct SourcePlan {
    std::uint32_t workload = 0;           ///< index into Model::workload_names
    std::uint32_t scenario_workload = 0;  ///< index into the scenario's workloads
    std::uint32_t zone = 0;
    double part = 1;
    std::uint32_t edge = 0;
    std::uint32_t edge_state = 0;
    std::uint32_t users = 0;      ///< 0: an open stream
    std::uint32_t users_max = 0;  ///< with load faults
    Sampler think;
};

struct Model {
    scenarios::Scenario scenario;    ///< a copy: a model is a value
    std::vector<std::string> zones;  ///< [0] is "" where the scenario has none
    std::vector<ServicePlan> services;
    std::vector<ReplicaPlan> replicas;
    std::vector<EndpointPlan> endpoints;
    std::vector<EdgePlan> edges;
    std::vector<EdgeStatePlan> edge_states;
    std::vector<SourcePlan> sources;
    std::vector<std::string> workload_names;
    std::vector<std::string> routes;  ///< "payments -> ledger": crossings are numbered along each
    std::vector<reports::FlowKey> flows;
    std::vector<LinkPlan> links;
    /// Link from the zone of a caller to the zone of a replica: [(edge * zones + from) * zones +
    /// to].
    std::vector<std::uint32_t> link_of;
    Program program;
    bool counts_duplicates = false;  ///< an expectation asks for them

    [[nodiscard]] std::uint32_t zone_count() const noexcept {
        return static_cast<std::uint32_t>(zones.size());
    }
    [[nodiscard]] const LinkPlan& link(std::uint32_t edge, std::uint32_t from,
                                       std::uint32_t to) const noexcept {
        const std::uint32_t n = zone_count();
        return links[link_of[(static_cast<std::size_t>(edge) * n + from) * n + to]];
    }
};

/// Time of `bytes` on a wire of `rate` bytes per second; cut at ten years, since 1 TB at 1 bit/s is
/// more than a Duration holds.
[[nodiscard]] Duration on_wire(std::int64_t bytes, double rate);

/// Time of one message on a link, one way: propagation, retransmissions, and its bytes at the lower
/// of the link's rate and `rate_max` (bytes per second).
[[nodiscard]] Duration time_on_link(const LinkPlan& link, std::int64_t bytes, double rate_max,
                                    Random& network);

/// What work of that length comes to while `in_service` requests, it included, are in service at
/// its replica. See scenarios::Contention. Cut at ten years.
[[nodiscard]] Duration under_contention(const ServicePlan& service, std::uint32_t in_service,
                                        Duration work);

/// Draws the replicas that a caller uses, where the callee's balance has a subset: the same ones
/// for all its edges to this callee, from a stream named after caller and callee.
void draw_subset(const Model& model, std::uint32_t edge_state, std::uint64_t repeat,
                 policies::Balancer& balancer);

/// Precondition: the scenario was read and validated without error.
[[nodiscard]] Model compile(const scenarios::Scenario& scenario);

/// "ledger[0]", as events name it.
[[nodiscard]] std::string replica_name(const Model& model, std::uint32_t replica);
/// "orders -> ledger.append from orders[1]".
[[nodiscard]] std::string edge_state_name(const Model& model, std::uint32_t edge_state);

/// A replica as targets of faults see it.
[[nodiscard]] faults::Place place_of(const Model& model, std::uint32_t replica);

/// A record of this model to which only repeats (and traces) must be added.
[[nodiscard]] reports::Record describe(const Model& model);

}  // namespace shaketable::model
