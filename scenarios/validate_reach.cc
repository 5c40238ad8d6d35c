#include <algorithm>
#include <variant>

#include "base/quantity.h"
#include "faults/concepts.h"
#include "scenarios/validate_faults.h"

namespace shaketable::scenarios::validation {

namespace {

using faults::Fault;
using faults::Side;
using faults::Target;

/// Can the side be this caller? Zones are not looked into: every service may stand in every zone.
bool may_be(const Side& side, std::string_view name) {
    return side.what != Side::What::service || side.name == name;
}

std::string_view name_of_caller(const Scenario& scenario, const ServiceEdge& edge) {
    return edge.from_workload ? std::string_view{scenario.workload.entries[edge.from].name}
                              : std::string_view{scenario.services.entries[edge.from].name};
}

/// Does any step make a call from the one to the other?
bool has_edge(const Desk& desk, const Side& from, const Side& to) {
    return std::any_of(desk.topology.edges().begin(), desk.topology.edges().end(),
                       [&](const ServiceEdge& edge) {
                           return may_be(from, name_of_caller(desk.scenario, edge)) &&
                                  may_be(to, desk.scenario.services.entries[edge.to].name);
                       });
}

std::vector<std::string> callers_of(const Desk& desk, std::string_view service) {
    std::vector<std::string> callers;
    for (const ServiceEdge& edge : desk.topology.edges())
        if (desk.scenario.services.entries[edge.to].name == service)
            callers.emplace_back(name_of_caller(desk.scenario, edge));
    return callers;
}

bool check_edge(const Desk& desk, const Fault& fault, const std::string& path) {
    const Target& target = *fault.target;
    const bool has_arrow = target.arrow != Target::Arrow::none;
    const Side to = has_arrow ? target.to : target.from;
    const Side from = has_arrow ? target.from : Side{};
    if (has_edge(desk, from, to)) return true;
    if (target.arrow == Target::Arrow::both && has_edge(desk, to, from)) return true;
    std::vector<std::string> notes;
    if (to.what == Side::What::service) {
        const std::vector<std::string> callers = callers_of(desk, to.name);
        notes.push_back(callers.empty() ? "nobody calls " + to.name
                                        : "callers of " + to.name + ": " + list_of(callers));
    }
    const std::string hint = has_arrow && has_edge(desk, to, from)
                                 ? "the arrow points from the caller to the callee"
                                 : "";
    desk.report("E114", path + ".target",
                std::string{faults::kind_name(fault.what)} + " on " +
                    in_quotes(Text<Target>::print(target)) + " would hit no call",
                hint, std::move(notes));
    return false;
}

bool has_cache(const Steps& steps);
bool has_cache(const std::vector<Steps>& branches) {
    return std::any_of(branches.begin(), branches.end(),
                       [](const Steps& branch) { return has_cache(branch); });
}
struct HoldsCache {
    bool operator()(const Cache&) const { return true; }
    bool operator()(const Parallel& step) const { return has_cache(step.parallel); }
    bool operator()(const Any& step) const { return has_cache(step.any); }
    bool operator()(const Optimistic& step) const { return has_cache(step.optimistic.steps); }
    bool operator()(const Loop& step) const { return has_cache(step.loop.steps); }
    bool operator()(const Choose& step) const {
        return std::any_of(step.choose.begin(), step.choose.end(),
                           [](const Choice& way) { return has_cache(way.steps); });
    }
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }
};
bool has_cache(const Steps& steps) {
    return std::any_of(steps.begin(), steps.end(),
                       [](const Step& step) { return std::visit(HoldsCache{}, step.what); });
}

bool check_cache(const Desk& desk, std::string_view name, const std::string& path) {
    for (const auto& endpoint : desk.scenario.services.find(name)->endpoints)
        if (has_cache(endpoint.value.steps)) return true;
    desk.report("E114", path + ".target", in_quotes(name) + " has no cache that could be cold",
                "a `cache` step in one of its endpoints");
    return false;
}

bool check_pools(const Desk& desk, std::string_view name, const faults::Exhaust& exhaust,
                 const std::string& path) {
    if (exhaust.workers && desk.scenario.services.find(name)->workers.is_unlimited()) {
        desk.report("E114", path + ".workers",
                    in_quotes(name) + " has unlimited workers, which nothing can exhaust",
                    "services." + std::string{name} + ".workers: 64");
        return false;
    }
    if (!exhaust.connections) return true;
    for (const CallSite& site : desk.topology.sites()) {
        if (site.callee == nowhere) continue;
        const std::uint32_t service = desk.topology.endpoints()[site.callee].service;
        if (desk.scenario.services.entries[service].name == name &&
            policy_of(desk.scenario, site).bulkhead)
            return true;
    }
    desk.report("E114", path + ".connections",
                "no caller of " + in_quotes(name) + " has a bounded pool of connections",
                "a `bulkhead` in the policy of its callers");
    return false;
}

}  // namespace

bool check_reach(const Desk& desk, const Fault& fault, const std::string& path) {
    if (!fault.target) return true;
    const Target& target = *fault.target;
    if (desk.topology.has_unknown_calls()) return true;  // reported; it may be the very call
    if (!target.from.topic.empty() || !target.to.topic.empty()) {
        desk.report("E114", path + ".target",
                    "no service has topics: " + in_quotes(Text<Target>::print(target)));
        return false;
    }
    const bool is_traffic = std::visit(
        [](const auto& kind) { return faults::TrafficFault<std::decay_t<decltype(kind)>>; },
        fault.what);
    if (is_traffic && !std::holds_alternative<faults::Partition>(fault.what))
        return check_edge(desk, fault, path);
    if (target.from.what != Side::What::service) return true;
    if (std::holds_alternative<faults::ColdCache>(fault.what))
        return check_cache(desk, target.from.name, path);
    if (const auto* exhaust = std::get_if<faults::Exhaust>(&fault.what))
        return check_pools(desk, target.from.name, *exhaust, path);
    return true;
}

}  // namespace shaketable::scenarios::validation
