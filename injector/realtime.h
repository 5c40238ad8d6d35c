/// Puts a process before all others of the machine, so that they do not show in what it measures.
#pragma once

namespace shaketable::injector {

/// Makes the calling process, and threads it starts later, run as soon as they can (SCHED_FIFO, the
/// lowest of its priorities; the kernel leaves 5% to others). Meant for processes that mostly wait.
/// False: it may not (it needs CAP_SYS_NICE or a limit RLIMIT_RTPRIO); nothing has changed.
///
/// Source: sched(7).
bool run_in_real_time() noexcept;
/// For a thread of such a process that computes: as any other program.
void run_as_others() noexcept;

}  // namespace shaketable::injector
