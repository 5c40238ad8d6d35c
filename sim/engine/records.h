/// What is in flight: attempts (with the work that they cause), branches of a fork, and calls that
/// need more than one attempt.
///
/// An attempt is one cache line. It is at once the message on its way, the request at the replica,
/// and the answer coming back, so a plain call costs one record on each level of the call tree.
/// References are indices; whoever lets go of the other end says so.
#pragma once

#include <cstdint>

#include "base/outcome.h"
#include "base/units.h"
#include "model/call_record.h"
#include "model/index.h"

namespace shaketable::sim {

using model::Index;
using model::none;

/// Who waits for a call waits for its first try, or for a Call record: that one's index is marked.
inline constexpr Index call_mark = 0x8000'0000;

/// Where a walker stands.
enum class Phase : std::uint16_t {
    free,        ///< not in use
    travelling,  ///< to its replica
    queued,      ///< waits for a worker
    ready,       ///< waits for a worker to go on (async threading)
    working,     ///< in a `work` or `wait` step
    calling,     ///< waits for a call or for its branches
    locked,      ///< waits for a lock or for another's cache fill
    running,     ///< about to go on at this very instant
    returning,   ///< its answer is on its way
    silent,      ///< its message or its answer was swallowed; only its caller's timeout will end it
};

enum Flag : std::uint16_t {  // 12 bits
    holds_worker = 1,        ///<
    replied = 2,             ///< has answered; goes on for nobody
    abandoned = 4,           ///< its caller has left
    is_branch = 8,           ///< a branch of a fork, not an attempt
    traced = 16,             ///< its visits are kept
    in_core = 32,            ///< shares the replica's cores now
    waits_clock = 64,        ///< in a `wait` step
    has_verdict = 128,       ///< a fault has something in store for its answer
    forking = 256,           ///< while calling: waits for branches
    by_call = 512,           ///< its parent is a Call, not a walker or user
    probe = 1024,            ///< its breaker's permit was a probe's
};

/// One cache line: an attempt, or a branch (which uses the fields marked *).
struct alignas(64) Walker {
    Time sent{};          ///< when it left its caller
    Time since{};         ///< arrival at the replica
    Time deadline{};      ///< of its call, inclusive; `never` if none is propagated
    Index parent = none;  ///< * walker or call that waits for it; a user of a closed workload; none
    Index sibling = none;  ///< next attempt of the same call
    Index prev = none;     ///< * neighbours in the queue or the ready list that it stands in
    Index next = none;     ///< * while calling: the attempt or (marked) call that it waits for, or
                           ///< the first branch
    Index pc = 0;          ///< * place in the program
    Index frames = none;   ///< * loops and locks it is inside of
    Index replica = none;  ///< *
    Index edge_state =
        none;  ///< of the caller: breaker, balancer, budget; * a branch: its walker's root
    std::uint16_t waiting_for = 0;  ///< * branches still needed; of an answer: its outcome
    std::uint16_t status = 0;       ///< of an answer; * in a fork: branches still running
    std::uint16_t era = 0;          ///< of the breaker's permit
    /// * Phase (the low 4 bits) and flags. One word, always written whole: what is read back at
    /// once in another width waits for the store.
    std::uint16_t word = 0;

    [[nodiscard]] static constexpr std::uint16_t word_of(Phase phase, unsigned flags) noexcept {
        return static_cast<std::uint16_t>(flags << 4U | static_cast<unsigned>(phase));
    }
    [[nodiscard]] Phase phase() const noexcept { return static_cast<Phase>(word & 15U); }
    void go(Phase phase) noexcept {
        word = static_cast<std::uint16_t>((word & ~15U) | static_cast<unsigned>(phase));
    }
    [[nodiscard]] bool has(Flag flag) const noexcept { return (word & flag << 4U) != 0; }
    void add(Flag flag) noexcept { word = static_cast<std::uint16_t>(word | flag << 4U); }
    void drop(Flag flag) noexcept { word = static_cast<std::uint16_t>(word & ~(flag << 4U)); }
    void keep_only(unsigned flags) noexcept {
        word = static_cast<std::uint16_t>(word & (flags << 4U | 15U));
    }
};
static_assert(sizeof(Walker) == 64);

struct Call : model::CallRecord {
    bool traced = false;  ///< its visits are kept
};

}  // namespace shaketable::sim
