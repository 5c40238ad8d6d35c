#include "reports/select.h"

#include <algorithm>

namespace shaketable::reports {

namespace {

bool matches(const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
}

std::string edge(const std::string& caller, const std::string& service, const std::string& endpoint,
                 const std::string& zone) {
    std::string text;
    if (!caller.empty()) text += caller + " -> ";
    text += service;
    if (!endpoint.empty()) text += "." + endpoint;
    if (!zone.empty()) text += " from " + zone;
    return text;
}

}  // namespace

std::vector<std::uint32_t> flows_of(const Record& record, const scenarios::Selector& selector) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < record.flows.size(); ++row) {
        const FlowKey& flow = record.flows[row];
        if (matches(selector.caller, flow.caller) && matches(selector.service, flow.service) &&
            matches(selector.endpoint, flow.endpoint) &&
            matches(selector.from_zone, flow.from_zone))
            rows.push_back(row);
    }
    return rows;
}

std::vector<std::uint32_t> workload_flows(const Record& record) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < record.flows.size(); ++row)
        if (record.flows[row].from_workload) rows.push_back(row);
    return rows;
}

std::vector<Entry> entries_of(const Record& record) {
    std::vector<Entry> entries;
    for (const std::uint32_t row : workload_flows(record)) {
        const FlowKey& flow = record.flows[row];
        const std::string name = flow.service + "." + flow.endpoint;
        const auto at = std::find_if(entries.begin(), entries.end(),
                                     [&](const Entry& e) { return e.name == name; });
        if (at == entries.end())
            entries.push_back({name, {row}});
        else
            at->rows.push_back(row);
    }
    return entries;
}

std::optional<std::uint32_t> service_row(const Record& record, std::string_view name) {
    const auto at = std::find(record.services.begin(), record.services.end(), name);
    if (at == record.services.end()) return std::nullopt;
    return static_cast<std::uint32_t>(at - record.services.begin());
}

std::string print(const scenarios::Selector& selector) {
    return edge(selector.caller, selector.service, selector.endpoint, selector.from_zone);
}

std::string print(const FlowKey& flow) {
    return edge(flow.caller, flow.service, flow.endpoint, flow.from_zone);
}

std::uint32_t replicas_in(const scenarios::Scenario& scenario, std::string_view service,
                          std::string_view zone) {
    const scenarios::Service* found = scenario.services.find(service);
    if (found == nullptr) return 0;
    if (zone.empty() || scenario.zones.empty()) return found->replicas.total();
    const auto zones = static_cast<std::uint32_t>(scenario.zones.size());
    std::uint32_t place = 0;
    while (place < zones && scenario.zones.entries[place].name != zone) ++place;
    std::uint32_t count = 0;
    for (const auto& per_zone : found->replicas.zones) {
        if (per_zone.zone == zone) count += per_zone.count;
        if (per_zone.zone.empty() && place < zones)
            count += per_zone.count / zones + (place < per_zone.count % zones ? 1 : 0);
    }
    return count;
}

}  // namespace shaketable::reports
