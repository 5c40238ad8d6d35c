#include <algorithm>

#include "model/model.h"

namespace shaketable::model {

Duration under_contention(const ServicePlan& service, std::uint32_t in_service, Duration work) {
    const double n = std::max(in_service, 1U);
    const double factor = 1 + service.serial * (n - 1) + service.crosstalk * n * (n - 1);
    const double time = static_cast<double>(work.count()) * factor + 0.5;
    return Duration{
        static_cast<std::int64_t>(std::min(time, static_cast<double>(ten_years.count())))};
}

void draw_subset(const Model& model, std::uint32_t edge_state, std::uint64_t repeat,
                 policies::Balancer& balancer) {
    const EdgeStatePlan& state = model.edge_states[edge_state];
    const EdgePlan& edge = model.edges[state.edge];
    const ServicePlan& callee = model.services[edge.service];
    if (!callee.balance.subset) return;
    const std::string caller =
        state.caller_replica != none
            ? replica_name(model, state.caller_replica)
            : model.workload_names[edge.caller] + " " + model.zones[state.zone];
    Random dice{
        random_key(model.scenario.run.seed, repeat, caller + " -> " + callee.stream, "subset")};
    balancer.draw_subset(dice);
}

}  // namespace shaketable::model
