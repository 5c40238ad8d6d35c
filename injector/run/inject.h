/// Plays the repeats of a plan on real processes, and leaves nothing behind.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "injector/plan.h"
#include "injector/run/watch.h"
#include "reports/record/record.h"

namespace shaketable::injector {

struct InjectOptions {
    bool burn = false;       ///< the work of stand-ins is real computing
    bool real_time = false;  ///< our processes go before all others, where the system lets them
    /// Controller and guardian give each other up after so much silence, and undo everything.
    Duration lease = std::chrono::seconds{3};
    std::optional<Duration> duration_max;  ///< stops what is longer, all repeats together
    std::optional<proxy::Address> page;    ///< where the run can be looked at (run_page.h)
    /// Called with the page's address, its port chosen. May be empty.
    std::function<void(const proxy::Address&)> listening;
    /// Called about ten times a second. May be empty.
    std::function<void(const Watch& watch, Time now)> progress;
    /// Called before each repeat. May be empty.
    std::function<void(const Plan& plan)> begins;
};

/// How a run came to its end.
struct Injected {
    enum class End : std::uint8_t {
        complete,
        stopped,      ///< by a guard; `why`
        interrupted,  ///< by a signal; `why` is its name
        failed,       ///< could not run, or not to its end; `why`
    };
    End end = End::complete;
    int signal = 0;
    bool is_defect = false;  ///< failed because a process of ours crashed
    std::string why;
    Problems problems;  ///< why it failed, where that has a code: E302 of the page, E305
    std::vector<reports::Trace> traces;    ///< of the first repeat, unless it failed
    std::vector<reports::Repeat> repeats;  ///< the last as far as it went; none if it never began
    std::vector<std::string> put_right;    ///< what a former run had left behind, and is undone
    std::vector<std::string> not_undone;   ///< what may still be broken: nothing, or exit code 5
};

/// Plays one repeat. Call it while this process has one thread only: it forks. SIGINT, SIGTERM and
/// SIGHUP end the run in order while it goes on. Sockets are consumed.
[[nodiscard]] Injected inject(const Plan& plan, Sockets sockets, const InjectOptions& options);

/// Plays as many repeats as the scenario says, from that of the plan on, one after another, each
/// with processes of its own. The first that does not come to its end is the last.
[[nodiscard]] Injected inject_repeats(const Plan& plan, Sockets sockets,
                                      const InjectOptions& options);

}  // namespace shaketable::injector
