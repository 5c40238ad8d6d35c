// A call as its caller makes it: gates, tries, hedges, back-off, fallback.
#include <algorithm>
#include <utility>

#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using model::status_of;
using policies::BreakerMachine;
using policies::BulkheadMachine;
using policies::CancelMode;
using policies::HedgeCancel;
using policies::PolicyKind;

/// Asks the gates that are left, first those of the call, then those of the try; sends the try when
/// all let it through.
void Engine::pass_gates(Index index) {
    while (true) {
        Call& call = calls_[index];
        const EdgeRules& rules = rules_[hops_[call.edge_state].edge];
        const auto& gates = call.past_call_gates ? rules.attempt_gates : rules.call_gates;
        if (call.gate == gates.size()) {
            if (call.past_call_gates) return send_try(index);
            begin_try(index);
            continue;
        }
        const PolicyKind kind = gates[call.gate++];
        if (kind == PolicyKind::bulkhead) {
            const auto entry = edge_states_[call.edge_state].bulkhead->admit();
            if (entry == BulkheadMachine::Entry::refuse)
                return try_refused(index, Outcome::bulkhead_full);
            if (entry == BulkheadMachine::Entry::wait) return wait_for_pool(index);
            call.holds_place = true;
        } else if (kind == PolicyKind::rate_limit) {
            const auto turn = edge_states_[call.edge_state].rate_limit->admit(now_);
            if (!turn.admitted) return try_refused(index, Outcome::rate_limited);
            if (turn.wait > Duration{0}) {
                call.state = Call::State::rate_wait;
                return wait_until(index, now_ + turn.wait);
            }
        } else {
            BreakerMachine::Permit permit;
            const Outcome answer = ask_gate(kind, call.edge_state, call.tries == 0, permit);
            if (answer != Outcome::ok) return try_refused(index, answer);
            if (kind == PolicyKind::breaker) {
                call.era = permit.era;
                call.probe = permit.probe;
                call.holds_permit = true;
            }
        }
    }
}

void Engine::wait_for_pool(Index index) {
    Call& call = calls_[index];
    EdgeState& state = edge_states_[call.edge_state];
    call.state = Call::State::pool_wait;
    call.prev = state.waiting.last;
    call.next = none;
    (state.waiting.last == none ? state.waiting.first : calls_[state.waiting.last].next) = index;
    state.waiting.last = index;
    const Duration longest = rules_[hops_[call.edge_state].edge].pool_wait;
    wait_until(index, longest == forever ? never : now_ + longest + Duration{1});
}

/// Waits at a gate until then, but no longer than the try may last.
void Engine::wait_until(Index index, Time until) {
    Call& call = calls_[index];
    call.wait_ends_try = call.gives_up != never && call.gives_up + Duration{1} < until;
    set(timer_of(index, CallTimer::wait),
        call.wait_ends_try ? std::max(call.gives_up + Duration{1}, now_) : until);
}

void Engine::leave_pool_queue(Index index) {
    Call& call = calls_[index];
    EdgeState& state = edge_states_[call.edge_state];
    (call.prev == none ? state.waiting.first : calls_[call.prev].next) = call.next;
    (call.next == none ? state.waiting.last : calls_[call.next].prev) = call.prev;
    queue_.cancel(timer_of(index, CallTimer::wait));
    call.state = Call::State::trying;
}

/// Gives a connection back; whoever waits longest has it at once.
void Engine::release_place(std::uint32_t edge_state) {
    if (edge_states_[edge_state].bulkhead->release()) admit_first_waiting(edge_state);
}

void Engine::admit_first_waiting(std::uint32_t edge_state) {
    const Index next = edge_states_[edge_state].waiting.first;
    leave_pool_queue(next);
    calls_[next].holds_place = true;
    calls_[next].state = Call::State::admitted;
    todo(Todo::What::pass_gates, next);
}

/// It has been given a place, unless it has ended at this very instant.
void Engine::on_admitted(Index index) {
    if (calls_[index].state != Call::State::admitted) return;
    calls_[index].state = Call::State::trying;
    pass_gates(index);
}

/// A gate said no: that is a try with an answer.
void Engine::try_refused(Index index, Outcome outcome) {
    Call& call = calls_[index];
    ++call.tries;
    count_refusal(call.edge_state, outcome, story_of(call, index), call.tries);
    const bool outside = !call.past_call_gates;
    release_attempt_gates(index);
    if (outside) return finish_call(index, outcome, status_of(outcome));
    // A retry that the breaker forbids: the call ends as if there were none left.
    if (outcome == Outcome::breaker_open && call.retries > 0 && call.live == 0 &&
        rules_[hops_[call.edge_state].edge].spares_first_try)
        return finish_call(index, call.outcome, call.status);
    after_failure(index, outcome, status_of(outcome));
}

