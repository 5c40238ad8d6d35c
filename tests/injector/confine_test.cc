#include "injector/confine.h"

#include <array>
#include <cerrno>
#include <functional>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shaketable::injector {
namespace {

/// What a process of its own returns, since none of it can be undone.
int code_of(const std::function<int()>& act) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(act());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

int start_a_program() {
    char name[] = "/bin/true";
    char* const words[] = {name, nullptr};
    ::execv(name, words);
    return errno;
}

std::uint32_t permitted() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    ::syscall(SYS_capget, &header, sets.data());
    return sets[0].permitted | (sets[1].permitted != 0 ? 1U << 31U : 0U);
}

TEST_CASE("confine: no program can be started any more, by what is forked neither") {
    CHECK(code_of(start_a_program) == 0);
    CHECK(code_of([] {
              if (!forbid_programs()) return 99;
              return start_a_program();
          }) == EPERM);
    CHECK(code_of([] {
              (void)forbid_programs();
              const pid_t child = ::fork();
              if (child == 0) ::_exit(start_a_program());
              int status = 0;
              ::waitpid(child, &status, 0);
              return WEXITSTATUS(status);
          }) == EPERM);
}

TEST_CASE("confine: namespaces and other processes are out of reach, files and sockets are not") {
    CHECK(code_of([] {
              (void)forbid_programs();
              return ::unshare(CLONE_NEWUSER) == 0 ? 0 : errno;
          }) == EPERM);
    CHECK(code_of([] {
              (void)forbid_programs();
              return ::syscall(SYS_ptrace, 0, 0, 0, 0) == 0 ? 0 : errno;
          }) == EPERM);
    CHECK(code_of([] {
              (void)forbid_programs();
              const bool good = ::open("/dev/null", O_RDWR | O_CLOEXEC) >= 0 &&
                                ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 &&
                                ::syscall(SYS_pidfd_open, ::getpid(), 0) >= 0;
              return good ? 0 : 1;
          }) == 0);
}

TEST_CASE("confine: what is not kept of the capabilities is gone") {
    const std::uint32_t before = permitted();
    CHECK(code_of([] { return keep_rights({}) && permitted() == 0 ? 0 : 1; }) == 0);
    CHECK(code_of([before] {
              const std::uint32_t bind = 1U << CAP_NET_BIND_SERVICE;
              return keep_rights({Right::low_ports}) && permitted() == (before & bind) ? 0 : 1;
          }) == 0);
    CHECK(permitted() == before);
}

}  // namespace
}  // namespace shaketable::injector
