/// What nearly every request passes, several times: small, and defined where the compiler sees it,
/// so that a hop is a few functions and not a chain of thirty. What only some requests meet stands
/// in the .cc of its subject.
#pragma once

#include <algorithm>

#include "sim/engine/engine.h"

namespace shaketable::sim {

[[gnu::always_inline]] inline Index Engine::new_walker() {
    if (walkers_.is_full()) [[unlikely]]
        reserve_timers(walkers_.size());
    return walkers_.take();
}

inline void Engine::free_walker(Index walker) {
    queue_.cancel(timer_of(walker, WalkerTimer::timeout));
    free_settled(walker);
}

/// Of one that has no timeout any more.
[[gnu::always_inline]] inline void Engine::free_settled(Index walker) {
    if (executions_.counts()) [[unlikely]]
        executions_.walker_gone(walker);
    walkers_[walker].go(Phase::free);
    walkers_.give_back(walker);
}

// ---- the way there and back (crossings.cc) ----

/// The request leaves its caller.
[[gnu::always_inline]] inline void Engine::send(Index walker, const Hop& hop) {
    const std::uint64_t ordinal = ordinals_[hop.route]++;
    if (weather_.has_traffic_faults()) [[unlikely]]
        return send_through_faults(walker, ordinal);
    const Walker& w = walkers_[walker];
    const Duration time = hop.there >= Duration{0}
                              ? hop.there
                              : transit(w.edge_state, w.replica, hop.request_bytes, {}, true);
    if (time == Duration{0}) return todo(Todo::What::arrive, walker);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
}

/// The answer leaves the replica. The walker is in no list and holds nothing.
[[gnu::always_inline]] inline void Engine::answer(Index walker, Outcome outcome,
                                                  std::uint16_t status) {
    Walker& w = walkers_[walker];
    if (w.has(abandoned)) return come_too_late(walker);
    w.go(Phase::returning);
    w.waiting_for = static_cast<std::uint16_t>(outcome);
    w.status = status;
    if (w.has(has_verdict) || weather_.has_traffic_faults()) [[unlikely]]
        return answer_through_faults(walker);
    const Hop& hop = hops_[w.edge_state];
    const Duration time = hop.back >= Duration{0}
                              ? hop.back
                              : transit(w.edge_state, w.replica, hop.response_bytes, {}, false);
    if (time == Duration{0}) return todo(Todo::What::deliver, walker);
    queue_.schedule(timer_of(walker, WalkerTimer::progress), now_ + time);
}

/// The answer reaches its caller, or where its caller was.
[[gnu::always_inline]] inline void Engine::deliver(Index walker) {
    const Walker& w = walkers_[walker];
    if (w.has(abandoned)) return come_too_late(walker);
    attempt_settled(walker, static_cast<Outcome>(w.waiting_for), w.status);
    free_settled(walker);
}

// ---- a try (attempts.cc) ----

/// When a try that begins now is given up.
inline Time Engine::gives_up(const Hop& hop, Time inherited) {
    Time own = never;
    if (hop.attempt_timeout != forever) own = now_ + hop.attempt_timeout;
    if (hop.draws_timeout) [[unlikely]]
        own = rules_[hop.edge].gives_up(now_, edge_dice_[hop.edge].policy);
    return hop.has_deadline ? std::min(inherited, own) : own;
}

/// Sends one try. Else nothing was sent: `timeout`, it is too late for it; `unreachable`, no
/// replica could be chosen.
[[gnu::always_inline]] inline Outcome Engine::start_attempt(
    std::uint32_t edge_state, Index parent, bool of_call, Time gives_up,
    const policies::BreakerMachine::Permit& permit, Tracer::Spot story, std::uint32_t attempt) {
    if (gives_up < now_) return Outcome::timeout;
    const Hop& hop = hops_[edge_state];
    Index replica = hop.sole_replica;
    if (replica == none)
        replica = pick_replica(edge_state, of_call ? replicas_to_avoid(parent) : none);
    else if (replicas_[replica].draining)
        replica = none;
    if (replica == none) return Outcome::unreachable;
    ++hop.meter->now.attempts;
    ++hop.meter->now.sent;
    const Index index = new_walker();
    walkers_[index] =
        Walker{.sent = now_,
               .deadline = hop.has_deadline
                               ? policies::deadline_for_callee(*rules_[hop.edge].deadline, gives_up)
                               : never,
               .parent = parent,
               .pc = hop.entry,
               .replica = replica,
               .edge_state = edge_state,
               .era = permit.era,
               .word = Walker::word_of(Phase::travelling, permit.probe ? probe : 0)};
    if (story) [[unlikely]]
        tell_sent(index, story, attempt);
    if (of_call)
        join_call(parent, index);
    else if (!hop.from_workload && parent != none)
        walkers_[parent].next = index;
    // An answer in the very nanosecond of its timeout is still an answer.
    if (gives_up != never)
        queue_.schedule(timer_of(index, WalkerTimer::timeout), gives_up + Duration{1});
    if (hop.sole_replica == none) {
        edge_states_[edge_state].balancer.on_start(model_.replicas[replica].number);
        ++replicas_[replica].outstanding;
    }
    send(index, hop);
    return Outcome::ok;
}

/// The caller learns how a try ended; the walker itself may live on at the callee.
[[gnu::always_inline]] inline void Engine::attempt_settled(Index index, Outcome outcome,
                                                           std::uint16_t status) {
    const Walker& w = walkers_[index];
    const std::uint32_t edge_state = w.edge_state;
    const Hop& hop = hops_[edge_state];
    queue_.cancel(timer_of(index, WalkerTimer::timeout));
    ++hop.meter->now.tries[static_cast<std::size_t>(outcome)];
    Tracer::Spot story;
    if (w.has(traced)) [[unlikely]]
        story = tell_settled(index, outcome);
    if (hop.sole_replica == none) balance_settled(w, outcome);
    if (hop.watched) observe_try(w, outcome, status);
    if (w.has(by_call)) return call_attempt_settled(w.parent, index, outcome, status);
    if (!hop.plain) {
        if (!is_success(outcome))
            return call_attempt_settled(promote(index), index, outcome, status);
        if (hop.has_budget) pay_for_success(edge_state, outcome, status);
    }
    call_settled(edge_state, w.parent, w.sent, outcome, status, story);
}

// ---- a call (starts.cc, calls.cc) ----

/// The end of a call: counted once, and told to whoever waits for it.
[[gnu::always_inline]] inline void Engine::call_settled(std::uint32_t edge_state, Index parent,
                                                        Time started, Outcome outcome,
                                                        std::uint16_t status, Tracer::Spot story) {
    const Hop& hop = hops_[edge_state];
    hop.meter->settle(outcome, now_ - started);
    if (hop.from_workload) {
        if (story) [[unlikely]]
            tracer_->ended(story, now_, outcome);
        return request_settled(edge_state, parent, started, outcome);
    }
    if (parent == none) return;
    walkers_[parent].next = none;
    walkers_[parent].go(Phase::running);
    todo(Todo::What::resume, parent, outcome, status);
}

/// The deadline that a call inherits from the request that makes it; `never` from a workload.
inline Time Engine::deadline_of(const Hop& hop, Index parent) const {
    return hop.from_workload || parent == none ? never : walkers_[parent].deadline;
}

// ---- workers (replicas.cc) ----

[[gnu::always_inline]] inline void Engine::give_worker(Index walker, Replica& replica) {
    Walker& w = walkers_[walker];
    w.add(holds_worker);
    w.go(Phase::running);
    if (w.has(traced)) [[unlikely]]
        tracer_->started(tracer_->of_walker(walker), now_);
    ++replica.busy;
    replica.meter->add_busy(now_);
}

[[gnu::always_inline]] inline void Engine::release_worker(Index walker) {
    Walker& w = walkers_[walker];
    if (!w.has(holds_worker)) return;
    w.drop(holds_worker);
    Replica& replica = replicas_[w.replica];
    --replica.busy;
    replica.meter->remove_busy(now_);
    if (replica.queued > 0 || replica.ready.size > 0) serve_next(w.replica);
}

/// A request is no longer at its replica.
[[gnu::always_inline]] inline void Engine::leave(Index walker) {
    const Walker& w = walkers_[walker];
    Replica& replica = replicas_[w.replica];
    replica.meter->leave(now_, w.since, meters_.segment_start());
    --replica.in_hand;
    if (replica.guarded) tell_limit(walker);
}

inline void Engine::finish_walker(Index walker, Outcome outcome, std::uint16_t status) {
    if (walkers_[walker].frames != none) [[unlikely]]
        unwind(walker);
    release_worker(walker);
    Walker& w = walkers_[walker];
    if (w.has(is_branch)) return finish_branch(walker, outcome, status);
    leave(walker);
    ServiceMeter& meter = meter_of(w);
    ++meter.now.completed;
    if (executions_.counts() && is_success(outcome) && executions_.done(walker)) [[unlikely]]
        ++hops_[w.edge_state].meter->now.duplicates;
    if (w.has(abandoned)) ++meter.now.wasted;
    if (w.has(replied)) return free_walker(walker);
    answer(walker, outcome, status);
}

}  // namespace shaketable::sim