/// What a try that is not sent took on its way through its own gates.
void Engine::release_attempt_gates(Index index) {
    Call& call = calls_[index];
    const EdgeRules& rules = rules_[hops_[call.edge_state].edge];
    if (rules.place_per_try && std::exchange(call.holds_place, false))
        release_place(call.edge_state);
    if (rules.breaker_per_call || !std::exchange(call.holds_permit, false)) return;
    edge_states_[call.edge_state].breaker->abandon({true, call.probe, false, 0, call.era});
}

/// A sent try has ended: the place that it had of its own is free.
void Engine::release_try(std::uint32_t edge_state) {
    if (rules_[hops_[edge_state].edge].place_per_try) release_place(edge_state);
}

/// The try that is still at its gates goes no further.
void Engine::leave_gates(Index index) {
    Call& call = calls_[index];
    if (call.state == Call::State::pool_wait) {
        edge_states_[call.edge_state].bulkhead->leave();
        leave_pool_queue(index);
    }
    call.state = Call::State::trying;
    queue_.cancel(timer_of(index, CallTimer::wait));
    release_attempt_gates(index);
}

void Engine::send_try(Index index) {
    Call& call = calls_[index];
    const EdgeRules& rules = rules_[hops_[call.edge_state].edge];
    EdgeState& state = edge_states_[call.edge_state];
    const BreakerMachine::Permit permit{true, call.probe, false, 0, call.era};
    const Time ends =
        rules.pool_wait_counts ? call.gives_up : gives_up(hops_[call.edge_state], call.deadline);
    call.state = Call::State::trying;
    const Outcome sent = start_attempt(call.edge_state, index, true, ends, permit,
                                       story_of(call, index), call.tries + 1U);
    if (sent != Outcome::ok) return try_refused(index, sent);
    // What it took at its own gates is the attempt's now.
    call.holds_permit = call.holds_permit && rules.breaker_per_call;
    call.holds_place = call.holds_place && !rules.place_per_try;
    ++call.tries;
    ++call.live;
    if (state.budget) state.budget->on_attempt_start();
    if (rules.hedges && state.hedge->delay() != forever) {
        call.hedging = true;
        queue_.schedule(timer_of(index, CallTimer::wait), now_ + state.hedge->delay());
    }
}

void Engine::on_call_wait(Index index) {
    Call& call = calls_[index];
    switch (call.state) {
        case Call::State::back_off:
            return next_try(index);
        case Call::State::rate_wait:
            call.state = Call::State::trying;
            if (call.wait_ends_try) return try_refused(index, Outcome::timeout);
            return pass_gates(index);
        case Call::State::pool_wait:
            edge_states_[call.edge_state].bulkhead->leave();
            leave_pool_queue(index);
            return try_refused(index,
                               call.wait_ends_try ? Outcome::timeout : Outcome::bulkhead_full);
        case Call::State::falling_back:
            return fall_back(index);
        default:
            break;
    }
    if (!std::exchange(call.hedging, false)) return;
    if (!edge_states_[call.edge_state].hedge->try_spend(call.hedges)) return;
    ++call.hedges;
    ++flow_of(call.edge_state).now.hedges;
    next_try(index);
}

/// A try is about to ask its own gates, all of them. Where waiting there counts, its end is known
/// from now on.
void Engine::begin_try(Index index) {
    Call& call = calls_[index];
    call.past_call_gates = true;
    call.gate = 0;
    call.state = Call::State::trying;
    if (rules_[hops_[call.edge_state].edge].pool_wait_counts)
        call.gives_up = gives_up(hops_[call.edge_state], call.deadline);
}

void Engine::next_try(Index index) {
    begin_try(index);
    pass_gates(index);
}

