/// What a caller has in flight: calls, tries, and the connections that carry them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/outcome.h"
#include "base/units.h"
#include "injector/http/reader.h"
#include "injector/http/socket.h"
#include "injector/http/trace_context.h"
#include "model/call_course.h"
#include "model/index.h"
#include "model/list.h"

namespace shaketable::injector {

using model::Index;
using model::List;
using model::none;

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

struct Call : model::CallRecord {
    Time patience = never;  ///< end of its total timeout
    TraceContext trace;
};

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

/// A caller's side of one edge, and how it calls.
struct EdgeState : model::CallerEdge {
    using CallerEdge::CallerEdge;

    std::uint32_t first_pool = 0;
    std::string request;   ///< request line and fixed headers of its calls
    std::string check;     ///< and of its health checks
    bool to_head = false;  ///< its method is HEAD: answers have no body
};

}  // namespace shaketable::injector
