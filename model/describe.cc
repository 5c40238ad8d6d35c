#include "model/model.h"

namespace shaketable::model {

reports::Record describe(const Model& model) {
    const scenarios::Scenario& scenario = model.scenario;
    reports::Record record;
    record.scenario = scenario.name;
    record.variant = scenario.variant;
    record.seed = scenario.run.seed;
    record.duration = scenario.run.duration;
    record.warmup = scenario.run.warmup;
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

}  // namespace shaketable::model
