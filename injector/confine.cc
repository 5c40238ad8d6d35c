#include "injector/confine.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shaketable::injector {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t numbers_end = 0x4000'0000;  // above are those of the x32 calls
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t numbers_end = 0x8000'0000;
#else
constexpr std::uint32_t architecture = 0;  // its filter has not been tried
constexpr std::uint32_t numbers_end = 0;
#endif

constexpr std::uint32_t forbidden[] = {
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_setns,
    SYS_unshare,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_open_by_handle_at,
    SYS_io_uring_setup,
};
constexpr std::size_t calls = std::size(forbidden);

constexpr sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
/// To the last instruction, which refuses, from so many before it.
constexpr sock_filter refuse_if(std::uint16_t test, std::uint32_t value, std::size_t before) {
    return BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | BPF_K | test), value,
                    static_cast<std::uint8_t>(before - 1), 0);
}

/// Load the architecture; refuse another; load the number; refuse numbers of another kind and those
/// above; allow; refuse.
constexpr auto make_filter() {
    std::array<sock_filter, calls + 6> filter{};
    std::size_t n = 0;
    filter[n++] = load(offsetof(seccomp_data, arch));
    filter[n++] = BPF_JUMP(BPF_JMP | BPF_K | BPF_JEQ, architecture, 0,
                           static_cast<std::uint8_t>(filter.size() - 3));
    filter[n++] = load(offsetof(seccomp_data, nr));
    filter[n] = refuse_if(BPF_JGE, numbers_end, filter.size() - 1 - n);
    ++n;
    for (const std::uint32_t call : forbidden) {
        filter[n] = refuse_if(BPF_JEQ, call, filter.size() - 1 - n);
        ++n;
    }
    filter[n++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    return filter;
}

}  // namespace

bool forbid_programs() noexcept {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || architecture == 0) return false;
    static constexpr auto filter = make_filter();
    const sock_fprog program{static_cast<unsigned short>(filter.size()),
                             const_cast<sock_filter*>(filter.data())};
    return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

bool keep_rights(std::initializer_list<Right> kept) noexcept {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
    std::array<std::uint32_t, 2> mask{};  // both rights are of the first word
    for (const Right right : kept)
        mask[0] |= 1U << (right == Right::low_ports ? CAP_NET_BIND_SERVICE : CAP_DAC_OVERRIDE);
    for (std::size_t word = 0; word < sets.size(); ++word) {
        sets[word].effective &= mask[word];
        sets[word].permitted &= mask[word];
        sets[word].inheritable = 0;
    }
    return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

}  // namespace shaketable::injector
