/// How a call goes on: the bodies of call_course.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "model/call_course.h"
#include "model/model.h"
#include "reports/record/meters.h"

namespace shaketable::model {

template <class Host, class Call>
Index CallCourse<Host, Call>::take_call(std::uint32_t edge_state, Index parent, Time inherited,
                                        Time started) {
    const Index index = calls_.take();
    host().reserve_timers(index);
    Call& call = calls_[index];
    call = Call{};
    call.started = started;
    call.deadline = inherited;
    call.parent = parent;
    call.edge_state = edge_state;
    call.state = State::trying;
    return index;
}

// ---- gates ----

template <class Host, class Call>
Outcome CallCourse<Host, Call>::ask_gate(policies::PolicyKind kind, std::uint32_t edge_state,
                                         bool first_try, Permit& permit) {
    CallerEdge& edge = host().machines_of(edge_state);
    Random& dice = host().dice_of(edge_state).policy;
    const Time now = host().now();
    if (kind == policies::PolicyKind::breaker) {
        permit = edge.breaker->admit(now, dice, first_try);
        if (permit.changed) log_breaker(edge_state);
        return permit.admitted ? Outcome::ok : Outcome::breaker_open;
    }
    if (kind == policies::PolicyKind::throttle)
        return edge.throttle->admit(now, dice) ? Outcome::ok : Outcome::shed;
    return edge.rate_limit->admit(now).admitted ? Outcome::ok : Outcome::rate_limited;
}

template <class Host, class Call>
void CallCourse<Host, Call>::log_breaker(std::uint32_t edge_state) {
    using Breaker = policies::BreakerMachine::State;
    CallerEdge& edge = host().machines_of(edge_state);
    const Breaker state = edge.breaker->state();
    const Time now = host().now();
    if (edge.open_since != never)
        host().flow_of(edge_state).now.breaker_open += now - edge.open_since;
    edge.open_since = state == Breaker::open ? now : never;
    host().log_edge(state == Breaker::open        ? "breaker-open"
                    : state == Breaker::half_open ? "breaker-half-open"
                                                  : "breaker-closed",
                    edge_state);
}

/// A try is about to ask its own gates, all of them. Where waiting there counts, its end is known
/// from now on.
template <class Host, class Call>
[[gnu::always_inline]] inline void CallCourse<Host, Call>::begin_try(Index index) {
    Call& call = calls_[index];
    call.past_call_gates = true;
    call.gate = 0;
    call.state = State::trying;
    if (host().rules_of(call.edge_state).pool_wait_counts) call.gives_up = host().try_ends(call);
}

template <class Host, class Call>
void CallCourse<Host, Call>::pass_gates(Index index) {
    while (true) {
        Call& call = calls_[index];
        const EdgeRules& rules = host().rules_of(call.edge_state);
        const auto& gates = call.past_call_gates ? rules.attempt_gates : rules.call_gates;
        if (call.gate == gates.size()) {
            if (call.past_call_gates) return send_try(index);
            begin_try(index);
            continue;
        }
        const policies::PolicyKind kind = gates[call.gate++];
        if (kind == policies::PolicyKind::bulkhead) {
            if (!enter_bulkhead(index)) return;
        } else if (kind == policies::PolicyKind::rate_limit) {
            if (!await_rate(index)) return;
        } else {
            Permit permit;
            const Outcome answer = ask_gate(kind, call.edge_state, call.tries == 0, permit);
            if (answer != Outcome::ok) return try_refused(index, answer);
            if (kind == policies::PolicyKind::breaker) {
                call.era = permit.era;
                call.probe = permit.probe;
                call.holds_permit = true;
            }
        }
    }
}

/// False: it waits, or has been refused.
template <class Host, class Call>
bool CallCourse<Host, Call>::enter_bulkhead(Index index) {
    using Entry = policies::BulkheadMachine::Entry;
    const Entry entry = host().machines_of(calls_[index].edge_state).bulkhead->admit();
    if (entry == Entry::refuse) return try_refused(index, Outcome::bulkhead_full), false;
    if (entry == Entry::wait) return wait_for_pool(index), false;
    calls_[index].holds_place = true;
    return true;
}

/// False: it waits, or has been refused.
template <class Host, class Call>
bool CallCourse<Host, Call>::await_rate(Index index) {
    Call& call = calls_[index];
    const Time now = host().now();
    const auto turn = host().machines_of(call.edge_state).rate_limit->admit(now);
    if (!turn.admitted) return try_refused(index, Outcome::rate_limited), false;
    if (turn.wait <= Duration{0}) return true;
    call.state = State::rate_wait;
    return wait_until(index, now + turn.wait), false;
}

template <class Host, class Call>
void CallCourse<Host, Call>::wait_for_pool(Index index) {
    Call& call = calls_[index];
    call.state = State::pool_wait;
    push(host().machines_of(call.edge_state).waiting, calls_, index);
    const Duration longest = host().rules_of(call.edge_state).pool_wait;
    wait_until(index, longest == forever ? never : host().now() + longest + Duration{1});
}

/// Waits at a gate until then, but no longer than the try may last.
template <class Host, class Call>
void CallCourse<Host, Call>::wait_until(Index index, Time until) {
    Call& call = calls_[index];
    call.wait_ends_try = call.gives_up != never && call.gives_up + Duration{1} < until;
    host().set(host().wait_timer(index),
               call.wait_ends_try ? std::max(call.gives_up + Duration{1}, host().now()) : until);
}

template <class Host, class Call>
void CallCourse<Host, Call>::leave_pool_queue(Index index) {
    Call& call = calls_[index];
    unlink(host().machines_of(call.edge_state).waiting, calls_, index);
    host().unset(host().wait_timer(index));
    call.state = State::trying;
}

/// Gives a place of the bulkhead back; whoever waits longest has it at once.
template <class Host, class Call>
void CallCourse<Host, Call>::release_place(std::uint32_t edge_state) {
    if (host().machines_of(edge_state).bulkhead->release()) admit_first_waiting(edge_state);
}

template <class Host, class Call>
void CallCourse<Host, Call>::admit_first_waiting(std::uint32_t edge_state) {
    const Index next = host().machines_of(edge_state).waiting.first;
    leave_pool_queue(next);
    calls_[next].holds_place = true;
    calls_[next].state = State::admitted;
    host().pass_gates_later(next);
}

template <class Host, class Call>
void CallCourse<Host, Call>::on_admitted(Index index) {
    if (calls_[index].state != State::admitted) return;
    calls_[index].state = State::trying;
    pass_gates(index);
}

template <class Host, class Call>
void CallCourse<Host, Call>::try_refused(Index index, Outcome outcome) {
    Call& call = calls_[index];
    ++call.tries;
    host().count_refused_try(index, outcome);
    const bool outside = !call.past_call_gates;
    release_attempt_gates(index);
    if (outside) return finish_call(index, outcome, status_of(outcome));
    // A retry that the breaker forbids: the call ends as if there were none left.
    if (outcome == Outcome::breaker_open && call.retries > 0 && call.live == 0 &&
        host().rules_of(call.edge_state).spares_first_try)
        return finish_call(index, call.outcome, call.status);
    after_failure(index, outcome, status_of(outcome));
}

/// What a try that is not sent took on its way through its own gates.
template <class Host, class Call>
void CallCourse<Host, Call>::release_attempt_gates(Index index) {
    Call& call = calls_[index];
    const EdgeRules& rules = host().rules_of(call.edge_state);
    if (rules.place_per_try && std::exchange(call.holds_place, false))
        release_place(call.edge_state);
    if (rules.breaker_per_call || !std::exchange(call.holds_permit, false)) return;
    host().machines_of(call.edge_state).breaker->abandon({true, call.probe, false, 0, call.era});
}

/// A sent try has ended: the place that it had of its own is free.
template <class Host, class Call>
void CallCourse<Host, Call>::release_try(std::uint32_t edge_state) {
    if (host().rules_of(edge_state).place_per_try) release_place(edge_state);
}

/// The try that is still at its gates goes no further.
template <class Host, class Call>
void CallCourse<Host, Call>::leave_gates(Index index) {
    Call& call = calls_[index];
    if (call.state == State::pool_wait) {
        host().machines_of(call.edge_state).bulkhead->leave();
        leave_pool_queue(index);
    }
    call.state = State::trying;
    host().unset(host().wait_timer(index));
    release_attempt_gates(index);
}

// ---- tries ----

template <class Host, class Call>
void CallCourse<Host, Call>::next_try(Index index) {
    begin_try(index);
    pass_gates(index);
}

template <class Host, class Call>
void CallCourse<Host, Call>::send_try(Index index) {
    Call& call = calls_[index];
    const EdgeRules& rules = host().rules_of(call.edge_state);
    const Permit permit{true, call.probe, false, 0, call.era};
    const Time ends = rules.pool_wait_counts ? call.gives_up : host().try_ends(call);
    call.state = State::trying;
    const Outcome sent = host().send_attempt(index, ends, permit);
    if (sent != Outcome::ok) return try_refused(index, sent);
    // What it took at its own gates is the attempt's now.
    call.holds_permit = call.holds_permit && rules.breaker_per_call;
    call.holds_place = call.holds_place && !rules.place_per_try;
    ++call.tries;
    ++call.live;
    CallerEdge& edge = host().machines_of(call.edge_state);
    if (edge.budget) edge.budget->on_attempt_start();
    if (rules.hedges && edge.hedge->delay() != forever) {
        call.hedging = true;
        host().set(host().wait_timer(index), host().now() + edge.hedge->delay());
    }
}

template <class Host, class Call>
void CallCourse<Host, Call>::send_hedge(Index index) {
    Call& call = calls_[index];
    ++call.hedges;
    ++host().flow_of(call.edge_state).now.hedges;
    next_try(index);
}

template <class Host, class Call>
void CallCourse<Host, Call>::on_call_wait(Index index) {
    Call& call = calls_[index];
    switch (call.state) {
        case State::back_off:
            return next_try(index);
        case State::rate_wait:
            call.state = State::trying;
            if (call.wait_ends_try) return try_refused(index, Outcome::timeout);
            return pass_gates(index);
        case State::pool_wait:
            host().machines_of(call.edge_state).bulkhead->leave();
            leave_pool_queue(index);
            return try_refused(index,
                               call.wait_ends_try ? Outcome::timeout : Outcome::bulkhead_full);
        case State::falling_back:
            return fall_back(index);
        default:
            break;
    }
    if (!std::exchange(call.hedging, false)) return;
    if (host().machines_of(call.edge_state).hedge->try_spend(call.hedges)) send_hedge(index);
}

template <class Host, class Call>
void CallCourse<Host, Call>::call_attempt_settled(Index index, Index attempt, Outcome outcome,
                                                  std::uint16_t status) {
    Call& call = calls_[index];
    const EdgeRules& rules = host().rules_of(call.edge_state);
    CallerEdge& edge = host().machines_of(call.edge_state);
    Index* link = &call.first;
    while (*link != attempt) link = &host().sibling_of(*link);
    *link = host().sibling_of(attempt);
    --call.live;
    const Time now = host().now();
    const bool retryable = rules.retry && policies::is_retryable(*rules.retry, outcome, status);
    if (edge.budget) edge.budget->on_attempt_end(now, outcome, retryable);
    if (rules.hedges) edge.hedge->observe(now - host().sent_of(attempt));
    if (is_success(outcome)) {
        leave_gates(index);  // before its place is given on, which it would take itself
        release_try(call.edge_state);
        return finish_call(index, outcome, status);
    }
    release_try(call.edge_state);
    if (rules.hedges && !edge.hedge->sends_next_on(outcome, status)) {
        leave_gates(index);
        drop_tries(index, hedge_cancel_mode(call.edge_state));
    } else if (rules.hedges && !call.is_at_gates() && edge.hedge->try_spend(call.hedges)) {
        host().unset(host().wait_timer(index));
        call.hedging = false;
        return send_hedge(index);
    }
    after_failure(index, outcome, status);
}

/// By its rule, and by its budget, which has granted it then.
template <class Host, class Call>
[[gnu::always_inline]] inline bool CallCourse<Host, Call>::may_retry(Call& call,
                                                                     const EdgeRules& rules,
                                                                     Outcome outcome,
                                                                     std::uint16_t status) {
    if (!rules.retry || call.retries >= rules.retry->retries ||
        !policies::is_retryable(*rules.retry, outcome, status) ||
        !policies::is_willing(*rules.retry, host().dice_of(call.edge_state).back_off))
        return false;
    CallerEdge& edge = host().machines_of(call.edge_state);
    if (!edge.budget) return true;
    if (call.grant) edge.budget->on_retry_end(call.grant);
    call.grant = edge.budget->try_spend(host().now(), outcome, status);
    if (!call.grant) ++host().flow_of(call.edge_state).now.budget_denied;
    return static_cast<bool>(call.grant);
}

/// Every try so far failed: another one after a while, or the end.
template <class Host, class Call>
void CallCourse<Host, Call>::after_failure(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    if (call.live > 0 || call.is_at_gates()) return;  // a hedge may still answer
    const EdgeRules& rules = host().rules_of(call.edge_state);
    if (!may_retry(call, rules, outcome, status)) return finish_call(index, outcome, status);
    reports::FlowMeter& flow = host().flow_of(call.edge_state);
    ++call.retries;
    ++flow.now.retries;
    call.previous_wait = policies::next_wait(rules.retry->backoff, call.retries, call.previous_wait,
                                             host().dice_of(call.edge_state).back_off);
    const Time again = host().now() + call.previous_wait;
    if (rules.deadline && again > call.deadline) return finish_call(index, outcome, status);
    host().unset(host().wait_timer(index));
    call.hedging = false;
    call.outcome = outcome;
    call.status = status;
    call.state = State::back_off;
    host().set(host().wait_timer(index), again);
}

template <class Host, class Call>
policies::CancelMode CallCourse<Host, Call>::hedge_cancel_mode(std::uint32_t edge_state) {
    const EdgeRules& rules = host().rules_of(edge_state);
    const bool cancels = rules.hedges && host().machines_of(edge_state).hedge->cancel() !=
                                             policies::HedgeCancel::none;
    return cancels ? policies::CancelMode::propagate : rules.cancel;
}

/// Lets go of every try that is still out.
template <class Host, class Call>
void CallCourse<Host, Call>::drop_tries(Index index, policies::CancelMode mode) {
    while (calls_[index].first != none) {
        const Index attempt = calls_[index].first;
        calls_[index].first = host().sibling_of(attempt);
        --calls_[index].live;
        const std::uint32_t edge_state = calls_[index].edge_state;
        host().drop_attempt(attempt, mode);
        release_try(edge_state);
    }
}

// ---- the end ----

template <class Host, class Call>
void CallCourse<Host, Call>::finish_call(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    if (call.state == State::falling_back) {  // taken back while its stand-in was at work
        host().unset(host().wait_timer(index));
        if (call.next != none) {
            calls_[call.next].parent = none;
            finish_call(call.next, outcome, status);
        }
        return settle_call(index, outcome, status);
    }
    leave_gates(index);
    drop_tries(index, hedge_cancel_mode(call.edge_state));
    if (std::exchange(call.holds_place, false)) release_place(call.edge_state);
    tell_machines(index, outcome, status);
    host().unset(host().total_timer(index));
    const EdgeRules& rules = host().rules_of(call.edge_state);
    if (is_success(outcome) || !rules.fallback || !rules.fallback->contains(outcome, status))
        return settle_call(index, outcome, status);
    const Duration work = rules.fallback_work.draw(host().dice_of(call.edge_state).policy);
    call.state = State::falling_back;
    call.outcome = outcome;
    call.status = status;
    call.next = none;
    if (work == Duration{0}) return fall_back(index);
    host().set(host().wait_timer(index), host().now() + work);
}

/// The budget, and a breaker of whole calls, learn how it ended.
template <class Host, class Call>
void CallCourse<Host, Call>::tell_machines(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];
    CallerEdge& edge = host().machines_of(call.edge_state);
    const Time now = host().now();
    if (edge.budget) {
        if (call.grant) edge.budget->on_retry_end(call.grant);
        edge.budget->on_call_end(now, is_success(outcome), call.grant);
    }
    if (!std::exchange(call.holds_permit, false)) return;
    const auto reaction = edge.breaker->observe(now, {true, call.probe, false, 0, call.era},
                                                outcome, now - call.started, status);
    if (reaction.changed) log_breaker(call.edge_state);
}

