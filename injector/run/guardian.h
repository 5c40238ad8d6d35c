/// The parent of all processes of a run: starts them, stops and kills as the plan says, and sees to
/// it that none of them, and no stopped process of the user's, outlives the controller.
///
/// It does little, so that it can be trusted: it holds no connection and parses nothing. When the
/// controller's end of the channel closes, however that came about, it kills what it started and
/// continues what it stopped. Its own death kills its children (PR_SET_PDEATHSIG), and the
/// controller, or the next `undo`, continues what the journal says was stopped and ends what
/// commands have started.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "injector/channel.h"
#include "injector/journal.h"
#include "injector/plan.h"

namespace shaketable::injector {

/// Slots of the processes: the proxies, the load, and then the lives of the plan in their order.
inline constexpr std::size_t proxy_slot = 0, load_slot = 1, first_life_slot = 2;

struct GuardianTask {
    const Plan* plan = nullptr;
    Sockets* sockets = nullptr;
    std::vector<Channel> roles;  ///< their ends, by slot
    std::string journals;        ///< the folder of journals
    bool burn = false;
    bool real_time = false;
    Duration lease = std::chrono::seconds{3};  ///< as of InjectOptions
};

/// An `order` that wants none: the other side lives. The guardian gives each one back.
inline constexpr std::string_view sign_of_life = "alive";
/// Of the guardian, after a lease without a sign of life: everything is undone.
inline constexpr int exit_alone = 75;

/// What the controller tells the guardian by an `order`: everything is there, t = 0 is then.
[[nodiscard]] std::string encode_go(std::chrono::steady_clock::time_point zero);

/// Runs in a process of its own. Commands are started at once, everything else at the go. Says
/// `error` for what it could not do, and `order` with the text "died N CODE" when the process of
/// slot N has ended with anything but 0, or by the signal -CODE. Returns 0 when the channel says
/// stop or ends, `exit_alone` when the controller has been silent for the lease, 5 where something
/// could not be undone.
int guard(GuardianTask task, Channel& controller);

}  // namespace shaketable::injector
