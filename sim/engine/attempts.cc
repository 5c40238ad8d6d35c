// One try of a call: sent, timed, and what its outcome tells the caller's policies.
#include <utility>

#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using policies::BreakerMachine;
using policies::CancelMode;

namespace {

BreakerMachine::Permit permit_of(const Walker& w) {
    return {.admitted = true, .probe = w.has(probe), .changed = false, .unused = 0, .era = w.era};
}

}  // namespace

/// Where the story of whoever makes a call is written.
Tracer::Spot Engine::story_of_caller(std::uint32_t edge_state, Index parent) const {
    if (hops_[edge_state].from_workload) return root_story_;
    const bool told = parent != none && walkers_[parent].has(traced);
    return told ? tracer_->of_walker(parent) : Tracer::Spot{};
}

Tracer::Spot Engine::new_visit(std::uint32_t edge_state, std::uint32_t replica, Tracer::Spot story,
                               std::uint32_t attempt) {
    const model::EndpointPlan& endpoint =
        model_.endpoints[model_.edges[hops_[edge_state].edge].endpoint];
    const ServicePlan& service = model_.services[endpoint.service];
    const std::uint32_t number = replica == none ? 0 : model_.replicas[replica].number;
    return tracer_->add(story, service.name, endpoint.name, number, attempt, now_);
}

void Engine::tell_sent(Index walker, Tracer::Spot story, std::uint32_t attempt) {
    Walker& w = walkers_[walker];
    if (const Tracer::Spot visit = new_visit(w.edge_state, w.replica, story, attempt)) {
        w.add(traced);
        tracer_->put_walker(walker, visit);
    }
}

/// Returns where the story of its caller is written.
Tracer::Spot Engine::tell_settled(Index walker, Outcome outcome) {
    const Tracer::Spot visit = tracer_->of_walker(walker);
    tracer_->ended(visit, now_, outcome);
    return tracer_->caller_of(visit);
}

/// A try that never left its caller.
void Engine::count_refusal(std::uint32_t edge_state, Outcome outcome, Tracer::Spot story,
                           std::uint32_t attempt) {
    if (story) {
        if (const Tracer::Spot visit = new_visit(edge_state, none, story, attempt))
            tracer_->ended(visit, now_, outcome);
    }
    FlowMeter& flow = flow_of(edge_state);
    ++flow.now.attempts;
    ++flow.now.tries[static_cast<std::size_t>(outcome)];
}

/// `avoided`: the first of tries whose replicas are taken only where there is no other.
std::uint32_t Engine::pick_replica(std::uint32_t edge_state, Index avoided) {
    const auto is_avoided = [&](std::uint32_t replica) {
        for (Index other = avoided; other != none; other = walkers_[other].sibling)
            if (walkers_[other].replica == replica) return true;
        return false;
    };
    return model::pick_replica(*this, edge_state, avoided != none, is_avoided);
}

/// The first of the tries of a call whose replicas its next one keeps away from.
Index Engine::replicas_to_avoid(Index index) const {
    const Call& call = calls_[index];
    return rules_[hops_[call.edge_state].edge].hedges_elsewhere ? call.first : none;
}

/// A try that was sent is one of its call's.
void Engine::join_call(Index index, Index walker) {
    Walker& w = walkers_[walker];
    w.add(by_call);
    w.sibling = std::exchange(calls_[index].first, walker);
    if (executions_.counts()) [[unlikely]]
        executions_.sent(index, walker);
}

/// The balancer learns that a try has ended.
void Engine::balance_settled(const Walker& w, Outcome outcome) {
    --replicas_[w.replica].outstanding;
    edge_states_[w.edge_state].balancer.on_end(model_.replicas[w.replica].number, now_,
                                               now_ - w.sent, outcome != Outcome::timeout);
}

/// Breaker, throttle and outlier ejection see how a try ended.
void Engine::observe_try(const Walker& w, Outcome outcome, std::uint16_t status) {
    const std::uint32_t edge_state = w.edge_state;
    CallerEdge& state = edge_states_[edge_state];
    const std::uint32_t endpoint = model_.replicas[w.replica].number;
    if (state.breaker && !rules_[hops_[edge_state].edge].breaker_per_call) {
        const auto reaction =
            state.breaker->observe(now_, permit_of(w), outcome, now_ - w.sent, status);
        if (reaction.changed) log_breaker(edge_state);
    }
    if (state.throttle) state.throttle->observe(now_, outcome, status);
    if (state.ejection && state.ejection->observe(now_, endpoint, outcome, status,
                                                  edge_dice_[hops_[edge_state].edge].policy))
        log(state.ejection->is_ejected(endpoint) ? "ejected" : "returned", replica_name(w.replica),
            "by " + edge_state_name(edge_state));
}

void Engine::on_attempt_timeout(Index index) {
    const Walker& w = walkers_[index];
    const CancelMode mode = rules_[model_.edge_states[w.edge_state].edge].cancel;
    attempt_settled(index, Outcome::timeout, 504);
    abandon(index, mode);
}

/// The caller lets go of a try. Whatever is still done for it is done for nobody.
void Engine::abandon(Index index, CancelMode mode) {
    Walker& w = walkers_[index];
    w.parent = none;
    w.drop(by_call);
    w.add(abandoned);
    if (w.phase() == Phase::silent) return free_walker(index);
    if (mode == CancelMode::none) return;
    const Duration delay = rules_[model_.edge_states[w.edge_state].edge].cancel_delay;
    if (delay == Duration{0}) return cancel(index, mode);
    // The timer of the timeout is free now; it brings the cancellation.
    queue_.schedule(timer_of(index, WalkerTimer::timeout), now_ + delay);
}

}  // namespace shaketable::sim