/// The work of a fallback is done: it answers, or calls someone else who may.
template <class Host, class Call>
void CallCourse<Host, Call>::fall_back(Index index) {
    const std::uint32_t edge_state = calls_[index].edge_state;
    const Model& model = host().model();
    const EdgePlan& edge = model.edges[model.edge_states[edge_state].edge];
    if (edge.fallback == none) return settle_call(index, Outcome::degraded, 200);
    const std::uint32_t instead =
        model.edges[edge.fallback].first_state + (edge_state - edge.first_state);
    ++host().flow_of(instead).now.started;
    const Index other = host().stand_in(instead, index);
    calls_[other].is_fallback = true;
    calls_[index].next = other;
    pass_gates(other);
}

/// A failing fallback keeps the failure that it was called for.
template <class Host, class Call>
void CallCourse<Host, Call>::fallback_settled(Index index, Outcome outcome, std::uint16_t status) {
    if (is_success(outcome)) return settle_call(index, Outcome::degraded, status);
    settle_call(index, calls_[index].outcome, calls_[index].status);
}

template <class Host, class Call>
void CallCourse<Host, Call>::settle_call(Index index, Outcome outcome, std::uint16_t status) {
    Call& call = calls_[index];  // given back, it stays as it is until the next one is taken
    call.state = State::free;
    calls_.give_back(index);
    host().call_gone(index);
    if (!call.is_fallback) return host().call_over(index, outcome, status);
    host().flow_of(call.edge_state).settle(outcome, host().now() - call.started);
    if (call.parent != none) fallback_settled(call.parent, outcome, status);
}

}  // namespace shaketable::model
