// Scenario -> Model: names become indices, in the order of names.
#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "model/compile_steps.h"
#include "model/model.h"
#include "policies/presets.h"

namespace shaketable::model {

using scenarios::Scenario;

namespace {

template <class T>
std::vector<std::uint32_t> order_by_name(const Named<T>& named) {
    std::vector<std::uint32_t> order(named.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return named.entries[a].name < named.entries[b].name; });
    return order;
}

std::uint32_t places(Count count) {
    return count.is_unlimited() || count.value >= unlimited_places
               ? unlimited_places
               : static_cast<std::uint32_t>(count.value);
}

class Compiler {
  public:
    explicit Compiler(const Scenario& scenario) { model_.scenario = scenario; }

    Model compile() {
        add_zones();
        add_services();
        add_endpoints();
        add_sources();  // first: then their calls have the same numbers whatever services there are
        add_programs();
        add_states();
        add_links();
        model_.counts_duplicates = asks_for(scenarios::Metric::duplicates);
        return std::move(model_);
    }

  private:
    const Scenario& scenario() const { return model_.scenario; }

    bool asks_for(scenarios::Metric metric) const {
        const auto asks = [&](const scenarios::Expectation& e) { return e.that.metric == metric; };
        return std::any_of(scenario().expect.begin(), scenario().expect.end(), asks) ||
               (scenario().run.until && scenario().run.until->of.metric == metric);
    }

    void add_zones() {
        if (scenario().zones.empty()) model_.zones.emplace_back();
        for (const auto& [name, zone] : scenario().zones) model_.zones.push_back(name);
        std::sort(model_.zones.begin(), model_.zones.end());
    }

    std::uint32_t zone_index(std::string_view name) const {
        const auto found = std::find(model_.zones.begin(), model_.zones.end(), name);
        return found == model_.zones.end()
                   ? 0
                   : static_cast<std::uint32_t>(found - model_.zones.begin());
    }

    void add_services() {
        for (const std::uint32_t i : order_by_name(scenario().services)) {
            const auto& [name, service] = scenario().services.entries[i];
            ServicePlan plan;
            plan.name = name;
            plan.stream = service.stream.empty() ? name : service.stream;
            plan.first_replica = static_cast<std::uint32_t>(model_.replicas.size());
            plan.replicas = service.replicas.total();
            plan.workers = places(service.workers);
            plan.queue = service.queue;
            plan.queue_limit = places(service.queue.limit);
            plan.async = service.threading == scenarios::Threading::async;
            plan.cores = service.cores.value_or(0);
            if (service.contention) {
                plan.serial = service.contention->serial.fraction;
                plan.crosstalk = service.contention->crosstalk.fraction;
                plan.contended = plan.serial > 0 || plan.crosstalk > 0;
            }
            if (service.crash_at) {
                plan.crash_at = service.crash_at->requests;
                plan.restart_after = service.crash_at->restart_after.value_or(forever);
            }
            if (service.balance) plan.balance = *service.balance;
            if (plan.balance.outlier_ejection)
                plan.balance.outlier_ejection =
                    policies::with_preset(*plan.balance.outlier_ejection);
            if (!plan.balance.slow_start) plan.balance.slow_start = service.startup.slow_start;
            plan.policies = service.policies;
            plan.startup = Sampler{service.startup.time};
            if (service.queue.patience) plan.patience.emplace(*service.queue.patience);
            service_index_[name] = static_cast<std::uint32_t>(model_.services.size());
            add_replicas(service, service_index_[name]);
            model_.services.push_back(std::move(plan));
        }
    }

    void add_replicas(const scenarios::Service& service, std::uint32_t index) {
        std::map<std::uint32_t, std::uint32_t> in_zone;
        std::uint32_t number = 0;
        for (const auto& [zone, count] : service.replicas.zones)
            for (std::uint32_t n = 0; n < count; ++n) {
                const std::uint32_t z =
                    zone.empty() ? number % model_.zone_count() : zone_index(zone);
                model_.replicas.push_back({index, z, number++, in_zone[z]++});
            }
    }

    void add_endpoints() {
        for (const std::uint32_t s : order_by_name(scenario().services)) {
            const auto& [name, service] = scenario().services.entries[s];
            const std::uint32_t index = service_index_[name];
            std::uint32_t priority_max = 0;
            for (const std::uint32_t e : order_by_name(service.endpoints)) {
                const auto& [endpoint_name, endpoint] = service.endpoints.entries[e];
                EndpointPlan plan{
                    .service = index, .priority = endpoint.priority, .name = endpoint_name};
                const std::size_t space = endpoint.http.find(' ');
                if (space != std::string::npos) {
                    plan.method = endpoint.http.substr(0, space);
                    plan.path = endpoint.http.substr(space + 1);
                }
                priority_max = std::max(priority_max, endpoint.priority);
                endpoint_index_[fmt::format("{}.{}", name, endpoint_name)] =
                    static_cast<std::uint32_t>(model_.endpoints.size());
                model_.endpoints.push_back(std::move(plan));
            }
            if (service.queue.discipline == scenarios::Discipline::priority)
                model_.services[index].priorities = priority_max + 1;
        }
    }

