/// Slows a process of the user's down: the kernel's control groups give it so much processor time
/// and no more.
///
/// Of version 1 a group is made below the one that the process is in, which leaves all other limits
/// as they are; so it is of version 2 for processes of the root group. Elsewhere version 2 allows
/// no group below one that has processes, and the quota is that of the process's own group, if
/// nobody else is in it. Whatever is done can be undone from its `QuotaDeed` alone, by anybody.
///
/// Source: the kernel's Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "base/result.h"

namespace shaketable::injector {

/// What must be undone: a group that is made, or a limit that is changed.
struct QuotaDeed {
    std::string path;    ///< the group's folder, or the file of the limit
    std::string before;  ///< the folder where its processes were, or the limit as it was
    bool is_group = false;
    bool operator==(const QuotaDeed&) const = default;
};

/// So much processor time in each period.
struct Quota {
    static constexpr double slowdown_max = 1'000;  ///< of one core: the kernel's shortest quota is
                                                   ///< 1 ms, its longest period 1 s
    long quota_us = 0;                             ///< -1: no limit
    long period_us = 100'000;
    bool operator==(const Quota&) const = default;
};
/// As short as the kernel allows, so that short work is slowed down, too. `cores`: that the process
/// would use, if it could; > 0. Precondition: slowdown >= 1.
[[nodiscard]] Quota quota_of(double slowdown, double cores);

/// The control groups of this machine, as far as they hand out processor time.
class Cgroups {
  public:
    /// `proc`: where the kernel tells of processes. Errors: E303 there are none.
    [[nodiscard]] static Result<Cgroups> find(const std::string& proc = "/proc");

    /// How a process and its children would be held back, by a group called `name` where one is
    /// made. Changes nothing. Errors: E303 what is missing, with what to do.
    [[nodiscard]] Result<QuotaDeed> plan(pid_t pid, const std::string& name) const;

    /// Makes the group, if it is one, and moves the process and its children there. Errors: E303.
    [[nodiscard]] std::optional<Problem> begin(const QuotaDeed& deed, pid_t pid) const;
    /// Errors: E303.
    [[nodiscard]] std::optional<Problem> limit(const QuotaDeed& deed, const Quota& quota) const;

    /// "version 1 at /sys/fs/cgroup/cpu".
    [[nodiscard]] std::string print() const;

  private:
    Cgroups(int version, std::string mount, std::string root, std::string proc);
    [[nodiscard]] Result<std::string> folder_of(pid_t pid) const;

    int version_;
    std::string mount_;  ///< where its files are
    std::string root_;   ///< the group that is seen there
    std::string proc_;
};

/// Puts everything back, and sees that it is. Nothing: it is undone, or was before. Else why not.
[[nodiscard]] std::optional<std::string> undo(const QuotaDeed& deed);

}  // namespace shaketable::injector
