#include "scenarios/validate.h"

#include <algorithm>

#include "base/quantity.h"
#include "scenarios/validate_parts.h"

namespace shaketable::scenarios {

Problems validate(const Scenario& scenario, const Locate& where) {
    Problems problems;
    const Topology topology{scenario};
    const validation::Desk desk{scenario, topology, where, problems};
    validation::check_names(desk);
    validation::check_references(desk);
    validation::check_call_graph(desk);
    validation::check_effects(desk);
    validation::check_faults(desk);
    validation::check_expectations(desk);
    if (problems.empty()) validation::check_size(desk);
    return problems;
}

namespace validation {

namespace {

template <class T>
std::vector<std::string> names_of(const Named<T>& named) {
    std::vector<std::string> names;
    names.reserve(named.size());
    for (const auto& entry : named) names.push_back(entry.name);
    return names;
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string near = nearest(word, candidates);
    return near.empty() ? "" : "did you mean " + in_quotes(near) + "?";
}

std::string in_quotes(std::string_view word) {
    return "\"" + std::string{word} + "\"";
}

std::string list_of(const std::vector<std::string>& words) {
    constexpr std::size_t shown_max = 8;
    const std::size_t shown = std::min(words.size(), shown_max);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        const bool is_last = i + 1 == shown && shown == words.size();
        if (i > 0) text += is_last ? " and " : ", ";
        text += words[i];
    }
    if (shown < words.size()) text += " and " + std::to_string(words.size() - shown) + " more";
    return text;
}

std::vector<std::string> service_names(const Scenario& scenario) {
    return names_of(scenario.services);
}
std::vector<std::string> workload_names(const Scenario& scenario) {
    return names_of(scenario.workload);
}
std::vector<std::string> zone_names(const Scenario& scenario) {
    return names_of(scenario.zones);
}

bool check_zone(const Desk& desk, std::string_view zone, std::string_view path) {
    if (desk.scenario.zones.find(zone) != nullptr) return true;
    const std::vector<std::string> zones = zone_names(desk.scenario);
    std::vector<std::string> notes;
    notes.push_back(zones.empty() ? "the scenario declares no zones; `zones: {" +
                                        std::string{zone} + ": {}}` would"
                                  : "the scenario's zones: " + list_of(zones));
    desk.report("E103", path, "unknown zone " + in_quotes(zone), did_you_mean(zone, zones),
                std::move(notes));
    return false;
}

bool check_service(const Desk& desk, std::string_view service, std::string_view path) {
    if (desk.scenario.services.find(service) != nullptr) return true;
    if (const Workload* workload = desk.scenario.workload.find(service)) {
        desk.report("E101", path, in_quotes(service) + " is a workload, expected a service",
                    "it calls " + in_quotes(workload->call));
        return false;
    }
    const std::vector<std::string> names = service_names(desk.scenario);
    std::vector<std::string> notes;
    const std::string hint = did_you_mean(service, names);
    if (hint.empty())
        notes.push_back(names.empty() ? "the scenario has no services"
                                      : "the scenario's services: " + list_of(names));
    desk.report("E101", path, "unknown service " + in_quotes(service), hint, std::move(notes));
    return false;
}

bool check_endpoint(const Desk& desk, std::string_view call, std::string_view path) {
    const CallName name = split_call(desk.scenario, call);
    if (name.service_index == nowhere && !check_service(desk, name.service, path)) return false;
    const Service* service = desk.scenario.services.find(name.service);
    if (service->endpoints.find(name.endpoint) != nullptr) return true;
    std::vector<std::string> full;
    for (const auto& endpoint : service->endpoints)
        full.push_back(std::string{name.service} + "." + endpoint.name);
    const std::vector<std::string> own = names_of(service->endpoints);
    std::string note = std::string{name.service} + " has ";
    if (own.empty()) note += "no endpoints";
    if (own.size() == 1) note += "one endpoint: " + own.front();
    if (own.size() > 1) note += std::to_string(own.size()) + " endpoints: " + list_of(own);
    std::string hint = did_you_mean(call, full);
    if (hint.empty() && full.size() == 1) hint = did_you_mean(full.front(), full);
    const std::string message = name.endpoint.empty()
                                    ? "expected \"service.endpoint\", found " + in_quotes(call)
                                    : "unknown endpoint " + in_quotes(call);
    desk.report("E104", path, message, std::move(hint), {std::move(note)});
    return false;
}

std::vector<std::uint32_t> replicas_per_zone(const Scenario& scenario, const Service& service) {
    std::vector<std::uint32_t> counts(scenario.zones.size(), 0);
    for (const Replicas::PerZone& part : service.replicas.zones) {
        const auto zones = static_cast<std::uint32_t>(counts.size());
        for (std::uint32_t z = 0; z < zones; ++z) {
            if (part.zone.empty())
                counts[z] += part.count / zones + (z < part.count % zones ? 1 : 0);
            else if (part.zone == scenario.zones.entries[z].name)
                counts[z] += part.count;
        }
    }
    return counts;
}

}  // namespace validation

}  // namespace shaketable::scenarios