    void add_programs() {
        for (const std::uint32_t s : order_by_name(scenario().services)) {
            const auto& [name, service] = scenario().services.entries[s];
            const std::uint32_t index = service_index_[name];
            StepCompiler steps{model_.program, index, [&, index](const scenarios::Call& call) {
                                   return edge(index, false, call.call, call.policy,
                                               named(call.policy), call.size, call.response, 0);
                               }};
            model_.services[index].first_cache =
                static_cast<std::uint32_t>(model_.program.caches.size());
            for (const std::uint32_t e : order_by_name(service.endpoints)) {
                const auto& [endpoint_name, endpoint] = service.endpoints.entries[e];
                const std::uint32_t number =
                    endpoint_index_[fmt::format("{}.{}", name, endpoint_name)];
                model_.endpoints[number].entry = steps.endpoint(endpoint.steps);
            }
            model_.services[index].locks = static_cast<std::uint32_t>(steps.locks().size());
            model_.services[index].caches = steps.caches();
            model_.services[index].has_rows = steps.has_rows();
        }
    }

    policies::EdgePolicy named(const std::string& name) const {
        if (name.empty()) return {};
        const policies::EdgePolicy* policy = scenario().policies.find(name);
        SHAKETABLE_CHECK(policy != nullptr, "policies were validated");
        return policies::with_preset(*policy);
    }

    const std::string& caller_name(std::uint32_t caller, bool from_workload) const {
        return from_workload ? model_.workload_names[caller] : model_.services[caller].name;
    }

    std::uint32_t edge(std::uint32_t caller, bool from_workload, const std::string& callee,
                       const std::string& policy_name, policies::EdgePolicy policy, Bytes size,
                       Bytes response, std::uint32_t priority) {
        const auto key =
            std::tuple{caller, from_workload, callee, policy_name, size.count, response.count};
        const auto known = edge_index_.find(key);
        if (known != edge_index_.end()) return known->second;
        const auto found = endpoint_index_.find(callee);
        SHAKETABLE_CHECK(found != endpoint_index_.end(), "calls were validated");
        EdgePlan plan;
        plan.caller = caller;
        plan.from_workload = from_workload;
        plan.endpoint = found->second;
        plan.service = model_.endpoints[plan.endpoint].service;
        plan.request_bytes = size.count;
        plan.response_bytes = response.count;
        plan.priority = model_.endpoints[plan.endpoint].priority + priority;
        plan.policy = std::move(policy);
        const std::string route =
            caller_name(caller, from_workload) + " -> " + model_.services[plan.service].name;
        const auto place = std::find(model_.routes.begin(), model_.routes.end(), route);
        plan.route = static_cast<std::uint32_t>(place - model_.routes.begin());
        if (place == model_.routes.end()) model_.routes.push_back(route);
        plan.name = caller_name(caller, from_workload) + " -> " + callee;
        const auto index = static_cast<std::uint32_t>(model_.edges.size());
        const std::string fallback = plan.policy.fallback ? plan.policy.fallback->call : "";
        model_.edges.push_back(std::move(plan));
        edge_index_[key] = index;
        if (!fallback.empty()) {
            const std::uint32_t instead =
                edge(caller, from_workload, fallback, "", {}, Bytes{0}, Bytes{0}, priority);
            model_.edges[index].fallback = instead;
        }
        return index;
    }

    void add_sources() {
        for (const std::uint32_t w : order_by_name(scenario().workload))
            model_.workload_names.push_back(scenario().workload.entries[w].name);
        std::uint32_t index = 0;
        for (const std::uint32_t w : order_by_name(scenario().workload)) {
            const scenarios::Workload& workload = scenario().workload.entries[w].value;
            policies::EdgePolicy policy = named(workload.policy);
            if (workload.timeout) policy.timeout = workload.timeout;
            if (workload.retry) policy.retry = workload.retry;
            const std::uint32_t e = edge(index, true, workload.call, workload.policy, policy,
                                         workload.size, workload.response, workload.priority);
            const std::uint32_t service = model_.edges[e].service;
            if (model_.services[service].queue.discipline == scenarios::Discipline::priority)
                model_.services[service].priorities =
                    std::max(model_.services[service].priorities, model_.edges[e].priority + 1);
            scenarios::From from = workload.from;
            if (from.zones.empty()) from.zones.push_back({model_.zones[0], Share{1}});
            std::uint32_t users_left = workload.users.value_or(0);
            for (std::size_t z = 0; z < from.zones.size(); ++z) {
                const double part = from.zones[z].share.fraction;
                const bool last = z + 1 == from.zones.size();
                const auto users =
                    last ? users_left
                         : std::min(users_left, static_cast<std::uint32_t>(
                                                    workload.users.value_or(0) * part + 0.5));
                users_left -= users;
                if (workload.users && users == 0) continue;
                model_.sources.push_back({.workload = index,
                                          .scenario_workload = w,
                                          .zone = zone_index(from.zones[z].zone),
                                          .part = part,
                                          .edge = e,
                                          .users = users,
                                          .users_max = users_with_faults(users),
                                          .think = Sampler{workload.think}});
            }
            ++index;
        }
    }

