// A call as its caller makes it: gates, tries, hedges, back-off, fallback. As sim/engine/calls.cc.
#include <algorithm>
#include <utility>

#include "injector/calls/caller.h"

namespace shaketable::injector {

using model::EdgeRules;
using model::status_of;
using policies::BulkheadMachine;
using policies::CancelMode;
using policies::HedgeCancel;
using policies::PolicyKind;
using RecordTimer = LiveRun::RecordTimer;

void Caller::start_call(std::uint32_t edge_state, Index parent, Time inherited, Time started,
                        const TraceContext& trace) {
    const EdgeRules& rules = rules_of(edge_state);
    ++flow_of(edge_state).now.started;
    if (calls_.live() >= options_.in_flight_max || attempts_.live() >= options_.in_flight_max) {
        count_refusal(edge_state, Outcome::unreachable, trace, 1);
        return call_settled(edge_state, parent, started, Outcome::unreachable, 503, trace);
    }
    if (rules.plain) {
        Permit permit;
        for (const PolicyKind gate : rules.attempt_gates) {
            const Outcome answer = ask_gate(gate, edge_state, true, permit);
            if (answer == Outcome::ok) continue;
            count_refusal(edge_state, answer, trace, 1);
            return call_settled(edge_state, parent, started, answer, status_of(answer), trace);
        }
        const auto sent = start_attempt({.edge_state = edge_state,
                                         .parent = parent,
                                         .gives_up = gives_up(edge_state, started, inherited),
                                         .sent = started,
                                         .trace = trace,
                                         .permit = permit});
        if (sent.outcome == Outcome::ok) return set_child(parent, sent.attempt);
        count_refusal(edge_state, sent.outcome, trace, 1);
        if (permit.admitted) state(edge_state).breaker->abandon(permit);
        return call_settled(edge_state, parent, started, sent.outcome, status_of(sent.outcome),
                            trace);
    }
    const Index index = new_call(edge_state, parent, inherited, started, trace);
    if (rules.total_timeout != forever) {
        calls_[index].patience = started + rules.total_timeout;
        run_.set(timer(index, RecordTimer::call_total), calls_[index].patience + Duration{1});
    }
    set_child(parent, index);
    pass_gates(index);
}

Index Caller::new_call(std::uint32_t edge_state, Index parent, Time inherited, Time started,
                       const TraceContext& trace) {
    const Index index = calls_.take();
    run_.reserve_timers(index);
    Call& call = calls_[index];
    call = Call{};
    call.started = started;
    call.deadline = inherited;
    call.parent = parent;
    call.edge_state = edge_state;
    call.trace = trace;
    call.state = Call::State::trying;
    EdgeState& edge = state(edge_state);
    if (edge.budget) edge.budget->on_call(run_.now);
    if (edge.hedge) edge.hedge->on_call();
    return index;
}

/// Asks the gates that are left, first those of the call, then those of the try; sends the try when
/// all let it through.
void Caller::pass_gates(Index index) {
    while (true) {
        Call& call = calls_[index];
        const EdgeRules& rules = rules_of(call.edge_state);
        const auto& gates = call.past_call_gates ? rules.attempt_gates : rules.call_gates;
        if (call.gate == gates.size()) {
            if (call.past_call_gates) return send_try(index);
            begin_try(index);
            continue;
        }
        const PolicyKind kind = gates[call.gate++];
        if (kind == PolicyKind::bulkhead) {
            const auto entry = state(call.edge_state).bulkhead->admit();
            if (entry == BulkheadMachine::Entry::refuse)
                return try_refused(index, Outcome::bulkhead_full);
            if (entry == BulkheadMachine::Entry::wait) return wait_for_pool(index);
            call.holds_place = true;
        } else if (kind == PolicyKind::rate_limit) {
            const auto turn = state(call.edge_state).rate_limit->admit(run_.now);
            if (!turn.admitted) return try_refused(index, Outcome::rate_limited);
            if (turn.wait > Duration{0}) {
                call.state = Call::State::rate_wait;
                return wait_until(index, run_.now + turn.wait);
            }
        } else {
            Permit permit;
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

void Caller::wait_for_pool(Index index) {
    Call& call = calls_[index];
    List& waiting = state(call.edge_state).waiting;
    call.state = Call::State::pool_wait;
    call.prev = waiting.last;
    call.next = none;
    (waiting.last == none ? waiting.first : calls_[waiting.last].next) = index;
    waiting.last = index;
    const Duration longest = rules_of(call.edge_state).pool_wait;
    wait_until(index, longest == forever ? never : run_.now + longest + Duration{1});
}

/// Waits at a gate until then, but no longer than the try may last.
void Caller::wait_until(Index index, Time until) {
    Call& call = calls_[index];
    call.wait_ends_try = call.gives_up != never && call.gives_up + Duration{1} < until;
    if (call.wait_ends_try) until = std::max(call.gives_up + Duration{1}, run_.now);
    if (until != never) run_.set(timer(index, RecordTimer::call_wait), until);
}

void Caller::leave_pool_queue(Index index) {
    Call& call = calls_[index];
    List& waiting = state(call.edge_state).waiting;
    (call.prev == none ? waiting.first : calls_[call.prev].next) = call.next;
    (call.next == none ? waiting.last : calls_[call.next].prev) = call.prev;
    run_.queue.cancel(timer(index, RecordTimer::call_wait));
    call.state = Call::State::trying;
}

/// Gives a place of the bulkhead back; whoever waits longest has it at once.
void Caller::release_place(std::uint32_t edge_state) {
    if (state(edge_state).bulkhead->release()) admit_first_waiting(edge_state);
}

void Caller::admit_first_waiting(std::uint32_t edge_state) {
    const Index next = state(edge_state).waiting.first;
    leave_pool_queue(next);
    calls_[next].holds_place = true;
    calls_[next].state = Call::State::admitted;
    run_.then(LiveRun::Todo::What::pass_gates, next);
}

void Caller::on_admitted(Index index) {
    if (calls_[index].state != Call::State::admitted) return;
    calls_[index].state = Call::State::trying;
    pass_gates(index);
}

/// A gate said no: that is a try with an answer.
void Caller::try_refused(Index index, Outcome outcome) {
    Call& call = calls_[index];
    ++call.tries;
    count_refusal(call.edge_state, outcome, call.trace, call.tries);
    const bool outside = !call.past_call_gates;
    release_attempt_gates(index);
    if (outside) return finish_call(index, outcome, status_of(outcome));
    // A retry that the breaker forbids: the call ends as if there were none left.
    if (outcome == Outcome::breaker_open && call.retries > 0 && call.live == 0 &&
        rules_of(call.edge_state).spares_first_try)
        return finish_call(index, call.outcome, call.status);
    after_failure(index, outcome, status_of(outcome));
}

/// What a try that is not sent took on its way through its own gates.
void Caller::release_attempt_gates(Index index) {
    Call& call = calls_[index];
    const EdgeRules& rules = rules_of(call.edge_state);
    if (rules.place_per_try && std::exchange(call.holds_place, false))
        release_place(call.edge_state);
    if (rules.breaker_per_call || !std::exchange(call.holds_permit, false)) return;
    state(call.edge_state).breaker->abandon({true, call.probe, false, 0, call.era});
}

/// A sent try has ended: the place that it had of its own is free.
void Caller::release_try(std::uint32_t edge_state) {
    if (rules_of(edge_state).place_per_try) release_place(edge_state);
}

/// The try that is still at its gates goes no further.
void Caller::leave_gates(Index index) {
    Call& call = calls_[index];
    if (call.state == Call::State::pool_wait) {
        state(call.edge_state).bulkhead->leave();
        leave_pool_queue(index);
    }
    call.state = Call::State::trying;
    run_.queue.cancel(timer(index, RecordTimer::call_wait));
    release_attempt_gates(index);
}

void Caller::send_try(Index index) {
    Call& call = calls_[index];
    const EdgeRules& rules = rules_of(call.edge_state);
    const Time sent = std::max(call.started, run_.due);
    call.state = Call::State::trying;
    const auto [attempt, outcome] = start_attempt(
        {.edge_state = call.edge_state,
         .parent = index,
         .of_call = true,
         .gives_up = rules.pool_wait_counts ? call.gives_up
                                            : gives_up(call.edge_state, sent, call.deadline),
         .sent = sent,
         .patience = call.patience,
         .trace = call.trace,
         .permit = {true, call.probe, false, 0, call.era}});
    if (outcome != Outcome::ok) return try_refused(index, outcome);
    // What it took at its own gates is the attempt's now.
    call.holds_permit = call.holds_permit && rules.breaker_per_call;
    call.holds_place = call.holds_place && !rules.place_per_try;
    ++call.tries;
    ++call.live;
    EdgeState& edge = state(call.edge_state);
    if (edge.budget) edge.budget->on_attempt_start();
    if (rules.hedges && edge.hedge->delay() != forever) {
        call.hedging = true;
        run_.set(timer(index, RecordTimer::call_wait), run_.now + edge.hedge->delay());
    }
}

void Caller::on_call_wait(Index index) {
    Call& call = calls_[index];
    switch (call.state) {
        case Call::State::back_off:
            return next_try(index);
        case Call::State::rate_wait:
            call.state = Call::State::trying;
            if (call.wait_ends_try) return try_refused(index, Outcome::timeout);
            return pass_gates(index);
        case Call::State::pool_wait:
            state(call.edge_state).bulkhead->leave();
            leave_pool_queue(index);
            return try_refused(index,
                               call.wait_ends_try ? Outcome::timeout : Outcome::bulkhead_full);
        case Call::State::falling_back:
            return fall_back(index);
        default:
            break;
    }
    if (!std::exchange(call.hedging, false)) return;
    if (!state(call.edge_state).hedge->try_spend(call.hedges)) return;
    ++call.hedges;
    ++flow_of(call.edge_state).now.hedges;
    next_try(index);
}

/// A try is about to ask its own gates, all of them. Where waiting there counts, its end is known
/// from now on.
void Caller::begin_try(Index index) {
    Call& call = calls_[index];
    call.past_call_gates = true;
    call.gate = 0;
    call.state = Call::State::trying;
    if (rules_of(call.edge_state).pool_wait_counts)
        call.gives_up = gives_up(call.edge_state, std::max(call.started, run_.due), call.deadline);
}

void Caller::next_try(Index index) {
    begin_try(index);
    pass_gates(index);
}

void Caller::call_attempt_settled(Index index, Index attempt, Outcome outcome,
                                  std::uint16_t status) {
    Call& call = calls_[index];
    const EdgeRules& rules = rules_of(call.edge_state);
    EdgeState& edge = state(call.edge_state);
    Index* link = &call.first;
    while (*link != attempt) link = &attempts_[*link].sibling;
    *link = attempts_[attempt].sibling;
    --call.live;
    const bool retryable = rules.retry && policies::is_retryable(*rules.retry, outcome, status);
    if (edge.budget) edge.budget->on_attempt_end(run_.now, outcome, retryable);
    if (rules.hedges) edge.hedge->observe(run_.now - attempts_[attempt].sent);
    if (is_success(outcome)) {
        leave_gates(index);  // before its place is given on, which it would take itself
        release_try(call.edge_state);
        return finish_call(index, outcome, status);
    }
    release_try(call.edge_state);
    if (rules.hedges && !edge.hedge->sends_next_on(outcome, status)) {
        leave_gates(index);
        drop_tries(index, hedge_cancel_mode(call.edge_state));
    } else if (rules.hedges && !is_at_gates(call) && edge.hedge->try_spend(call.hedges)) {
        run_.queue.cancel(timer(index, RecordTimer::call_wait));
        call.hedging = false;
        ++call.hedges;
        ++flow_of(call.edge_state).now.hedges;
        return next_try(index);
    }
    after_failure(index, outcome, status);
}

/// Every try so far failed: another one after a while, or the end.
void Caller::after_failure(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    if (call.live > 0 || is_at_gates(call)) return;  // a hedge may still answer
    EdgeState& edge = state(call.edge_state);
    const EdgeRules& rules = rules_of(call.edge_state);
    if (!rules.retry || call.retries >= rules.retry->retries ||
        !policies::is_retryable(*rules.retry, outcome, status) ||
        !policies::is_willing(*rules.retry, dice_of(call.edge_state).back_off))
        return finish_call(index, outcome, status);
    reports::FlowMeter& flow = flow_of(call.edge_state);
    if (edge.budget) {
        if (call.grant) edge.budget->on_retry_end(call.grant);
        call.grant = edge.budget->try_spend(run_.now, outcome, status);
        if (!call.grant) {
            ++flow.now.budget_denied;
            return finish_call(index, outcome, status);
        }
    }
    ++call.retries;
    ++flow.now.retries;
    call.previous_wait = policies::next_wait(rules.retry->backoff, call.retries, call.previous_wait,
                                             dice_of(call.edge_state).back_off);
    if (rules.deadline && run_.now + call.previous_wait > call.deadline)
        return finish_call(index, outcome, status);
    run_.queue.cancel(timer(index, RecordTimer::call_wait));
    call.hedging = false;
    call.outcome = outcome;
    call.status = status;
    call.state = Call::State::back_off;
    run_.set(timer(index, RecordTimer::call_wait), run_.now + call.previous_wait);
}

CancelMode Caller::hedge_cancel_mode(std::uint32_t edge_state) const {
    const EdgeRules& rules = rules_of(edge_state);
    const bool cancels = rules.hedges && state(edge_state).hedge->cancel() != HedgeCancel::none;
    return cancels ? CancelMode::propagate : rules.cancel;
}

/// Lets go of every try that is still out.
void Caller::drop_tries(Index index, CancelMode mode) {
    while (calls_[index].first != none) {
        const Index attempt = calls_[index].first;
        calls_[index].first = attempts_[attempt].sibling;
        --calls_[index].live;
        const std::uint32_t edge_state = calls_[index].edge_state;
        drop_attempt(attempt, mode);
        release_try(edge_state);
    }
}

void Caller::finish_call(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    EdgeState& edge = state(call.edge_state);
    const EdgeRules& rules = rules_of(call.edge_state);
    if (call.state == Call::State::falling_back) {  // taken back while its stand-in was at work
        run_.queue.cancel(timer(index, RecordTimer::call_wait));
        if (call.next != none) {
            calls_[call.next].parent = none;
            finish_call(call.next, outcome, status);
        }
        return settle_call(index, outcome, status);
    }
    leave_gates(index);
    drop_tries(index, hedge_cancel_mode(call.edge_state));
    if (std::exchange(call.holds_place, false)) release_place(call.edge_state);
    if (edge.budget) {
        if (call.grant) edge.budget->on_retry_end(call.grant);
        edge.budget->on_call_end(run_.now, is_success(outcome), call.grant);
    }
    if (call.holds_permit) {
        call.holds_permit = false;
        const auto reaction =
            edge.breaker->observe(run_.now, {true, call.probe, false, 0, call.era}, outcome,
                                  run_.now - call.started, status);
        if (reaction.changed) log_breaker(call.edge_state);
    }
    run_.queue.cancel(timer(index, RecordTimer::call_total));
    if (!is_success(outcome) && rules.fallback && rules.fallback->contains(outcome, status)) {
        const Duration work = rules.fallback_work.draw(dice_of(call.edge_state).policy);
        call.state = Call::State::falling_back;
        call.outcome = outcome;
        call.status = status;
        call.next = none;
        if (work == Duration{0}) return fall_back(index);
        return run_.set(timer(index, RecordTimer::call_wait), run_.now + work);
    }
    settle_call(index, outcome, status);
}

/// The work of a fallback is done: it answers, or calls someone else who may.
void Caller::fall_back(Index index) {
    const Call call = calls_[index];
    const model::EdgePlan& edge = edge_of(call.edge_state);
    if (edge.fallback == none) return settle_call(index, Outcome::degraded, 200);
    const std::uint32_t instead =
        run_.model.edges[edge.fallback].first_state + (call.edge_state - edge.first_state);
    ++flow_of(instead).now.started;
    const Index other = new_call(instead, index, call.deadline, run_.now, call.trace);
    calls_[other].is_fallback = true;
    calls_[index].next = other;
    pass_gates(other);
}

/// A failing fallback keeps the failure that it was called for.
void Caller::fallback_settled(Index index, Outcome outcome, std::uint16_t status) {
    if (is_success(outcome)) return settle_call(index, Outcome::degraded, status);
    settle_call(index, calls_[index].outcome, calls_[index].status);
}

void Caller::settle_call(Index index, Outcome outcome, std::uint16_t status) {
    const Call call = calls_[index];
    calls_[index].state = Call::State::free;
    calls_.give_back(index);
    if (!call.is_fallback)
        return call_settled(call.edge_state, call.parent, call.started, outcome, status,
                            call.trace);
    flow_of(call.edge_state).settle(outcome, run_.now - call.started);
    if (call.parent != none) fallback_settled(call.parent, outcome, status);
}

/// The end of a call: counted once, and told to whoever waits for it.
void Caller::call_settled(std::uint32_t edge_state, Index parent, Time started, Outcome outcome,
                          std::uint16_t status, const TraceContext& trace) {
    flow_of(edge_state).settle(outcome, run_.now - started);
    set_child(parent, none);
    if (edge_of(edge_state).from_workload)
        run_.stories.request_ended({.trace = trace.trace_low,
                                    .edge_state = edge_state,
                                    .sent = started,
                                    .ended = run_.now,
                                    .outcome = outcome});
    if (edge_of(edge_state).from_workload || parent != none)
        run_.then(LiveRun::Todo::What::resume, parent, outcome, status);
}

void Caller::leave(std::uint32_t edge_state, Index parent, CancelMode mode) {
    const Index child = child_of(parent);
    if (child == none) return;
    set_child(parent, none);
    const EdgeRules& rules = rules_of(edge_state);
    const CancelMode own = mode == CancelMode::propagate ? rules.cancel : CancelMode::none;
    if (!rules.plain) {
        calls_[child].parent = none;
        if (own != CancelMode::none) finish_call(child, Outcome::cancelled, 499);
        return;
    }
    attempts_[child].parent = none;
    if (own == CancelMode::none) return;
    flow_of(edge_state).settle(Outcome::cancelled, run_.now - attempts_[child].sent);
    drop_attempt(child, own);
}

}  // namespace shaketable::injector
