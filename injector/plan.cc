#include "injector/plan.h"

#include <algorithm>

#include "faults/catalogue.h"
#include "faults/judge.h"
#include "injector/proxy/worker.h"

namespace shaketable::injector {

using faults::Fault;
using model::Model;
using proxy::Address;

namespace {

/// Which occurrences of crash and pause reach a replica; by the weather, which knows targets.
class Planner {
  public:
    Planner(Plan& plan, Problems& problems) : plan_{plan}, problems_{problems} {}

    void plan_all() {
        bind();
        if (!problems_.empty()) return;
        check_run();
        check_services();
        add_proxies();
        check_faults();
        add_processes();
    }

  private:
    const Model& model() const { return plan_.model; }

    void report(std::string code, std::string field, std::string message, std::string hint = {}) {
        problems_.push_back({.code = std::move(code),
                             .message = std::move(message),
                             .hint = std::move(hint),
                             .field = std::move(field)});
    }
    void warn(std::string field, std::string message) {
        plan_.warnings.push_back({.code = "W310",
                                  .message = std::move(message),
                                  .severity = Severity::warning,
                                  .field = std::move(field)});
    }

    void check_run() {
        const scenarios::Run& run = model().scenario.run;
        if (run.warmup.automatic)
            warn("run.warmup",
                 "auto is of simulated runs, which can be played before they are "
                 "played; nothing is cut off here: write a length");
        if (run.until)
            warn("run.until", "a live run is played once, however well its figures are known");
    }

    /// What services do of themselves that no stand-in does, or not alone.
    void check_services() {
        for (std::uint32_t s = 0; s < model().services.size(); ++s) {
            const model::ServicePlan& service = model().services[s];
            if (plan_.bound[s] != nullptr) continue;
            const std::string field = "services." + service.name;
            if (service.crash_at != model::unlimited_places)
                warn(field + ".crash_at",
                     service.name + " does not crash of its load: a stand-in goes on");
            if (service.has_rows && service.replicas > 1)
                warn(field, service.name +
                                ": its replicas share no rows; each stand-in sees the "
                                "commits of its own requests only");
        }
        for (const scenarios::Expectation& expectation : model().scenario.expect)
            if (expectation.that.metric == scenarios::Metric::duplicates)
                warn("expect",
                     expectation.that.text + ": what was done twice is not seen in a live run");
    }

    void bind() {
        for (const auto& [name, service] : plan_.bindings.services) {
            const auto is_it = [&](const auto& plan) { return plan.name == name; };
            if (std::none_of(model().services.begin(), model().services.end(), is_it))
                report("E101", "services." + name, "the scenario has no service \"" + name + "\"");
        }
        for (const model::ServicePlan& service : model().services) {
            const BoundService* bound = plan_.bindings.services.find(service.name);
            plan_.bound.push_back(bound);
            if (bound == nullptr && !plan_.options.stand_ins)
                report("E301", "", "no binding for the service \"" + service.name + "\"",
                       "bind it, or play it by a stand-in: --stand-ins");
            if (bound != nullptr) check_binding(service, *bound);
        }
        for (const auto& [name, edge] : plan_.bindings.edges) check_edge(name, edge);
    }

    void check_binding(const model::ServicePlan& service, const BoundService& bound) {
        const std::string field = "services." + service.name + ".addresses";
        if (bound.addresses.size() != service.replicas)
            report("E023", field,
                   "expected one address per replica of " + service.name + " (" +
                       std::to_string(service.replicas) + "), found " +
                       std::to_string(bound.addresses.size()));
        for (const std::string& text : bound.addresses)
            if (const auto address = Address::parse(text);
                address && !is_allowed(*address, plan_.bindings.allow))
                report("E304", field, text + " is not on this machine",
                       "list its block under `allow` to allow faults on the way to it");
    }