void Engine::call_attempt_settled(Index index, Index walker, Outcome outcome,
                                  std::uint16_t status) {
    Call& call = calls_[index];
    const EdgeRules& rules = rules_[hops_[call.edge_state].edge];
    EdgeState& state = edge_states_[call.edge_state];
    Index* link = &call.first;
    while (*link != walker) link = &walkers_[*link].sibling;
    *link = walkers_[walker].sibling;
    --call.live;
    const bool retryable = rules.retry && policies::is_retryable(*rules.retry, outcome, status);
    if (state.budget) state.budget->on_attempt_end(now_, outcome, retryable);
    if (rules.hedges) state.hedge->observe(now_ - walkers_[walker].sent);
    if (is_success(outcome)) {
        leave_gates(index);  // before its place is given on, which it would take itself
        release_try(call.edge_state);
        return finish_call(index, outcome, status);
    }
    release_try(call.edge_state);
    if (rules.hedges && !state.hedge->sends_next_on(outcome, status)) {
        leave_gates(index);
        drop_tries(index, hedge_cancel_mode(call.edge_state));
    } else if (rules.hedges && !is_at_gates(call) && state.hedge->try_spend(call.hedges)) {
        queue_.cancel(timer_of(index, CallTimer::wait));
        call.hedging = false;
        ++call.hedges;
        ++flow_of(call.edge_state).now.hedges;
        return next_try(index);
    }
    after_failure(index, outcome, status);
}

/// Every try so far failed: another one after a while, or the end.
void Engine::after_failure(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    if (call.live > 0 || is_at_gates(call)) return;  // a hedge may still answer
    EdgeState& state = edge_states_[call.edge_state];
    const std::uint32_t edge = hops_[call.edge_state].edge;
    const EdgeRules& rules = rules_[edge];
    if (!rules.retry || call.retries >= rules.retry->retries ||
        !policies::is_retryable(*rules.retry, outcome, status) ||
        !policies::is_willing(*rules.retry, edge_dice_[edge].back_off))
        return finish_call(index, outcome, status);
    FlowMeter& flow = flow_of(call.edge_state);
    if (state.budget) {
        if (call.grant) state.budget->on_retry_end(call.grant);
        call.grant = state.budget->try_spend(now_, outcome, status);
        if (!call.grant) {
            ++flow.now.budget_denied;
            return finish_call(index, outcome, status);
        }
    }
    ++call.retries;
    ++flow.now.retries;
    call.previous_wait = policies::next_wait(rules.retry->backoff, call.retries, call.previous_wait,
                                             edge_dice_[edge].back_off);
    if (rules.deadline && now_ + call.previous_wait > call.deadline)
        return finish_call(index, outcome, status);
    queue_.cancel(timer_of(index, CallTimer::wait));
    call.hedging = false;
    call.outcome = outcome;
    call.status = status;
    call.state = Call::State::back_off;
    queue_.schedule(timer_of(index, CallTimer::wait), now_ + call.previous_wait);
}

CancelMode Engine::hedge_cancel_mode(std::uint32_t edge_state) const {
    const EdgeRules& rules = rules_[hops_[edge_state].edge];
    const bool cancels =
        rules.hedges && edge_states_[edge_state].hedge->cancel() != HedgeCancel::none;
    return cancels ? CancelMode::propagate : rules.cancel;
}

/// Takes a try back: no evidence for anyone, its places are free again.
void Engine::drop_attempt(Index walker, CancelMode mode) {
    const Walker& w = walkers_[walker];
    EdgeState& state = edge_states_[w.edge_state];
    const std::uint32_t endpoint = model_.replicas[w.replica].number;
    queue_.cancel(timer_of(walker, WalkerTimer::timeout));
    if (w.has(traced)) tracer_->ended(tracer_->of_walker(walker), now_, Outcome::cancelled);
    ++flow_of(w.edge_state).now.tries[static_cast<std::size_t>(Outcome::cancelled)];
    if (hops_[w.edge_state].sole_replica == none) {
        --replicas_[w.replica].outstanding;
        state.balancer.on_end(endpoint, now_, now_ - w.sent, false);
    }
    if (state.ejection) state.ejection->abandon(endpoint);
    if (state.breaker && !rules_[hops_[w.edge_state].edge].breaker_per_call)
        state.breaker->abandon({true, w.has(probe), false, 0, w.era});
    if (state.budget && w.has(by_call))
        state.budget->on_attempt_end(now_, Outcome::cancelled, false);
    abandon(walker, mode);
}

/// Lets go of every try that is still out.
void Engine::drop_tries(Index index, CancelMode mode) {
    while (calls_[index].first != none) {
        const Index walker = calls_[index].first;
        calls_[index].first = walkers_[walker].sibling;
        --calls_[index].live;
        const std::uint32_t edge_state = calls_[index].edge_state;
        drop_attempt(walker, mode);
        release_try(edge_state);
    }
}

