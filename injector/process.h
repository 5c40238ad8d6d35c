/// A process that is none of ours: told from a later one of the same number, and signalled so that
/// no later one can be hit.
#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace shaketable::injector {

/// A process, told from a later one of the same number by when it was started.
struct ProcessId {
    pid_t pid = 0;
    std::uint64_t started = 0;  ///< clock ticks since boot, from /proc/PID/stat
    bool operator==(const ProcessId&) const = default;
};
/// None: there is no such process.
[[nodiscard]] std::optional<ProcessId> identify(pid_t pid);

enum class ProcessState : std::uint8_t {
    runs,
    stopped,  ///< by a signal
    gone,
    unknown,  ///< the kernel does not tell: no descriptor is left, say
};
[[nodiscard]] ProcessState state_of(const ProcessId& process);

/// Sends it through a descriptor of the process (pidfd), so it never reaches another that has got
/// its number meanwhile. False: it has not been sent, `errno` says why; ESRCH: the process has
/// gone.
[[nodiscard]] bool send_signal(const ProcessId& process, int signal);
/// Is it this process, or one that this process descends from?
[[nodiscard]] bool is_self_or_above(pid_t pid);

}  // namespace shaketable::injector
