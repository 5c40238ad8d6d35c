/// A call as its caller makes it: gates, tries, hedges, back-off, fallback. One code for both
/// worlds, so that policies mean the same in them.
///
/// `Host` derives from it and provides the world:
///   now()                      what time it is
///   model()                    the compiled scenario
///   rules_of, dice_of, flow_of, machines_of (an edge state)
///   set(timer, at), unset(timer), wait_timer(call), total_timer(call), reserve_timers(call)
///   pass_gates_later(call)     to call `on_admitted` at this very instant, after what goes on now
///   try_ends(call)             when a try that begins now is given up
///   send_attempt(call, ends, permit)   sends a try and puts it in front of `call.first`; not `ok`:
///                              why nothing was sent
///   sibling_of(attempt), sent_of(attempt)
///   drop_attempt(attempt, mode)        takes a try back: no evidence for anyone
///   count_refused_try(call, outcome)   a try that never left its caller
///   log_edge(what, edge state)
///   stand_in(edge state, call) a record for the call that a fallback makes, counted as begun
///   call_gone(call)            its record has been given back, and still reads the same
///   call_over(call, outcome, status)   and so has that of one that whoever waits must hear of
/// `Call` is a CallRecord. The bodies stand in call_course_body.h, for the one file of a world that
/// instantiates them.
#pragma once

#include <cstdint>

#include "base/slab.h"
#include "model/call_record.h"
#include "model/edge.h"
#include "model/list.h"
#include "policies/chain.h"

namespace shaketable::model {

/// A caller's side of its calls: its machines, and who waits for them.
struct CallerEdge : EdgeMachines {
    using EdgeMachines::EdgeMachines;

    List waiting;             ///< calls that wait for a place of the bulkhead
    Time open_since = never;  ///< of the breaker
};

template <class Host, class Call>
class CallCourse {
  protected:
    using State = CallRecord::State;
    using Permit = policies::BreakerMachine::Permit;

    /// The record of a call that nothing has been done about.
    [[nodiscard]] Index take_call(std::uint32_t edge_state, Index parent, Time inherited,
                                  Time started);

    // ---- gates ----
    /// Asks one that answers at once. `ok` = it lets the try through.
    [[nodiscard]] Outcome ask_gate(policies::PolicyKind kind, std::uint32_t edge_state,
                                   bool first_try, Permit& permit);
    void log_breaker(std::uint32_t edge_state);
    /// Asks those that are left, first those of the call, then those of the try; sends the try when
    /// all let it through.
    void pass_gates(Index call);
    /// It has been given a place, unless it has ended at this very instant.
    void on_admitted(Index call);
    /// Gives a place of the bulkhead to whoever waits longest. Precondition: somebody waits.
    void admit_first_waiting(std::uint32_t edge_state);
    /// A gate said no: that is a try with an answer.
    void try_refused(Index call, Outcome outcome);

    // ---- tries ----
    void on_call_wait(Index call);
    void call_attempt_settled(Index call, Index attempt, Outcome outcome, std::uint16_t status);
    void finish_call(Index call, Outcome outcome, std::uint16_t status);

    Slab<Call> calls_;

  private:
    [[nodiscard]] Host& host() noexcept { return static_cast<Host&>(*this); }
    [[nodiscard]] bool enter_bulkhead(Index call);
    [[nodiscard]] bool await_rate(Index call);
    void wait_for_pool(Index call);
    void wait_until(Index call, Time until);
    void leave_pool_queue(Index call);
    void release_place(std::uint32_t edge_state);
    void release_attempt_gates(Index call);
    void release_try(std::uint32_t edge_state);
    void leave_gates(Index call);
    void begin_try(Index call);
    void next_try(Index call);
    void send_try(Index call);
    void send_hedge(Index call);
    void after_failure(Index call, Outcome outcome, std::uint16_t status);
    [[nodiscard]] bool may_retry(Call& call, const EdgeRules& rules, Outcome outcome,
                                 std::uint16_t status);
    [[nodiscard]] policies::CancelMode hedge_cancel_mode(std::uint32_t edge_state);
    void drop_tries(Index call, policies::CancelMode mode);
    void tell_machines(Index call, Outcome outcome, std::uint16_t status);
    void fall_back(Index call);
    void fallback_settled(Index call, Outcome outcome, std::uint16_t status);
    void settle_call(Index call, Outcome outcome, std::uint16_t status);
};

}  // namespace shaketable::model
