#include "injector/plan.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>
#include <set>

#include <unistd.h>

#include "faults/catalogue.h"
#include "faults/judge.h"
#include "injector/cgroup.h"
#include "injector/faults_at_once.h"
#include "injector/proxy/worker.h"
#include "model/weather.h"

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
        weather_.emplace(model(), plan_.timeline, plan_.options.repeat);
        check_run();
        check_services();
        check_balance();
        add_proxies();
        check_faults();
        check_faults_at_once();
        add_processes();
        add_slowings();
    }

  private:
    const Model& model() const { return plan_.model; }

    void report(std::string code, std::string field, std::string message, std::string hint = {}) {
        problems_.push_back({.code = std::move(code),
                             .message = std::move(message),
                             .hint = std::move(hint),
                             .field = std::move(field)});
    }
    void warn(std::string field, std::string message, std::string hint = {}) {
        plan_.warnings.push_back({.code = "W310",
                                  .message = std::move(message),
                                  .hint = std::move(hint),
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
            warn("run.until",
                 "a live run is played as often as `repeats` says, however well its figures are "
                 "known then");
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
            const auto is_it = [&name = name](const auto& plan) { return plan.name == name; };
            if (std::none_of(model().services.begin(), model().services.end(), is_it))
                report("E101", "services." + name, "the scenario has no service \"" + name + "\"");
        }
        for (const model::ServicePlan& service : model().services) {
            const BoundService* bound = plan_.bindings.services.find(service.name);
            plan_.bound.push_back(bound);
            if (bound == nullptr && !plan_.options.stand_ins)
                report("E301", "services." + service.name,
                       "no binding for the service \"" + service.name + "\"",
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

    /// What a proxy or a driver cannot do is said, fault by fault: an error where nothing of it
    /// would be done, a warning where a part is left out.
    void check_faults() {
        const std::vector<Fault>& faults = model().scenario.faults;
        for (std::size_t f = 0; f < faults.size(); ++f) {
            if (faults::is_traffic_fault(faults[f].what))
                check_traffic_fault(f);
            else if (!std::holds_alternative<faults::Load>(faults[f].what))
                check_service_fault(f);
        }
    }

    void check_faults_at_once() {
        const std::optional<std::size_t> most = plan_.options.faults_max;
        if (!most) return;
        const auto fault = find_fault_too_many(plan_.timeline.occurrences, *most, Time{}, never);
        if (!fault) return;
        report("E306", "faults[" + std::to_string(*fault) + "]",
               model().scenario.faults[*fault].id +
                   " begins while as many faults act as may: " + std::to_string(*most),
               "more than that are refused by --max-active-faults");
    }

    void leave_out(std::size_t f, bool wholly, std::string message, std::string hint) {
        const std::string field = "faults[" + std::to_string(f) + "]";
        if (wholly)
            report("E306", field, std::move(message), std::move(hint));
        else
            warn(field, std::move(message), std::move(hint));
    }

    void check_traffic_fault(std::size_t f) {
        const Fault& fault = model().scenario.faults[f];
        std::optional<Problem> problem;
        bool any = false;
        for (const proxy::Flavour flavour : {proxy::Flavour::http, proxy::Flavour::tcp}) {
            if (!meets(f, flavour)) continue;
            if (const auto found = proxy::find_problem_live(fault.what, flavour))
                problem = found;
            else
                any = true;
        }
        if (problem)
            leave_out(f, !any, fault.id + ": " + problem->message,
                      problem->hint.empty() ? "take it out, or play a variant without it"
                                            : problem->hint);
    }

    /// Is there a proxy of that flavour on a way that the fault reaches?
    [[nodiscard]] bool meets(std::size_t f, proxy::Flavour flavour) const {
        return std::any_of(
            plan_.proxies.begin(), plan_.proxies.end(), [&](const proxy::ProxySettings& proxy) {
                return proxy.flavour == flavour &&
                       std::any_of(proxy.edge_states.begin(), proxy.edge_states.end(),
                                   [&](std::uint32_t s) {
                                       return weather_->reaches(static_cast<std::uint32_t>(f), s,
                                                                proxy.replica);
                                   });
            });
    }

    /// Stand-ins carry out all of them; of the user's own processes, only what signals and control
    /// groups can do.
    void check_service_fault(std::size_t f) {
        const Fault& fault = model().scenario.faults[f];
        std::string left_out;
        bool any = false;
        for (std::uint32_t s = 0; s < model().services.size(); ++s) {
            if (!reaches(fault, s)) continue;
            const BoundService* bound = plan_.bound[s];
            if (bound == nullptr || is_signal(fault) ||
                (is_callers_alone(fault) && has_own_caller(s))) {
                any = true;
                if (bound != nullptr && is_signal(fault)) check_driver(f, s, *bound);
                continue;
            }
            left_out += (left_out.empty() ? "" : ", ") + model().services[s].name;
        }
        if (!left_out.empty())
            leave_out(f, !any,
                      fault.id + ": " + std::string{faults::kind_name(fault.what)} + " of " +
                          left_out + " is left out: only a stand-in can do it",
                      "leave the binding out, and --stand-ins plays it");
    }

    /// Done to a process from outside.
    [[nodiscard]] static bool is_signal(const Fault& fault) {
        return std::holds_alternative<faults::Crash>(fault.what) ||
               std::holds_alternative<faults::Pause>(fault.what) ||
               std::holds_alternative<faults::Slow>(fault.what);
    }
    /// Carried out by those who call the service, which are ours: who is in balance, and how many
    /// connections they have.
    [[nodiscard]] static bool is_callers_alone(const Fault& fault) {
        const auto* exhaust = std::get_if<faults::Exhaust>(&fault.what);
        return std::holds_alternative<faults::Capacity>(fault.what) ||
               (exhaust != nullptr && !exhaust->workers);
    }

    [[nodiscard]] bool has_own_caller(std::uint32_t service) const {
        return std::any_of(model().edge_states.begin(), model().edge_states.end(),
                           [&](const model::EdgeStatePlan& state) {
                               return model().edges[state.edge].service == service &&
                                      (state.caller_replica == model::none ||
                                       plan_.binding_of(state.caller_replica) == nullptr);
                           });
    }

    void check_driver(std::size_t f, std::uint32_t s, const BoundService& bound) {
        const Fault& fault = model().scenario.faults[f];
        const std::string field = "faults[" + std::to_string(f) + "]";
        const std::string& name = model().services[s].name;
        if (std::holds_alternative<faults::Crash>(fault.what)) {
            if (bound.start.empty())
                report("E303", field,
                       fault.id + " would crash " + name + ", which nobody could restart",
                       "give its binding a `start` command");
            return;
        }
        const bool slows = std::holds_alternative<faults::Slow>(fault.what);
        if (bound.start.empty() && bound.pid_file.empty())
            return report("E303", field,
                          fault.id + " would " + (slows ? "slow down " : "pause ") + name +
                              ", whose process is unknown",
                          "give its binding a `start` command or a `pid_file`");
        if (!slows) return;
        if (const std::optional<Problem> problem = find_quota_problem(bound))
            return report("E303", field,
                          fault.id + " would slow down " + name + ": " + problem->message,
                          problem->hint);
        const double most = Quota::slowdown_max * plan_.cores_of(model().services[s].first_replica);
        if (std::get<faults::Slow>(fault.what).factor > most)
            warn(field, fault.id + ": " + name + " becomes " + std::to_string(std::lround(most)) +
                            " times as slow, and no slower: the kernel's shortest quota is 1 ms");
    }

    /// Why the process cannot be held back. What we start will be where we are.
    [[nodiscard]] std::optional<Problem> find_quota_problem(const BoundService& bound) const {
        const Result<Cgroups> groups = Cgroups::find(plan_.options.proc);
        if (!groups) return groups.error();
        pid_t pid = ::getpid();
        // A service that is not there yet is looked at when its time comes.
        if (bound.start.empty() && !(std::ifstream{bound.pid_file} >> pid)) return std::nullopt;
        const Result<QuotaDeed> deed = groups->plan(pid, "shaketable");
        return deed ? std::nullopt : std::optional{deed.error()};
    }

    /// What the callers of a service cannot know of each other.
    void check_balance() {
        for (const model::ServicePlan& service : model().services) {
            if (service.balance.view != policies::LoadView::global) continue;
            std::set<std::uint32_t> callers;  // processes; all workloads are one
            for (const model::EdgeStatePlan& state : model().edge_states)
                if (model().services[model().edges[state.edge].service].name == service.name)
                    callers.insert(state.caller_replica);
            if (callers.size() > 1)
                report("E306", "services." + service.name + ".balance",
                       service.name + " is called by " + std::to_string(callers.size()) +
                           " processes, which do not see each other's requests",
                       "view: own, as callers have it outside of a simulation");
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

    /// How slow each of the user's processes is, instant by instant.
    void add_slowings() {
        std::vector<double> before(model().replicas.size(), 1);
        for (Time at; (at = weather_->next_change()) != never;) {
            const model::Weather::Change change = weather_->advance(at);
            if (!change.services) continue;
            for (std::uint32_t r = 0; r < model().replicas.size(); ++r) {
                if (plan_.binding_of(r) == nullptr) continue;
                Slowing slowing{.replica = r,
                                .at = at,
                                .slowdown = weather_->replica_condition(r).slowdown,
                                .faults = {}};
                for (const std::uint32_t o : change.started) {
                    const std::size_t f = weather_->occurrences()[o].fault;
                    if (std::holds_alternative<faults::Slow>(model().scenario.faults[f].what) &&
                        weather_->acts_on(o, r))
                        slowing.faults.push_back(f);
                }
                if (slowing.slowdown == before[r] && slowing.faults.empty()) continue;
                before[r] = slowing.slowdown;
                plan_.slowings.push_back(std::move(slowing));
            }
        }
    }

    Plan& plan_;
    Problems& problems_;
    std::optional<model::Weather> weather_;  ///< knows who is hit by what
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
