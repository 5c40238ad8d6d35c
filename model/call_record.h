/// A call that needs a wait, or more than its first try: what both worlds keep of it.
#pragma once

#include <cstdint>

#include "base/outcome.h"
#include "base/units.h"
#include "model/index.h"
#include "policies/retry_budget.h"

namespace shaketable::model {

struct CallRecord {
    enum class State : std::uint8_t {
        free,
        rate_wait,  ///< at a gate: for its turn
        pool_wait,  ///< at a gate: for a place of the bulkhead
        admitted,   ///< at a gate: goes on at this very instant
        trying,
        back_off,
        falling_back
    };
    Time started{};
    Time deadline{};            ///< inherited from the caller
    Time gives_up = never;      ///< end of the try at its gates, as far as it is known there
    Duration previous_wait{0};  ///< for decorrelated jitter
    Index parent = none;        ///< who waits
    Index edge_state = none;
    Index first = none;          ///< its live tries, through their `sibling`
    Index prev = none;           ///< neighbours among those that wait for a place
    Index next = none;           ///< while falling back: the call that stands in
    policies::RetryGrant grant;  ///< of the retry under way
    std::uint16_t tries = 0;     ///< so far, hedges included
    std::uint16_t retries = 0;
    std::uint16_t hedges = 0;
    std::uint16_t live = 0;         ///< tries not answered yet
    std::uint16_t status = 0;       ///< of the last failure, while it backs off or falls back
    std::uint16_t era = 0;          ///< of the permit it holds
    Outcome outcome = Outcome::ok;  ///< as `status`
    State state = State::free;
    std::uint8_t gate = 0;  ///< how many gates of its level it has passed
    bool past_call_gates = false;
    bool holds_permit = false;  ///< of a breaker, not yet a try's
    bool probe = false;
    bool holds_place = false;    ///< of a bulkhead, not yet a try's
    bool wait_ends_try = false;  ///< its wait at a gate ends with its try's time, not before
    bool is_fallback = false;    ///< its parent is the call that it stands in for
    bool hedging = false;        ///< its wait timer sends a hedge

    /// Is a try of it on its way through the gates, and waits there?
    [[nodiscard]] constexpr bool is_at_gates() const noexcept {
        return state == State::rate_wait || state == State::pool_wait || state == State::admitted;
    }
};

}  // namespace shaketable::model
