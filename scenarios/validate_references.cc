#include <algorithm>

#include "base/quantity.h"
#include "faults/target.h"
#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

void check_policy(const Desk& desk, const std::string& policy, const std::string& path) {
    if (policy.empty() || desk.scenario.policies.find(policy) != nullptr) return;
    std::vector<std::string> names;
    for (const auto& entry : desk.scenario.policies) names.push_back(entry.name);
    desk.report("E102", path, "unknown policy " + in_quotes(policy), did_you_mean(policy, names),
                {names.empty() ? "the scenario declares no policies"
                               : "the scenario's policies: " + list_of(names)});
}

void check_end_of_link(const Desk& desk, const faults::Side& side, const std::string& path) {
    if (side.what == faults::Side::What::zone) {
        check_zone(desk, side.name, path);
    } else if (side.what == faults::Side::What::service &&
               desk.scenario.workload.find(side.name) == nullptr) {
        check_service(desk, side.name, path);
    }
}

void check_links(const Desk& desk) {
    for (const auto& link : desk.scenario.network.links) {
        const std::string path = "network." + link.name;
        const Result<faults::Target> ends = Text<faults::Target>::parse(link.name);
        if (!ends || ends->arrow == faults::Target::Arrow::none) {
            desk.report("E113", path,
                        "expected a link between two ends, found " + in_quotes(link.name),
                        "a -> b, a <-> b, zone:x -> zone:y");
            continue;
        }
        check_end_of_link(desk, ends->from, path);
        check_end_of_link(desk, ends->to, path);
    }
}

}  // namespace

void check_references(const Desk& desk) {
    const Scenario& scenario = desk.scenario;
    for (const CallSite& site : desk.topology.sites()) {
        if (site.is_fallback) continue;
        if (site.callee == nowhere) check_endpoint(desk, site.call, site.path);
        const std::string step = site.path.substr(0, site.path.size() - std::string{"call"}.size());
        check_policy(desk, site.policy, step + "policy");
    }
    for (const auto& [name, policy] : scenario.policies)
        if (policy.fallback && !policy.fallback->call.empty())
            check_endpoint(desk, policy.fallback->call, "policies." + name + ".fallback.call");
    for (const auto& [name, service] : scenario.services)
        for (const Replicas::PerZone& part : service.replicas.zones)
            if (!part.zone.empty())
                check_zone(desk, part.zone, "services." + name + ".replicas." + part.zone);
    for (const auto& [name, workload] : scenario.workload)
        for (const From::PerZone& part : workload.from.zones)
            check_zone(desk, part.zone, "workload." + name + ".from." + part.zone);
    check_links(desk);
}

}  // namespace shaketable::scenarios::validation