    void check_edge(const std::string& name, const BoundEdge& edge) {
        const auto& routes = model().routes;
        const auto found = std::find(routes.begin(), routes.end(), name);
        if (found == routes.end())
            return report("E101", "edges." + name,
                          "nobody calls so in the scenario: \"" + name + "\"");
        const std::uint32_t service = callee_of(static_cast<std::uint32_t>(found - routes.begin()));
        const std::uint32_t replicas = model().services[service].replicas;
        if (edge.listen.size() != replicas)
            report("E023", "edges." + name + ".listen",
                   "expected one address per replica of " + model().services[service].name + " (" +
                       std::to_string(replicas) + "), found " + std::to_string(edge.listen.size()));
        for (const std::string& text : edge.listen)
            if (const auto address = Address::parse(text); address && !address->is_loopback())
                report("E304", "edges." + name + ".listen", text + " is not loopback",
                       "proxies listen on 127.0.0.0/8, ::1 or a unix socket");
    }

    [[nodiscard]] std::uint32_t callee_of(std::uint32_t route) const {
        for (const model::EdgePlan& edge : model().edges)
            if (edge.route == route) return edge.service;
        return 0;
    }

    void add_proxies() {
        for (std::uint32_t route = 0; route < model().routes.size(); ++route) {
            std::vector<std::uint32_t> states;
            for (std::uint32_t s = 0; s < model().edge_states.size(); ++s)
                if (model().edges[model().edge_states[s].edge].route == route) states.push_back(s);
            const model::ServicePlan& callee = model().services[callee_of(route)];
            const BoundEdge* edge = plan_.bindings.edges.find(model().routes[route]);
            for (std::uint32_t n = 0; n < callee.replicas; ++n) {
                proxy::ProxySettings settings;
                settings.replica = callee.first_replica + n;
                settings.name = model().routes[route] + "[" + std::to_string(n) + "]";
                const BoundService* bound = plan_.binding_of(settings.replica);
                settings.flavour = bound ? bound->flavour : proxy::Flavour::http;
                settings.hide_own = bound != nullptr;
                settings.edge_states = states;
                const std::uint32_t caller = model().edge_states[states.front()].caller_replica;
                settings.counts_flow = caller != model::none && plan_.binding_of(caller);
                settings.counts_service = bound != nullptr;
                settings.listen = *Address::parse(edge ? edge->listen[n] : "127.0.0.1:0");
                if (bound) settings.upstream = plan_.address_of(settings.replica);
                plan_.proxies.push_back(std::move(settings));
                plan_.proxy_routes.push_back(route);
            }
        }
    }

    /// What a proxy or a driver cannot do is said, fault by fault.
    void check_faults() {
        const std::vector<Fault>& faults = model().scenario.faults;
        for (std::size_t f = 0; f < faults.size(); ++f) {
            const std::string field = "faults[" + std::to_string(f) + "]";
            const std::string kind{faults::kind_name(faults[f].what)};
            if (faults::is_traffic_fault(faults[f].what)) {
                for (const proxy::Flavour flavour : {proxy::Flavour::http, proxy::Flavour::tcp})
                    if (uses(flavour))
                        if (const auto problem =
                                proxy::find_problem_live(faults[f].what, flavour)) {
                            warn(field, faults[f].id + ": " + problem->message);
                            break;
                        }
                continue;
            }
            if (!std::holds_alternative<faults::Load>(faults[f].what)) check_service_fault(f, kind);
        }
    }

    [[nodiscard]] bool uses(proxy::Flavour flavour) const {
        return std::any_of(plan_.proxies.begin(), plan_.proxies.end(),
                           [&](const auto& proxy) { return proxy.flavour == flavour; });
    }

    /// Stand-ins carry out all of them; of the user's own processes, only what signals can do.
    void check_service_fault(std::size_t f, const std::string& kind) {
        const Fault& fault = model().scenario.faults[f];
        const std::string field = "faults[" + std::to_string(f) + "]";
        for (std::uint32_t s = 0; s < model().services.size(); ++s) {
            const BoundService* bound = plan_.bound[s];
            if (bound == nullptr || !reaches(fault, s)) continue;
            const bool has_process = !bound->start.empty();
            const std::string& name = model().services[s].name;
            if (std::holds_alternative<faults::Crash>(fault.what) && !has_process)
                report("E303", field,
                       fault.id + " would crash " + name + ", which nobody could restart",
                       "give its binding a `start` command");
            else if (std::holds_alternative<faults::Pause>(fault.what) && !has_process &&
                     bound->pid_file.empty())
                report("E303", field,
                       fault.id + " would pause " + name + ", whose process is unknown",
                       "give its binding a `start` command or a `pid_file`");
            else if (!std::holds_alternative<faults::Crash>(fault.what) &&
                     !std::holds_alternative<faults::Pause>(fault.what))
                warn(field, fault.id + ": " + kind + " of " + name +
                                " is left out: only a stand-in can do it");
        }
    }

