/// Plays one repeat of a plan on real processes, and leaves nothing behind.
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
    bool burn = false;                     ///< the work of stand-ins is real computing
    std::optional<Duration> duration_max;  ///< stops a run that is longer
    std::optional<proxy::Address> page;    ///< where the run can be looked at (run_page.h)
    /// Called with the page's address, its port chosen. May be empty.
    std::function<void(const proxy::Address&)> listening;
    /// Called about ten times a second. May be empty.
    std::function<void(const Watch& watch, Time now)> progress;
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
    std::string why;
    std::optional<reports::Repeat> repeat;  ///< as far as it went; none if it never began
    std::vector<std::string> not_undone;    ///< what may still be broken: nothing, or exit code 5
};

/// Call it while this process has one thread only: it forks. SIGINT, SIGTERM and SIGHUP end the
/// run in order while it goes on. Sockets are consumed.
[[nodiscard]] Injected inject(const Plan& plan, Sockets sockets, const InjectOptions& options);

}  // namespace shaketable::injector
