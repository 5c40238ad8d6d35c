#include "injector/calls/caller.h"

#include <algorithm>

namespace shaketable::injector {

using RecordTimer = LiveRun::RecordTimer;

Caller::Caller(LiveRun& run, const AddressBook& addresses, const CallerOptions& options,
               std::uint32_t replica, std::uint64_t part)
    : run_{run}, addresses_{addresses}, options_{options} {
    const model::Model& model = run.model;
    for (const model::EdgePlan& edge : model.edges) {
        rules_.emplace_back(edge.policy);
        const auto dice = [&](const char* purpose) { return run.dice(edge.name, purpose, part); };
        dice_.push_back({dice("network"), dice("back-off"), dice("balance"), dice("policy")});
    }
    own_.assign(model.edge_states.size(), none);
    for (std::uint32_t s = 0; s < model.edge_states.size(); ++s)
        if (model.edge_states[s].caller_replica == replica) add_edge_state(s);
    outstanding_.resize(model.replicas.size());
    callees_.resize(model.replicas.size(), {.up_since = Time{} - std::chrono::hours{1000}});
    for (const model::ServicePlan& service : model.services)
        startup_dice_.push_back(run.dice(service.stream, "startup", 0));
    const std::string name = replica == none ? "load" : model::replica_name(model, replica);
    span_stream_ = random_key(model.scenario.run.seed, run.repeat, name, "spans").bits + part;
}

void Caller::add_edge_state(std::uint32_t s) {
    const model::Model& model = run_.model;
    const model::EdgePlan& edge = model.edges[model.edge_states[s].edge];
    const model::ServicePlan& callee = model.services[edge.service];
    const model::EndpointPlan& endpoint = model.endpoints[edge.endpoint];
    own_[s] = static_cast<std::uint32_t>(states_.size());
    EdgeState& state = states_.emplace_back(edge.policy, callee.balance, callee.replicas);
    model::draw_subset(model, s, run_.repeat, state.balancer);
    state.first_pool = static_cast<std::uint32_t>(pools_.size());
    for (std::uint32_t r = 0; r < callee.replicas; ++r)
        pools_.push_back({.edge_state = s, .replica = callee.first_replica + r});
    const std::string fixed = " HTTP/1.1\r\nhost: " + callee.name + "\r\n";
    state.request = method_of(endpoint) + " " + path_of(endpoint) + fixed;
    state.check = "GET /healthz" + fixed;
    state.to_head = method_of(endpoint) == "HEAD";
}

TimerId Caller::timer_count(const model::Model& model) {
    TimerId count = static_cast<TimerId>(model.edge_states.size());
    for (const model::EdgeStatePlan& state : model.edge_states)
        count += model.services[model.edges[state.edge].service].replicas;
    return count;
}

void Caller::start(TimerId first) {
    check_timers_ = first;
    check_ends_ = first + static_cast<TimerId>(run_.model.edge_states.size());
    for (std::uint32_t s = 0; s < own_.size(); ++s) {
        if (own_[s] == none || !state(s).health) continue;
        // Callers do not check in step: each begins at a time of its own within the interval.
        const auto& balance = run_.model.services[edge_of(s).service].balance;
        const double part = dice_of(s).policy.uniform();
        run_.set(check_timers_ + s,
                 Time{} + from_seconds(part * to_seconds(balance.health_check->interval)));
    }
}

void Caller::on_timer(RecordTimer which, Index record) {
    switch (which) {
        case RecordTimer::attempt_progress:
            return deliver(record);
        case RecordTimer::attempt_timeout:
            return on_attempt_timeout(record);
        case RecordTimer::call_wait:
            return on_call_wait(record);
        default:
            return finish_call(record, Outcome::timeout, 504);
    }
}

/// Which replicas are out of balance, and which are fresh: the timeline says so to every process,
/// as a registry of services would.
void Caller::on_weather() {
    const model::Model& model = run_.model;
    for (std::uint32_t s = 0; s < model.services.size(); ++s) {
        const model::ServicePlan& service = model.services[s];
        faults::Taken taken;
        for (std::uint32_t r = 0; r < service.replicas; ++r)
            taken = run_.weather.replica_condition(service.first_replica + r).replicas;
        const std::uint64_t left = taken.left_of(service.replicas);
        for (std::uint32_t r = 0; r < service.replicas; ++r) {
            const bool up = run_.weather.replica_condition(service.first_replica + r).up;
            Callee& callee = callees_[service.first_replica + r];
            callee.draining = r >= left;
            if (callee.crashed && up)
                callee.up_since = run_.now + service.startup.draw(startup_dice_[s]);
            callee.crashed = !up;
        }
    }
    apply_pools();
}

/// As sim/engine/conditions.cc.
void Caller::apply_pools() {
    for (std::uint32_t s = 0; s < own_.size(); ++s) {
        if (own_[s] == none || !state(s).bulkhead) continue;
        policies::BulkheadMachine& bulkhead = *state(s).bulkhead;
        const std::uint64_t left = run_.weather.pool_left(edge_of(s).service, bulkhead.size());
        for (std::uint32_t n = bulkhead.set_connections(left); n > 0; --n) admit_first_waiting(s);
    }
}

void Caller::before_cut(Time at) {
    for (std::uint32_t s = 0; s < own_.size(); ++s) {
        if (own_[s] == none || state(s).open_since == never) continue;
        flow_of(s).now.breaker_open += at - state(s).open_since;
        state(s).open_since = at;
    }
}

void Caller::check_books() const {
    const model::Model& model = run_.model;
    std::vector<std::uint64_t> open(model.flows.size(), 0);
    for (Index i = 0; i < attempts_.size(); ++i) {
        const Attempt& a = attempts_[i];
        if (a.phase != Attempt::Phase::free && !a.abandoned && !a.by_call)
            ++open[model.edge_states[a.edge_state].flow];
    }
    for (Index i = 0; i < calls_.size(); ++i)
        if (calls_[i].state != Call::State::free)
            ++open[model.edge_states[calls_[i].edge_state].flow];
    for (std::size_t f = 0; f < model.flows.size(); ++f) {
        std::uint64_t started = 0, settled = 0;
        for (const reports::Segment& segment : run_.out.segments) {
            started += segment.flows[f].started;
            settled += segment.flows[f].settled_total();
        }
        SHAKETABLE_CHECK(started == settled + open[f], "calls: started = settled + in flight");
    }
}

}  // namespace shaketable::injector
