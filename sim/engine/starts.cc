// How a call begins: most first tries settle it, and need no record of the call.
#include "sim/engine/hot_path.h"

namespace shaketable::sim {

using model::status_of;
using policies::BreakerMachine;
using policies::PolicyKind;

void Engine::start_call(std::uint32_t edge_state, Index parent) {
    const Hop& hop = hops_[edge_state];
    ++hop.meter->now.started;
    const Time inherited = deadline_of(hop, parent);
    Tracer::Spot story;
    if (tracer_ != nullptr) [[unlikely]]
        story = story_of_caller(edge_state, parent);
    if (hop.direct) return start_directly(edge_state, parent, inherited, story);
    start_with_record(edge_state, parent, inherited, story);
}

void Engine::start_with_record(std::uint32_t edge_state, Index parent, Time inherited,
                               Tracer::Spot story) {
    count_call(edge_state);
    const Index index = new_call(edge_state, parent, inherited, story);
    await(index);
    const Duration longest = rules_[hops_[edge_state].edge].total_timeout;
    if (longest != forever)
        queue_.schedule(timer_of(index, CallTimer::total), now_ + longest + Duration{1});
    pass_gates(index);
}

/// Sends the first try without a record of the call, which most calls never need.
[[gnu::always_inline]] inline void Engine::start_directly(std::uint32_t edge_state, Index parent,
                                                          Time inherited, Tracer::Spot story) {
    const Hop& hop = hops_[edge_state];
    if (hop.has_budget) count_call(edge_state);
    BreakerMachine::Permit permit;
    if (hop.has_gates) {
        for (const PolicyKind gate : rules_[hop.edge].attempt_gates) {
            const Outcome answer = ask_gate(gate, edge_state, true, permit);
            if (answer != Outcome::ok)
                return direct_refused(edge_state, parent, inherited, story, permit, answer);
        }
    }
    const Outcome sent =
        start_attempt(edge_state, parent, false, gives_up(hop, inherited), permit, story, 1);
    if (sent != Outcome::ok)
        return direct_refused(edge_state, parent, inherited, story, permit, sent);
    if (hop.has_budget) edge_states_[edge_state].budget->on_attempt_start();
}

void Engine::direct_refused(std::uint32_t edge_state, Index parent, Time inherited,
                            Tracer::Spot story, const BreakerMachine::Permit& permit,
                            Outcome outcome) {
    if (hops_[edge_state].plain) {
        count_refusal(edge_state, outcome, story, 1);
        if (permit.admitted) edge_states_[edge_state].breaker->abandon(permit);
        return call_settled(edge_state, parent, now_, outcome, status_of(outcome), story);
    }
    const Index index = new_call(edge_state, parent, inherited, story);
    Call& call = calls_[index];
    call.past_call_gates = true;
    call.era = permit.era;
    call.probe = permit.probe;
    call.holds_permit = permit.admitted;
    await(index);
    try_refused(index, outcome);
}

/// Makes the record of a call whose first try was sent without one. Its caller has not left.
Index Engine::promote(Index walker) {
    Tracer::Spot story;
    if (walkers_[walker].has(traced)) story = tracer_->caller_of(tracer_->of_walker(walker));
    const std::uint32_t edge_state = walkers_[walker].edge_state;
    const Index parent = walkers_[walker].parent;
    const Index index = new_call(edge_state, parent, deadline_of(hops_[edge_state], parent), story);
    Walker& w = walkers_[walker];
    Call& call = calls_[index];
    call.started = w.sent;
    call.past_call_gates = true;
    call.first = walker;
    call.tries = call.live = 1;
    w.parent = index;
    w.add(by_call);
    await(index);
    return index;
}

/// From now on the caller waits for this record.
void Engine::await(Index index) {
    const Call& call = calls_[index];
    if (!hops_[call.edge_state].from_workload && call.parent != none)
        walkers_[call.parent].next = index | call_mark;
}

/// What the budget of retries gets for a call that its first try settled.
void Engine::pay_for_success(std::uint32_t edge_state, Outcome outcome, std::uint16_t status) {
    const policies::RetryRule& retry = *rules_[hops_[edge_state].edge].retry;
    policies::RetryBudgetMachine& budget = *edge_states_[edge_state].budget;
    budget.on_attempt_end(now_, outcome, policies::is_retryable(retry, outcome, status));
    budget.on_call_end(now_, true, {});
}

void Engine::count_call(std::uint32_t edge_state) {
    CallerEdge& state = edge_states_[edge_state];
    if (state.budget) state.budget->on_call(now_);
    if (state.hedge) state.hedge->on_call();
}

Index Engine::new_call(std::uint32_t edge_state, Index parent, Time inherited, Tracer::Spot story) {
    const Index index = take_call(edge_state, parent, inherited, now_);
    if (executions_.counts()) [[unlikely]]
        executions_.call_begun(index);
    if (story) {
        calls_[index].traced = true;
        tracer_->put_call(index, story);
    }
    return index;
}

}  // namespace shaketable::sim
