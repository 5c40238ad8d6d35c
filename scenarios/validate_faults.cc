#include "scenarios/validate_faults.h"

#include <algorithm>
#include <set>

#include "base/quantity.h"
#include "base/random.h"
#include "faults/fault.h"
#include "faults/kinds/partition.h"
#include "faults/target.h"
#include "scenarios/validate_parts.h"

namespace shaketable::scenarios::validation {

namespace {

using faults::Fault;
using faults::ReplicaSelector;
using faults::Side;
using faults::Target;

std::uint64_t replicas_of(const Scenario& scenario) {
    std::uint64_t replicas = 0;
    for (const auto& service : scenario.services) replicas += service.value.replicas.total();
    return replicas;
}

/// Every replica, and every workload once per zone it comes from, as a partition sees them.
std::vector<faults::Place> places_of(const Scenario& scenario) {
    std::vector<faults::Place> places;
    const auto add = [&](std::string_view service, std::uint32_t replica, std::uint32_t replicas,
                         std::string_view zone, std::uint32_t in_zone) {
        places.push_back({.service = service,
                          .replica = replica,
                          .replicas = replicas,
                          .zone = zone,
                          .replica_in_zone = in_zone});
    };
    for (const auto& [name, service] : scenario.services) {
        const std::uint32_t total = service.replicas.total();
        std::uint32_t number = 0;
        const std::vector<std::uint32_t> per_zone = replicas_per_zone(scenario, service);
        for (std::size_t z = 0; z < per_zone.size(); ++z)
            for (std::uint32_t i = 0; i < per_zone[z]; ++i)
                add(name, number++, total, scenario.zones.entries[z].name, i);
        if (scenario.zones.empty())
            for (; number < total; ++number) add(name, number, total, "", number);
    }
    for (const auto& [name, workload] : scenario.workload) {
        for (const From::PerZone& part : workload.from.zones) add(name, 0, 0, part.zone, 0);
        if (workload.from.zones.empty()) add(name, 0, 0, "", 0);
    }
    return places;
}

/// E117, E118. Precondition: the names exist.
void check_groups(const Desk& desk, const Fault& fault, const std::vector<faults::Place>& places,
                  const std::string& path) {
    const auto* partition = std::get_if<faults::Partition>(&fault.what);
    if (partition == nullptr) return;
    Random random{random_key(desk.scenario.run.seed, 0, fault.id, "validate")};
    const Result<faults::Cuts> cuts = faults::cut(*partition, fault.target, places, random);
    if (cuts) return;
    const Problem& problem = cuts.error();
    desk.report(problem.code, path + "." + problem.field, problem.message, problem.hint,
                problem.notes);
}

/// E111, E115, E116, E023. Precondition: ids are unique.
void check_times(const Desk& desk) {
    const auto timeline = faults::resolve(desk.scenario.faults, desk.scenario.run.duration,
                                          desk.scenario.run.seed, 0);
    if (timeline) return;
    for (Problem problem : timeline.error()) {
        problem.where = desk.where(problem.field);
        desk.problems.push_back(std::move(problem));
    }
}

/// A verdict has one bit for each of them.
void check_tampers(const Desk& desk) {
    std::size_t count = 0;
    for (const Fault& fault : desk.scenario.faults)
        if (std::holds_alternative<faults::Tamper>(fault.what) &&
            ++count == faults::tampers_max + 1)
            desk.report(
                "E023", "faults",
                "expected at most " + std::to_string(faults::tampers_max) + " tamper faults");
}

void check_other_times(const Desk& desk) {
    const Duration end = desk.scenario.run.duration;
    const std::string lasts = "the run lasts " + Text<Duration>::print(end);
    for (const auto& [name, window] : desk.scenario.windows)
        if (window.to > end)
            desk.report("E115", "windows." + name + ".to",
                        "window " + in_quotes(name) + " ends when the run is over", "", {lasts});
    for (const auto& [name, workload] : desk.scenario.workload)
        if (workload.start && *workload.start >= end)
            desk.report("E115", "workload." + name + ".start",
                        in_quotes(name) + " starts when the run is over", "", {lasts});
}

}  // namespace

void check_faults(const Desk& desk) {
    std::set<std::string_view> ids;
    for (const Fault& fault : desk.scenario.faults) ids.insert(fault.id);
    if (ids.size() == desk.scenario.faults.size()) check_times(desk);
    check_other_times(desk);
    const auto partitions = static_cast<std::uint64_t>(std::count_if(
        desk.scenario.faults.begin(), desk.scenario.faults.end(),
        [](const Fault& fault) { return std::holds_alternative<faults::Partition>(fault.what); }));
    constexpr std::uint64_t cuts_max = 10'000'000;
    if (partitions * replicas_of(desk.scenario) > cuts_max)
        return desk.report("E023", "faults",
                           std::to_string(partitions) + " partitions of " +
                               std::to_string(replicas_of(desk.scenario)) +
                               " replicas are too many to tell apart",
                           "fewer partitions, or fewer replicas");
    const std::vector<faults::Place> places =
        partitions > 0 ? places_of(desk.scenario) : std::vector<faults::Place>{};
    check_tampers(desk);
    for (std::size_t i = 0; i < desk.scenario.faults.size(); ++i) {
        const Fault& fault = desk.scenario.faults[i];
        const std::string path = "faults[" + std::to_string(i) + "]";
        if (check_names_of_target(desk, fault, path) && check_reach(desk, fault, path))
            check_groups(desk, fault, places, path);
    }
}

}  // namespace shaketable::scenarios::validation
