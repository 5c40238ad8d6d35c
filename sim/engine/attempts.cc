// One try of a call: sent, timed, and what its outcome tells the caller's policies.
#include <utility>

#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using policies::BreakerMachine;
using policies::CancelMode;

namespace {

/// What a balancer is shown of the callee's replicas.
struct EndpointView {
    const Replica* replicas;
    const ReplicaPlan* plans;
    const CallerEdge& state;
    const policies::SlowStart* slow_start;
    const Time* up_since;
    std::uint32_t first_replica;
    Time now;
    std::uint32_t zone;
    const Slab<Walker>* walkers;  ///< for those to avoid
    Index avoided;                ///< the first of tries whose replicas are avoided; none: none are

    [[nodiscard]] bool eligible(std::uint32_t i) const {
        return !replicas[i].draining && (!state.health || state.health->is_healthy(i)) &&
               (!state.ejection || state.ejection->is_eligible(i, now)) && !is_avoided(i);
    }
    [[nodiscard]] bool is_avoided(std::uint32_t i) const {
        for (Index other = avoided; other != none; other = (*walkers)[other].sibling)
            if ((*walkers)[other].replica == first_replica + i) return true;
        return false;
    }
    [[nodiscard]] bool same_zone(std::uint32_t i) const { return plans[i].zone == zone; }
    [[nodiscard]] std::uint32_t outstanding(std::uint32_t i) const {
        return replicas[i].outstanding;
    }
    [[nodiscard]] double weight(std::uint32_t i) const {
        return slow_start == nullptr ? 1.0
                                     : policies::slow_start_weight(*slow_start, now - up_since[i]);
    }
};

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
    CallerEdge& state = edge_states_[edge_state];
    const EdgeStatePlan& plan = model_.edge_states[edge_state];
    const ServicePlan& service = model_.services[hops_[edge_state].service];
    if (state.ejection && now_ >= state.ejection->next_sweep() &&
        state.ejection->sweep(now_, edge_dice_[plan.edge].policy))
        log("ejections-changed", edge_state_name(edge_state),
            std::to_string(state.ejection->ejected()) + " ejected");
    const policies::Balance& balance = service.balance;
    EndpointView view{.replicas = &replicas_[service.first_replica],
                      .plans = &model_.replicas[service.first_replica],
                      .state = state,
                      .slow_start = balance.slow_start ? &*balance.slow_start : nullptr,
                      .up_since = &up_since_[service.first_replica],
                      .first_replica = service.first_replica,
                      .now = now_,
                      .zone = plan.zone,
                      .walkers = &walkers_,
                      .avoided = avoided};
    Random& dice = edge_dice_[plan.edge].balance;
    const bool by_key = balance.policy == policies::BalanceRule::consistent_hash;
    const std::uint64_t key = by_key ? dice.next() : 0;
    std::uint32_t picked = state.balancer.pick(view, dice, key, now_);
    if (picked == policies::Balancer::none && avoided != none) {
        view.avoided = none;
        picked = state.balancer.pick(view, dice, key, now_);
    }
    if (picked == policies::Balancer::none) return none;
    if (state.ejection) state.ejection->on_pick(picked);
    return service.first_replica + picked;
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
