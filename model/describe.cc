#include "model/model.h"

namespace shaketable::model {

faults::Place place_of(const Model& model, std::uint32_t replica) {
    const ReplicaPlan& plan = model.replicas[replica];
    return {.service = model.services[plan.service].name,
            .replica = plan.number,
            .replicas = model.services[plan.service].replicas,
            .zone = model.zones[plan.zone],
            .replica_in_zone = plan.number_in_zone};
}

reports::Record describe(const Model& model) {
    const scenarios::Scenario& scenario = model.scenario;
    reports::Record record;
    record.scenario = scenario.name;
    record.variant = scenario.variant;
    record.seed = scenario.run.seed;
    record.duration = scenario.run.duration;
    record.warmup = scenario.run.warmup.length;
    record.cooldown = scenario.run.cooldown;
    record.sample_every = scenario.run.sample_every;
    record.flows = model.flows;
    for (const ServicePlan& service : model.services) {
        record.services.push_back(service.name);
        record.replicas.push_back(service.replicas);
    }
    for (const faults::Fault& fault : scenario.faults) record.fault_ids.push_back(fault.id);
    return record;
}

std::string replica_name(const Model& model, std::uint32_t index) {
    const ReplicaPlan& replica = model.replicas[index];
    return model.services[replica.service].name + "[" + std::to_string(replica.number) + "]";
}

std::string edge_state_name(const Model& model, std::uint32_t index) {
    const EdgeStatePlan& state = model.edge_states[index];
    const EdgePlan& edge = model.edges[state.edge];
    if (state.caller_replica == none) return edge.name;
    return edge.name + " from " + replica_name(model, state.caller_replica);
}

}  // namespace shaketable::model
