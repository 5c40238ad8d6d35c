#include "model/model.h"

namespace shaketable::model {

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
