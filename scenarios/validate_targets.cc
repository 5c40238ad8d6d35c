#include <algorithm>

#include "faults/kinds/partition.h"
#include "scenarios/validate_faults.h"

namespace shaketable::scenarios::validation {

namespace {

using faults::Fault;
using faults::ReplicaSelector;
using faults::Side;
using faults::Target;

bool is_workload(const Desk& desk, std::string_view name) {
    return desk.scenario.workload.find(name) != nullptr;
}

/// E114 for a replica number that the service does not have.
bool check_replicas(const Desk& desk, const Side& side, const std::string& path) {
    const Service& service = *desk.scenario.services.find(side.name);
    const ReplicaSelector& which = side.replicas;
    std::uint32_t there = service.replicas.total();
    std::string whose = side.name;
    if (which.by == ReplicaSelector::By::index_in_zone) {
        if (!check_zone(desk, which.zone, path)) return false;
        const auto& zones = desk.scenario.zones;
        there = replicas_per_zone(desk.scenario, service)[static_cast<std::size_t>(
            std::find_if(zones.begin(), zones.end(),
                         [&](const auto& zone) { return zone.name == which.zone; }) -
            zones.begin())];
        whose += " in zone " + which.zone;
    } else if (which.by != ReplicaSelector::By::index) {
        return true;
    }
    if (which.index < there) return true;
    std::string note =
        whose + " has " + std::to_string(there) + " replica" + (there == 1 ? "" : "s");
    if (there == 1) note += ", whose number is 0";
    if (there > 1) note += ", numbered from 0 to " + std::to_string(there - 1);
    desk.report("E114", path, "there is no replica " + std::to_string(which.index) + " of " + whose,
                "", {std::move(note)});
    return false;
}

/// `may_call`: a workload will do as well, because it makes calls.
bool check_side(const Desk& desk, const Side& side, bool may_call, const std::string& path) {
    if (side.what == Side::What::everything) return true;
    if (side.what == Side::What::zone) return check_zone(desk, side.name, path);
    if (may_call && is_workload(desk, side.name)) return true;
    if (!check_service(desk, side.name, path)) return false;
    return check_replicas(desk, side, path);
}

bool check_name_of_workload(const Desk& desk, const Fault& fault, const std::string& path) {
    const Side& side = fault.target->from;
    if (side.what != Side::What::service || is_workload(desk, side.name)) return true;
    const std::vector<std::string> names = workload_names(desk.scenario);
    const bool is_service = desk.scenario.services.find(side.name) != nullptr;
    const std::string kind{faults::kind_name(fault.what)};
    desk.report(is_service ? "E114" : "E101", path,
                is_service
                    ? kind + " works on a workload, and " + in_quotes(side.name) + " is a service"
                    : "unknown workload " + in_quotes(side.name),
                did_you_mean(side.name, names), {"the scenario's workloads: " + list_of(names)});
    return false;
}

}  // namespace

bool check_names_of_target(const Desk& desk, const Fault& fault, const std::string& path) {
    bool is_fine = true;
    if (const auto* partition = std::get_if<faults::Partition>(&fault.what))
        for (std::size_t g = 0; g < partition->groups.size(); ++g)
            for (std::size_t m = 0; m < partition->groups[g].size(); ++m)
                is_fine = check_side(desk, partition->groups[g][m], true,
                                     path + ".groups[" + std::to_string(g) + "][" +
                                         std::to_string(m) + "]") &&
                          is_fine;
    if (!fault.target) return is_fine;
    const Target& target = *fault.target;
    const std::string at = path + ".target";
    const bool is_arrow = target.arrow != Target::Arrow::none;
    const faults::TargetKinds kinds = faults::targets_of(fault.what);
    if (!is_arrow && kinds.workload && !kinds.service)
        return check_name_of_workload(desk, fault, at) && is_fine;
    is_fine = check_side(desk, target.from, is_arrow, at) && is_fine;
    if (is_arrow)
        is_fine = check_side(desk, target.to, target.arrow == Target::Arrow::both, at) && is_fine;
    return is_fine;
}

}  // namespace shaketable::scenarios::validation
