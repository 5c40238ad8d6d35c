/// Takes from a process what it never needs, so that a defect in what it reads from the network is
/// worth little to whoever finds it.
///
/// Source: prctl(2), seccomp(2), capabilities(7).
#pragma once

#include <cstdint>
#include <initializer_list>

namespace shaketable::injector {

/// From here on the calling process, and what it forks, cannot become another program or another
/// user, look into other processes, change mounts or namespaces, or load anything into the kernel:
/// such calls fail with EPERM. Everything else goes on. Not to be undone. False: this kernel or
/// processor has no filters of system calls; what can be forbidden without them is.
bool forbid_programs() noexcept;

/// What of root's rights a process may keep.
enum class Right : std::uint8_t {
    low_ports,   ///< to listen at ports below 1024 (CAP_NET_BIND_SERVICE)
    any_folder,  ///< to write where a unix socket is, whoever owns it (CAP_DAC_OVERRIDE)
};

/// Leaves the calling process no capability but those for these rights, if it has them.
/// False: they could not be taken.
bool keep_rights(std::initializer_list<Right> kept) noexcept;

}  // namespace shaketable::injector
