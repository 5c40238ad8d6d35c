/// One replica of a service of the scenario as a real HTTP/1.1 server in a process of its own.
///
/// It queues, works, calls and answers as the simulator's replicas do: workers, waiting room and
/// its disciplines, blocking and async threading, shared cores, locks, caches, forks, its own
/// inbound policies, and the callers' policies of its own calls. `work` is waited for precisely,
/// or, with `burn`, done by real computing. Faults of services act on it by the timeline of the
/// scenario: it slows down, loses workers or caches, and when its crash is due it counts what it
/// had in hand as lost, hands over its part and returns; whoever started it starts another later. A
/// pause is carried out by whoever stops the process (SIGSTOP); the stand-in only keeps its books
/// for it.
///
/// Requests: the method and path of an endpoint, or `x-shaketable-edge` (injector/http/message.h).
/// Besides, GET /healthz and GET /metrics (Prometheus text).
#pragma once

#include <chrono>
#include <cstdint>

#include "injector/address_book.h"
#include "injector/calls/caller.h"
#include "injector/channel.h"
#include "injector/descriptor.h"
#include "model/model.h"

namespace shaketable::injector {

struct StandinTask {
    const model::Model* model = nullptr;  ///< outlives the run
    std::uint64_t repeat = 0;
    std::chrono::steady_clock::time_point zero;  ///< of t = 0
    std::uint32_t replica = 0;                   ///< index into Model::replicas
    /// How many processes were this replica before. It names sub-streams of the dice (replica n of
    /// N in its k-th life draws from sub-stream n + kN; the only replica in its first life draws
    /// what the simulator draws), and a later life begins by starting up.
    std::uint32_t life = 0;
    Descriptor listener;  ///< listens
    AddressBook addresses;
    CallerOptions calls;
    bool burn = false;                      ///< work is real computing
    std::uint32_t sessions_max = 10'000;    ///< connections accepted at once
    std::uint32_t in_hand_max = 1U << 20U;  ///< requests at once, whatever the queue's limit says
};

/// Serves until the channel says stop or ends, or until a crash. Returns 0, or 70 where something
/// could not be set up (said on the channel).
int run_standin(StandinTask task, Channel& channel);

}  // namespace shaketable::injector
