/// While it lives, the signals that end a program end the run instead.
///
/// One at a time: handlers of signals belong to the process.
#pragma once

#include <array>

#include <signal.h>

namespace shaketable::injector {

class Signals {
  public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// The last one that came since there is one of these; 0: none.
    [[nodiscard]] static int caught() noexcept;

  private:
    static constexpr std::array<int, 3> ended_by{SIGINT, SIGTERM, SIGHUP};
    /// A run that is suspended by the terminal would leave its faults standing.
    static constexpr std::array<int, 2> ignored{SIGPIPE, SIGTSTP};
    std::array<struct sigaction, 3> before_{};
    std::array<struct sigaction, 2> ignored_before_{};
};

}  // namespace shaketable::injector