    /// The most users that load faults can ask for.
    std::uint32_t users_with_faults(std::uint32_t users) const {
        double factor = 1;
        for (const faults::Fault& fault : scenario().faults)
            if (const auto* load = std::get_if<faults::Load>(&fault.what); load && load->factor)
                factor *= std::max(1.0, *load->factor);
        return static_cast<std::uint32_t>(std::min(users * factor + 1, 1e6));
    }

    /// One state per edge and calling replica, or per source of a workload; and the flows that they
    /// count into.
    void add_states() {
        std::vector<reports::FlowKey> keys;
        for (std::uint32_t e = 0; e < model_.edges.size(); ++e) {
            EdgePlan& plan = model_.edges[e];
            plan.first_state = static_cast<std::uint32_t>(model_.edge_states.size());
            const auto add = [&](std::uint32_t replica, std::uint32_t zone) {
                model_.edge_states.push_back({.edge = e, .caller_replica = replica, .zone = zone});
                keys.push_back({caller_name(plan.caller, plan.from_workload), plan.from_workload,
                                model_.zones[zone], model_.services[plan.service].name,
                                model_.endpoints[plan.endpoint].name});
            };
            if (plan.from_workload) {
                // In the order of the sources for their own edge and for their fallback's.
                for (SourcePlan& source : model_.sources) {
                    if (source.edge == e)
                        source.edge_state = static_cast<std::uint32_t>(model_.edge_states.size());
                    if (source.edge == e || model_.edges[source.edge].fallback == e)
                        add(none, source.zone);
                }
            } else {
                const ServicePlan& caller = model_.services[plan.caller];
                for (std::uint32_t r = 0; r < caller.replicas; ++r)
                    add(caller.first_replica + r, model_.replicas[caller.first_replica + r].zone);
            }
        }
        model_.flows = keys;
        std::sort(model_.flows.begin(), model_.flows.end());
        model_.flows.erase(std::unique(model_.flows.begin(), model_.flows.end()),
                           model_.flows.end());
        for (std::size_t s = 0; s < keys.size(); ++s)
            model_.edge_states[s].flow = static_cast<std::uint32_t>(
                std::lower_bound(model_.flows.begin(), model_.flows.end(), keys[s]) -
                model_.flows.begin());
    }

    std::uint32_t add_link(const scenarios::Link& link) {
        model_.links.push_back({Sampler{link.latency},
                                link.bandwidth ? link.bandwidth->bytes_per_second : 0,
                                link.loss.fraction});
        return static_cast<std::uint32_t>(model_.links.size() - 1);
    }

    /// The most particular link wins: one named for the two ends, then `between zones`, then
    /// `default`. Later entries win.
    void add_links() {
        const scenarios::Network& network = scenario().network;
        const std::uint32_t standard = add_link(network.standard);
        const std::uint32_t between =
            network.between_zones ? add_link(*network.between_zones) : standard;
        std::vector<std::pair<faults::Target, std::uint32_t>> particular;
        for (const auto& [name, link] : network.links) {
            const Result<faults::Target> target = Text<faults::Target>::parse(name);
            SHAKETABLE_CHECK(target.has_value(), "links were validated");
            particular.emplace_back(*target, add_link(link));
        }
        const std::uint32_t n = model_.zone_count();
        model_.link_of.resize(model_.edges.size() * n * n);
        for (std::uint32_t e = 0; e < model_.edges.size(); ++e)
            for (std::uint32_t from = 0; from < n; ++from)
                for (std::uint32_t to = 0; to < n; ++to) {
                    std::uint32_t& link = model_.link_of[(std::size_t{e} * n + from) * n + to];
                    link = from == to ? standard : between;
                    for (const auto& [target, number] : particular)
                        if (is_on(target, model_.edges[e], from, to)) link = number;
                }
    }

    /// Does a crossing of this edge, between these zones, in either direction, run over the named
    /// link? The way back of a call from zone a to zone b is looked up with the zones exchanged.
    bool is_on(const faults::Target& target, const EdgePlan& edge, std::uint32_t from,
               std::uint32_t to) const {
        const auto place = [&](std::string_view service, std::uint32_t zone) {
            return faults::Place{.service = service, .zone = model_.zones[zone]};
        };
        const std::string_view caller = caller_name(edge.caller, edge.from_workload);
        const std::string_view callee = model_.services[edge.service].name;
        if (faults::contains(target, place(caller, from), place(callee, to))) return true;
        return target.arrow == faults::Target::Arrow::both &&
               faults::contains(target, place(callee, from), place(caller, to));
    }

    Model model_;
    std::map<std::string, std::uint32_t, std::less<>> service_index_;
    std::map<std::string, std::uint32_t, std::less<>> endpoint_index_;
    std::map<std::tuple<std::uint32_t, bool, std::string, std::string, std::int64_t, std::int64_t>,
             std::uint32_t>
        edge_index_;
};

}  // namespace

Model compile(const Scenario& scenario) {
    return Compiler{scenario}.compile();
}

}  // namespace shaketable::model