void Engine::finish_call(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    EdgeState& state = edge_states_[call.edge_state];
    const EdgeRules& rules = rules_[hops_[call.edge_state].edge];
    if (call.state == Call::State::falling_back) {  // taken back while its stand-in was at work
        queue_.cancel(timer_of(index, CallTimer::wait));
        if (call.next != none) {
            calls_[call.next].parent = none;
            finish_call(call.next, outcome, status);
        }
        return settle_call(index, outcome, status);
    }
    leave_gates(index);
    drop_tries(index, hedge_cancel_mode(call.edge_state));
    if (std::exchange(call.holds_place, false)) release_place(call.edge_state);
    if (state.budget) {
        if (call.grant) state.budget->on_retry_end(call.grant);
        state.budget->on_call_end(now_, is_success(outcome), call.grant);
    }
    if (call.holds_permit) {
        call.holds_permit = false;
        const auto reaction = state.breaker->observe(now_, {true, call.probe, false, 0, call.era},
                                                     outcome, now_ - call.started, status);
        if (reaction.changed) log_breaker(call.edge_state);
    }
    queue_.cancel(timer_of(index, CallTimer::total));
    if (!is_success(outcome) && rules.fallback && rules.fallback->contains(outcome, status)) {
        const Duration work =
            rules.fallback_work.draw(edge_dice_[hops_[call.edge_state].edge].policy);
        call.state = Call::State::falling_back;
        call.outcome = outcome;
        call.status = status;
        call.next = none;
        if (work == Duration{0}) return fall_back(index);
        queue_.schedule(timer_of(index, CallTimer::wait), now_ + work);
        return;
    }
    settle_call(index, outcome, status);
}

/// The work of a fallback is done: it answers, or calls someone else who may.
void Engine::fall_back(Index index) {
    const Call& call = calls_[index];
    const EdgePlan& edge = model_.edges[hops_[call.edge_state].edge];
    if (edge.fallback == none) return settle_call(index, Outcome::degraded, 200);
    const std::uint32_t instead =
        model_.edges[edge.fallback].first_state + (call.edge_state - edge.first_state);
    ++flow_of(instead).now.started;
    count_call(instead);
    const Index other = new_call(instead, index, call.deadline, story_of(call, index));
    calls_[other].is_fallback = true;
    calls_[index].next = other;
    pass_gates(other);
}

/// A failing fallback keeps the failure that it was called for.
void Engine::fallback_settled(Index index, Outcome outcome, std::uint16_t status) {
    if (is_success(outcome)) return settle_call(index, Outcome::degraded, status);
    settle_call(index, calls_[index].outcome, calls_[index].status);
}

void Engine::settle_call(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];  // given back, it stays as it is until the next one is taken
    const Tracer::Spot story = story_of(call, index);
    call.state = Call::State::free;
    if (executions_.counts()) [[unlikely]]
        executions_.call_gone(index);
    calls_.give_back(index);
    if (!call.is_fallback)
        return call_settled(call.edge_state, call.parent, call.started, outcome, status, story);
    flow_of(call.edge_state).settle(outcome, now_ - call.started);
    if (call.parent != none) fallback_settled(call.parent, outcome, status);
}

/// The walker that waits for a call is going: with `propagate` its call is taken back, else nobody
/// waits for its end any more.
void Engine::leave_child(Index parent, CancelMode mode) {
    Walker& w = walkers_[parent];
    if (w.has(forking)) {
        for (Index branch = w.next; branch != none;) {
            const Index next = walkers_[branch].sibling;
            walkers_[branch].parent = none;
            if (mode == CancelMode::propagate) cancel(branch, mode);
            branch = next;
        }
        w.next = none;
        return w.drop(forking);
    }
    if (w.phase() != Phase::calling || w.next == none) return;
    const Index child = w.next;
    const std::uint32_t edge = model_.program.code[w.pc].a;
    const CancelMode own = mode == CancelMode::propagate ? rules_[edge].cancel : CancelMode::none;
    if (rules_[edge].plain) {
        w.next = none;
        walkers_[child].parent = none;
        if (own == CancelMode::none) return;
        flow_of(walkers_[child].edge_state).settle(Outcome::cancelled, now_ - walkers_[child].sent);
        return drop_attempt(child, own);
    }
    const Index call = (child & call_mark) != 0 ? child & ~call_mark : promote(child);
    walkers_[parent].next = none;
    calls_[call].parent = none;
    if (own != CancelMode::none) finish_call(call, Outcome::cancelled, 499);
}

}  // namespace shaketable::sim
