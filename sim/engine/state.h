/// What changes during a run, besides what is in flight: replicas, their locks and caches, frames
/// of loops.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/units.h"
#include "model/cores.h"
#include "model/list.h"
#include "model/shared_steps.h"
#include "reports/record/meters.h"
#include "sim/engine/records.h"

namespace shaketable::sim {

using model::CacheState;
using model::Frame;
using model::List;
using model::LockState;

struct alignas(64) Replica {
    reports::ServiceMeter* meter = nullptr;  ///< of its service
    std::uint32_t service = 0;
    std::uint32_t queue_limit = 0;  ///< of its service
    std::uint32_t crash_at = 0;     ///< the same
    bool async = false;             ///< the same
    bool contended = false;         ///< the same
    bool guarded = false;           ///< its service has policies against load
    bool orderly = false;           ///< first come, first served, whoever it is, however late
    bool by_lot = false;            ///< its queue is served in random order
    std::uint32_t workers = 0;      ///< that may be held now; unlimited = 0xFFFFFFFF
    std::uint32_t busy = 0;
    std::uint32_t outstanding = 0;  ///< sent here and not answered, over all callers
    std::uint32_t first_queue = 0;  ///< into Engine::queues_; one, or one per priority
    std::uint32_t queued = 0;       ///< in all of them
    std::uint32_t in_hand = 0;      ///< requests waiting or in service
    List ready;                     ///< walkers that want a worker back
    double slowdown = 1;
    double cold = 0;        ///< share of fixed-share cache hits that miss
    bool up = true;         ///< able to serve
    bool crashed = false;   ///< by a fault that acts now
    bool breaking = false;  ///< has too much in hand: crashes at this very instant
    bool broken = false;    ///< has crashed so, and has not been started again
    bool paused = false;
    bool draining = false;          ///< out of balance
    Time empty_at{};                ///< when the queue was last empty
    std::uint32_t cores = none;     ///< into Engine::cores_
    std::uint32_t first_lock = 0;   ///< into Engine::locks_
    std::uint32_t first_cache = 0;  ///< into Engine::caches_
};

/// What the path of a call reads of its edge state at every turn, in one cache line.
struct alignas(64) Hop {
    reports::FlowMeter* meter = nullptr;
    std::uint32_t edge = 0;
    std::uint32_t service = 0;  ///< called
    std::uint32_t entry = 0;    ///< first instruction of the endpoint
    Index sole_replica = none;  ///< of the callee, where there is nothing to choose
    bool plain = true;          ///< see EdgeRules::plain
    bool direct = true;         ///< see EdgeRules::direct
    bool has_budget = false;    ///< of retries
    bool has_gates = false;     ///< for its first try
    bool from_workload = false;
    bool watched = false;       ///< a breaker, throttle or outlier ejection observes its tries
    bool has_deadline = false;  ///< hands deadlines on
    bool draws_timeout = false;
    std::uint32_t route = 0;  ///< see EdgePlan::route
    Duration attempt_timeout{forever};
    /// How long a message takes, one way, where that is the same for all of them; else < 0.
    Duration there{-1}, back{-1};
    std::int64_t request_bytes = 0, response_bytes = 0;
};

/// What is frozen by a pause: a walker, and how much of its step was left.
struct Frozen {
    Index walker = none;
    Duration left{-1};  ///< < 0: it was about to go on
};

}  // namespace shaketable::sim
