// Calls of one process: how they begin, and what it does for model::CallCourse.
#include "injector/calls/caller.h"
#include "model/call_course_body.h"

namespace shaketable::model {

template class CallCourse<injector::Caller, injector::Call>;

}  // namespace shaketable::model

namespace shaketable::injector {

using model::EdgeRules;
using model::status_of;
using policies::CancelMode;
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
    const Index index = take_call(edge_state, parent, inherited, started);
    calls_[index].trace = trace;
    EdgeState& edge = state(edge_state);
    if (edge.budget) edge.budget->on_call(run_.now);
    if (edge.hedge) edge.hedge->on_call();
    return index;
}

Outcome Caller::send_attempt(Index index, Time ends, const Permit& permit) {
    const Call& call = calls_[index];
    return start_attempt({.edge_state = call.edge_state,
                          .parent = index,
                          .of_call = true,
                          .gives_up = ends,
                          .sent = begins(call),
                          .patience = call.patience,
                          .trace = call.trace,
                          .permit = permit})
        .outcome;
}

void Caller::count_refused_try(Index index, Outcome outcome) {
    const Call& call = calls_[index];
    count_refusal(call.edge_state, outcome, call.trace, call.tries);
}

void Caller::log_edge(const char* what, std::uint32_t edge_state, std::string detail) {
    run_.log(what, model::edge_state_name(run_.model, edge_state), std::move(detail));
}

Index Caller::stand_in(std::uint32_t edge_state, Index index) {
    const Call call = calls_[index];
    return new_call(edge_state, index, call.deadline, run_.now, call.trace);
}

void Caller::call_over(Index index, Outcome outcome, std::uint16_t status) {
    const Call call = calls_[index];
    call_settled(call.edge_state, call.parent, call.started, outcome, status, call.trace);
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
