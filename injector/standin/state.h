/// What a stand-in has: requests in hand, the connections they came by, its locks and caches.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/units.h"
#include "injector/calls/records.h"
#include "injector/http/reader.h"
#include "injector/http/socket.h"
#include "model/shared_steps.h"

namespace shaketable::injector {

using model::CacheState;
using model::LockState;

/// Where a walker stands.
enum class Phase : std::uint8_t {
    free,     ///< not in use
    coming,   ///< on the emulated link: here, but not yet arrived
    queued,   ///< waits for a worker
    ready,    ///< waits for a worker to go on (async threading)
    working,  ///< in a `work` or `wait` step
    calling,  ///< waits for a call or for its branches
    locked,   ///< waits for a lock or for another's cache fill
    running,  ///< about to go on at this very instant
};

/// A request in hand, or a branch of one.
struct Walker {
    Time since{};          ///< arrival
    Time started = never;  ///< when it first had a worker
    Time deadline = never;
    Time patience = never;  ///< when its caller gives up
    TraceContext trace;
    Index parent = none;   ///< of a branch: the walker that forked it; none once it is let go
    Index first = none;    ///< while forking: its first branch
    Index sibling = none;  ///< of a branch: the next one
    Index older = none;    ///< of a branch: the one before it
    Index prev = none;     ///< neighbours in the row that it stands in
    Index next = none;
    Index pc = 0;                     ///< place in the program
    Index frames = none;              ///< loops and locks it is inside of
    Index session = none;             ///< that waits for its answer; none once answered or gone
    std::uint32_t edge_state = none;  ///< its caller's, if the request named one
    std::uint32_t priority = 0;
    std::int64_t response_bytes = 0;
    std::uint32_t serial = 0;   ///< of its work; kept when the record is used again
    std::uint16_t needed = 0;   ///< while forking: branches that must still succeed
    std::uint16_t running = 0;  ///< while forking: branches not ended yet
    Phase phase = Phase::free;
    bool is_branch = false;
    bool forking = false;
    bool holds_worker = false;
    bool replied = false;  ///< has answered; goes on for nobody in particular
    bool gone = false;     ///< its caller has closed the connection
    bool in_core = false;  ///< shares the cores now
};

/// What is frozen by a pause: a walker, and how much of its step was left.
struct Frozen {
    Index walker = none;
    Duration left{-1};  ///< < 0: it was about to go on
};

/// One accepted connection.
struct Session {
    Socket socket;
    RequestReader reader;
    Index walker = none;           ///< whose answer it waits for
    std::uint32_t generation = 0;  ///< 0 while closed
    bool unread = false;           ///< there may be more to read
    bool finished = false;         ///< its caller sends no more: the end is there to be read
    bool ending = false;           ///< closes after the answer
};

}  // namespace shaketable::injector
