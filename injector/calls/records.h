/// What a caller has in flight: calls, tries, and the connections that carry them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/outcome.h"
#include "base/units.h"
#include "injector/http/reader.h"
#include "injector/http/socket.h"
#include "injector/http/trace_context.h"
#include "model/edge.h"
#include "model/index.h"
#include "policies/retry_budget.h"

namespace shaketable::injector {

using model::Index;
using model::none;

/// Records in a row, linked through their `prev` and `next`.
struct List {
    Index first = none, last = none;
    std::uint32_t size = 0;
};

/// One try: from the moment its caller sends it to the moment nobody waits for its answer any more.
struct Attempt {
    enum class Phase : std::uint8_t {
        free,
        queued,     ///< waits for a connection
        out,        ///< sent, or being sent, on its connection
        returning,  ///< its answer is on the emulated link back
    };
    Time sent{};  ///< when it left its caller
    Time deadline = never;
    Time patience = never;  ///< when its caller gives up
    Time arrives = never;   ///< by the emulated link; never: as it comes
    TraceContext trace;
    Index parent = none;   ///< call, or who waits for a plain one
    Index sibling = none;  ///< next try of the same call
    Index prev = none;     ///< neighbours among those that wait for a connection
    Index next = none;
    Index connection = none;
    std::uint32_t edge_state = 0;
    std::uint32_t replica = 0;
    std::uint16_t era = 0;  ///< of the breaker's permit
    std::uint16_t status = 0;
    std::uint16_t number = 1;       ///< of the tries of its call
    std::uint64_t caller_span = 0;  ///< of who makes the call
    Outcome outcome = Outcome::ok;  ///< of the answer on its way back
    Phase phase = Phase::free;
    bool by_call = false;    ///< its parent is a Call
    bool probe = false;      ///< its breaker's permit was a probe's
    bool abandoned = false;  ///< its caller has left
};

/// A call whose policies may need several tries, or a wait.
struct Call {
    enum class State : std::uint8_t {
        free,
        rate_wait,  ///< at a gate: for its turn
        pool_wait,  ///< at a gate: for a place
        admitted,   ///< at a gate: goes on at this very instant
        trying,
        back_off,
        falling_back
    };
    Time started{};
    Time deadline{};        ///< inherited from the caller
    Time patience = never;  ///< end of its total timeout
    Time gives_up = never;  ///< end of the try at its gates, as far as it is known there
    Duration previous_wait{0};
    TraceContext trace;
    Index parent = none;
    Index first = none;  ///< its live tries, through their `sibling`
    Index prev = none;   ///< neighbours among those that wait for a place of a bulkhead
    Index next = none;   ///< while falling back: the call that stands in
    std::uint32_t edge_state = 0;
    policies::RetryGrant grant;
    std::uint16_t tries = 0;
    std::uint16_t retries = 0;
    std::uint16_t hedges = 0;
    std::uint16_t live = 0;  ///< tries not answered yet
    std::uint16_t era = 0;
    std::uint16_t status = 0;       ///< of the last failure, while it backs off or falls back
    Outcome outcome = Outcome::ok;  ///< and its outcome
    State state = State::free;
    std::uint8_t gate = 0;
    bool past_call_gates = false;
    bool holds_permit = false;  ///< of a breaker, not yet a try's
    bool probe = false;
    bool holds_place = false;    ///< of a bulkhead, not yet a try's
    bool wait_ends_try = false;  ///< its wait at a gate ends with its try's time, not before
    bool hedging = false;        ///< its wait timer sends a hedge
    bool is_fallback = false;    ///< its parent is the call that it stands in for
};

/// Is a try of it on its way through the gates, and waits there?
[[nodiscard]] constexpr bool is_at_gates(const Call& call) noexcept {
    return call.state == Call::State::rate_wait || call.state == Call::State::pool_wait ||
           call.state == Call::State::admitted;
}

/// A kept-alive connection to one replica.
struct Connection {
    Socket socket;
    ResponseReader reader;
    Index attempt = none;  ///< whose answer it will bring; none: idle, or it carries a health check
    std::uint32_t pool = 0;
    std::uint32_t generation = 0;  ///< 0 while closed
    bool checking = false;         ///< carries a health check
    bool ending = false;           ///< the other side has closed: no further request
};

/// Connections of one caller's edge to one replica.
struct Pool {
    std::uint32_t edge_state = 0;
    std::uint32_t replica = 0;
    std::uint32_t open = 0;
    Index check = none;       ///< the connection of its health check
    std::vector<Index> idle;  ///< last used last, and used first
    List waiting;             ///< tries, while as many are open as may be
};

/// A caller's side of one edge: its machines, and who waits for them.
struct EdgeState : model::EdgeMachines {
    using EdgeMachines::EdgeMachines;

    List waiting;             ///< calls that wait for a place of the bulkhead
    Time open_since = never;  ///< of the breaker
    std::uint32_t first_pool = 0;
    std::string request;   ///< request line and fixed headers of its calls
    std::string check;     ///< and of its health checks
    bool to_head = false;  ///< its method is HEAD: answers have no body
};

}  // namespace shaketable::injector
