// One try of a call: sent, timed, and what its outcome tells the caller's policies. As
// sim/engine/attempts.cc, but that the message leaves by a connection.
#include <algorithm>
#include <utility>

#include "injector/calls/caller.h"

namespace shaketable::injector {

using model::EdgeRules;
using policies::CancelMode;
using RecordTimer = LiveRun::RecordTimer;

/// A try that never left its caller.
void Caller::count_refusal(std::uint32_t edge_state, Outcome outcome, const TraceContext& trace,
                           std::uint32_t attempt) {
    run_.stories.ended({.trace = trace.trace_low,
                        .id = span_id(span_stream_, ++spans_),
                        .parent = trace.parent,
                        .edge_state = edge_state,
                        .attempt = attempt,
                        .sent = run_.now,
                        .ended = run_.now,
                        .outcome = outcome});
    reports::FlowMeter& flow = flow_of(edge_state);
    ++flow.now.attempts;
    ++flow.now.tries[static_cast<std::size_t>(outcome)];
}

void Caller::note_try(const Attempt& attempt, Outcome outcome) {
    run_.stories.ended({.trace = attempt.trace.trace_low,
                        .id = attempt.trace.parent,
                        .parent = attempt.caller_span,
                        .edge_state = attempt.edge_state,
                        .replica = attempt.replica,
                        .attempt = attempt.number,
                        .sent = attempt.sent,
                        .ended = run_.now,
                        .outcome = outcome});
}

/// `avoided`: the first of tries whose replicas are taken only where there is no other.
std::uint32_t Caller::pick_replica(std::uint32_t edge_state, Index avoided) {
    const EdgeState& edge = state(edge_state);
    const model::ServicePlan& service = run_.model.services[edge_of(edge_state).service];
    if (service.replicas == 1 && !edge.health && !edge.ejection)
        return callees_[service.first_replica].draining ? none : service.first_replica;
    const auto is_avoided = [&](std::uint32_t replica) {
        for (Index other = avoided; other != none; other = attempts_[other].sibling)
            if (attempts_[other].replica == replica) return true;
        return false;
    };
    return model::pick_replica(*this, edge_state, avoided != none, is_avoided);
}

/// When a try that began then is given up.
Time Caller::gives_up(std::uint32_t edge_state, Time started, Time inherited) {
    const EdgeRules& rules = rules_of(edge_state);
    const Time own = rules.gives_up(started, dice_of(edge_state).policy);
    return rules.deadline ? std::min(inherited, own) : own;
}

/// Sends one try. Else nothing was sent: `timeout`, it is too late for it; `unreachable`, no
/// replica could be chosen.
Caller::Sent Caller::start_attempt(const Try& what) {
    if (what.gives_up < run_.now) return {none, Outcome::timeout};
    const bool elsewhere = what.of_call && rules_of(what.edge_state).hedges_elsewhere;
    const std::uint32_t replica =
        pick_replica(what.edge_state, elsewhere ? calls_[what.parent].first : none);
    if (replica == none) return {none, Outcome::unreachable};
    const EdgeRules& rules = rules_of(what.edge_state);
    reports::FlowMeter& flow = flow_of(what.edge_state);
    ++flow.now.attempts;
    ++flow.now.sent;
    const Index index = attempts_.take();
    run_.reserve_timers(index);
    Attempt& a = attempts_[index];
    a = Attempt{};
    a.phase = Attempt::Phase::out;
    a.sent = what.sent;
    a.deadline =
        rules.deadline ? policies::deadline_for_callee(*rules.deadline, what.gives_up) : never;
    a.patience = std::min(what.gives_up, what.patience);
    a.trace = what.trace;
    a.caller_span = what.trace.parent;
    a.trace.parent = span_id(span_stream_, ++spans_);
    if (what.of_call) a.number = static_cast<std::uint16_t>(calls_[what.parent].tries + 1);
    a.parent = what.parent;
    a.edge_state = what.edge_state;
    a.replica = replica;
    a.era = what.permit.era;
    a.probe = what.permit.probe;
    a.by_call = what.of_call;
    if (what.of_call) {
        a.sibling = calls_[what.parent].first;
        calls_[what.parent].first = index;
    }
    // An answer in the very nanosecond of its timeout is still an answer.
    if (what.gives_up != never)
        run_.set(timer(index, RecordTimer::attempt_timeout), what.gives_up + Duration{1});
    state(what.edge_state).balancer.on_start(run_.model.replicas[replica].number);
    ++outstanding_[replica];
    if (options_.links)
        a.arrives = what.sent +
                    transit(what.edge_state, replica, edge_of(what.edge_state).request_bytes, true);
    transmit(index);
    return {index, Outcome::ok};
}

/// Time of one message on the scenario's link, one way.
Duration Caller::transit(std::uint32_t edge_state, std::uint32_t replica, std::int64_t bytes,
                         bool request) {
    const model::EdgeStatePlan& plan = run_.model.edge_states[edge_state];
    const std::uint32_t other = run_.model.replicas[replica].zone;
    const model::LinkPlan& link = request ? run_.model.link(plan.edge, plan.zone, other)
                                          : run_.model.link(plan.edge, other, plan.zone);
    return model::time_on_link(link, bytes, faults::unlimited_rate, dice_of(edge_state).network);
}

/// The answer of a try has come in, or its connection has broken. `left`: when it left a stand-in,
/// from where the link's time counts; never: it is here as it came.
void Caller::answered(Index index, Outcome outcome, std::uint16_t status, Time left) {
    Attempt& a = attempts_[index];
    a.connection = none;
    a.phase = Attempt::Phase::returning;
    a.outcome = outcome;
    a.status = status;
    // Under overload its timeout may be due and not dealt with yet: then it comes first.
    const TimerId patience = timer(index, RecordTimer::attempt_timeout);
    if (!a.abandoned && run_.queue.is_pending(patience) &&
        run_.queue.time_of_pending(patience) <= run_.now) {
        on_attempt_timeout(index);
        return deliver(index);
    }
    if (a.abandoned || !options_.links || left == never) return deliver(index);
    const Duration way =
        transit(a.edge_state, a.replica, edge_of(a.edge_state).response_bytes, false);
    const Time at = std::min(left, run_.now) + way;
    if (at <= run_.now) return deliver(index);
    run_.set(timer(index, RecordTimer::attempt_progress), at);
}

void Caller::deliver(Index index) {
    const Attempt& a = attempts_[index];
    if (!a.abandoned)
        attempt_settled(index, a.outcome, a.status);
    else if (a.outcome != Outcome::unreachable)
        ++flow_of(a.edge_state).now.late;
    free_attempt(index);
}

/// The caller learns how a try ended; its connection may go on without it.
void Caller::attempt_settled(Index index, Outcome outcome, std::uint16_t status) {
    const Attempt a = attempts_[index];
    EdgeState& edge = state(a.edge_state);
    const Duration latency = run_.now - a.sent;
    const std::uint32_t endpoint = run_.model.replicas[a.replica].number;
    run_.queue.cancel(timer(index, RecordTimer::attempt_timeout));
    note_try(a, outcome);
    ++flow_of(a.edge_state).now.tries[static_cast<std::size_t>(outcome)];
    --outstanding_[a.replica];
    edge.balancer.on_end(endpoint, run_.now, latency, outcome != Outcome::timeout);
    if (edge.breaker && !rules_of(a.edge_state).breaker_per_call) {
        const Permit permit{true, a.probe, false, 0, a.era};
        const auto reaction = edge.breaker->observe(run_.now, permit, outcome, latency, status);
        if (reaction.changed) log_breaker(a.edge_state);
    }
    if (edge.throttle) edge.throttle->observe(run_.now, outcome, status);
    if (edge.ejection &&
        edge.ejection->observe(run_.now, endpoint, outcome, status, dice_of(a.edge_state).policy))
        run_.log(edge.ejection->is_ejected(endpoint) ? "ejected" : "returned",
                 model::replica_name(run_.model, a.replica),
                 "by " + model::edge_state_name(run_.model, a.edge_state));
    if (a.by_call) return call_attempt_settled(a.parent, index, outcome, status);
    call_settled(a.edge_state, a.parent, a.sent, outcome, status,
                 {a.trace.trace_high, a.trace.trace_low, a.caller_span, a.trace.flags});
}

void Caller::on_attempt_timeout(Index index) {
    if (attempts_[index].abandoned) {
        // Its cancellation is due, or its answer has not come for too long.
        if (attempts_[index].connection != none) close_connection(attempts_[index].connection);
        return free_attempt(index);
    }
    const CancelMode mode = rules_of(attempts_[index].edge_state).cancel;
    attempt_settled(index, Outcome::timeout, 504);
    abandon(index, mode);
}

/// Takes a try back: no evidence for anyone, its places are free again.
void Caller::drop_attempt(Index index, CancelMode mode) {
    const Attempt& a = attempts_[index];
    EdgeState& edge = state(a.edge_state);
    const std::uint32_t endpoint = run_.model.replicas[a.replica].number;
    run_.queue.cancel(timer(index, RecordTimer::attempt_timeout));
    note_try(a, Outcome::cancelled);
    ++flow_of(a.edge_state).now.tries[static_cast<std::size_t>(Outcome::cancelled)];
    --outstanding_[a.replica];
    edge.balancer.on_end(endpoint, run_.now, run_.now - a.sent, false);
    if (edge.ejection) edge.ejection->abandon(endpoint);
    if (edge.breaker && !rules_of(a.edge_state).breaker_per_call)
        edge.breaker->abandon({true, a.probe, false, 0, a.era});
    if (edge.budget && a.by_call) edge.budget->on_attempt_end(run_.now, Outcome::cancelled, false);
    abandon(index, mode);
}

/// The caller lets go of a try. Without cancellation the callee must not notice, so the connection
/// stays until its answer comes.
void Caller::abandon(Index index, CancelMode mode) {
    constexpr Duration longest = std::chrono::minutes{1};
    Attempt& a = attempts_[index];
    a.parent = none;
    a.by_call = false;
    a.abandoned = true;
    if (a.phase == Attempt::Phase::queued) {
        leave_connection_queue(index);
        return free_attempt(index);
    }
    if (a.phase == Attempt::Phase::returning) return;
    const Duration delay = rules_of(a.edge_state).cancel_delay;
    if (mode != CancelMode::none && delay == Duration{0}) {
        if (a.connection != none) close_connection(a.connection);
        return free_attempt(index);
    }
    // The timer of the timeout is free now; it brings the end of the connection.
    run_.set(timer(index, RecordTimer::attempt_timeout),
             run_.now + (mode == CancelMode::none ? longest : delay));
}

void Caller::free_attempt(Index index) {
    run_.queue.cancel(timer(index, RecordTimer::attempt_timeout));
    run_.queue.cancel(timer(index, RecordTimer::attempt_progress));
    attempts_[index].phase = Attempt::Phase::free;
    attempts_.give_back(index);
}

}  // namespace shaketable::injector
