// A call at its caller: what the simulator does for model::CallCourse.
#include <utility>

#include "model/call_course_body.h"
#include "sim/engine/hot_path.h"

namespace shaketable::model {

template class CallCourse<sim::Engine, sim::Call>;

}  // namespace shaketable::model

namespace shaketable::sim {

using policies::BreakerMachine;
using policies::CancelMode;

Outcome Engine::send_attempt(Index index, Time ends, const BreakerMachine::Permit& permit) {
    const Call& call = calls_[index];
    return start_attempt(call.edge_state, index, true, ends, permit, story_of(call, index),
                         call.tries + 1U);
}

void Engine::count_refused_try(Index index, Outcome outcome) {
    const Call& call = calls_[index];
    count_refusal(call.edge_state, outcome, story_of(call, index), call.tries);
}

void Engine::log_edge(const char* what, std::uint32_t edge_state, std::string detail) {
    log(what, edge_state_name(edge_state), std::move(detail));
}

Index Engine::stand_in(std::uint32_t edge_state, Index index) {
    count_call(edge_state);
    const Call& call = calls_[index];
    return new_call(edge_state, index, call.deadline, story_of(call, index));
}

void Engine::call_over(Index index, Outcome outcome, std::uint16_t status) {
    const Call& call = calls_[index];
    call_settled(call.edge_state, call.parent, call.started, outcome, status,
                 story_of(call, index));
}

/// Takes a try back: no evidence for anyone, its places are free again.
void Engine::drop_attempt(Index walker, CancelMode mode) {
    const Walker& w = walkers_[walker];
    CallerEdge& state = edge_states_[w.edge_state];
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