    [[nodiscard]] bool reaches(const Fault& fault, std::uint32_t service) const {
        if (!fault.target) return false;
        const model::ServicePlan& plan = model().services[service];
        for (std::uint32_t n = 0; n < plan.replicas; ++n)
            if (faults::contains(fault.target->from,
                                 model::place_of(model(), plan.first_replica + n)))
                return true;
        return false;
    }

    /// Who is started when, and who is stopped.
    void add_processes() {
        for (std::uint32_t r = 0; r < model().replicas.size(); ++r) {
            const BoundService* bound = plan_.binding_of(r);
            if (bound != nullptr && bound->start.empty() && bound->pid_file.empty()) continue;
            const bool is_started = bound == nullptr || !bound->start.empty();
            std::uint32_t number = 0;
            if (is_started)
                plan_.lives.push_back({.replica = r, .number = number++, .from = Time{}});
            Time dead_until{};  // crashes that overlap are one
            for (const faults::Occurrence& occurrence : plan_.timeline.occurrences) {
                const Fault& fault = model().scenario.faults[occurrence.fault];
                if (!fault.target ||
                    !faults::contains(fault.target->from, model::place_of(model(), r)))
                    continue;
                if (std::holds_alternative<faults::Pause>(fault.what))
                    plan_.pauses.push_back(
                        {r, occurrence.start, occurrence.acts_until, occurrence.fault});
                if (!is_started || !std::holds_alternative<faults::Crash>(fault.what)) continue;
                if (occurrence.start > dead_until) {
                    plan_.lives.push_back({r, number++, occurrence.acts_until});
                    if (bound != nullptr)
                        plan_.deaths.push_back({r, occurrence.start, occurrence.fault});
                    dead_until = occurrence.acts_until;
                } else {
                    dead_until = std::max(dead_until, occurrence.acts_until);
                    plan_.lives.back().from = dead_until;
                }
            }
            const Time end = Time{} + plan_.timeline.duration;
            std::erase_if(plan_.lives, [&](const Life& life) { return life.from >= end; });
        }
        std::stable_sort(plan_.deaths.begin(), plan_.deaths.end(),
                         [](const auto& a, const auto& b) { return a.at < b.at; });
        const auto by_time = [](const auto& a, const auto& b) { return a.from < b.from; };
        std::stable_sort(plan_.lives.begin(), plan_.lives.end(), by_time);
        std::stable_sort(plan_.pauses.begin(), plan_.pauses.end(), by_time);
    }

    Plan& plan_;
    Problems& problems_;
};

}  // namespace

std::string Plan::name_of(std::uint32_t replica) const {
    const model::ReplicaPlan& plan = model.replicas[replica];
    return model.services[plan.service].name + "[" + std::to_string(plan.number) + "]";
}

Address Plan::address_of(std::uint32_t replica) const {
    return *Address::parse(binding_of(replica)->addresses[model.replicas[replica].number]);
}

Result<Plan, Problems> make_plan(const scenarios::Scenario& scenario, const Bindings& bindings,
                                 const PlanOptions& options) {
    auto timeline =
        faults::resolve(scenario.faults, scenario.run.duration, scenario.run.seed, options.repeat);
    if (!timeline) return Unexpected{timeline.error()};
    Plan plan;
    plan.model = model::compile(scenario);
    plan.options = options;
    plan.bindings = bindings;
    plan.timeline = std::move(*timeline);
    Problems problems;
    Planner{plan, problems}.plan_all();
    if (!problems.empty()) return Unexpected{std::move(problems)};
    return plan;
}

}  // namespace shaketable::injector
