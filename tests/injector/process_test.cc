#include "injector/process.h"

#include <cerrno>

#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shaketable::injector {
namespace {

struct Child {
    pid_t pid = ::fork();
    Child() {
        if (pid == 0)
            for (;;) ::pause();
    }
    ~Child() {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
};

TEST_CASE("process: a signal reaches the process that was meant") {
    const Child child;
    const auto process = identify(child.pid);
    REQUIRE(process.has_value());
    REQUIRE(send_signal(*process, SIGSTOP));
    int status = 0;
    REQUIRE(::waitpid(child.pid, &status, WUNTRACED) == child.pid);
    CHECK(WIFSTOPPED(status));
    CHECK(state_of(*process) == ProcessState::stopped);
}

TEST_CASE("process: one that only has its number gets no signal") {
    const Child child;
    auto other = *identify(child.pid);
    ++other.started;
    CHECK_FALSE(send_signal(other, SIGKILL));
    CHECK(errno == ESRCH);
    CHECK(::waitpid(child.pid, nullptr, WNOHANG) == 0);
}

TEST_CASE("process: one that cannot be looked at is not taken for one that has gone") {
    const Child child;
    const auto process = identify(child.pid);
    REQUIRE(process.has_value());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const ProcessState state = state_of(*process);
    const ProcessState of_nobody = state_of({.pid = 0, .started = 0});
    const bool is_sent = send_signal(*process, SIGCONT);
    const int why = errno;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(state == ProcessState::unknown);
    CHECK(of_nobody == ProcessState::gone);
    CHECK_FALSE(is_sent);
    CHECK(why == EMFILE);
    CHECK(state_of(*process) == ProcessState::runs);
}

TEST_CASE("process: this one and those that it descends from are known") {
    const Child child;
    CHECK(is_self_or_above(::getpid()));
    CHECK(is_self_or_above(::getppid()));
    CHECK_FALSE(is_self_or_above(child.pid));
}

}  // namespace
}  // namespace shaketable::injector
