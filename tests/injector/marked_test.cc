#include "injector/marked.h"

#include <string>

#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shaketable::injector {
namespace {

/// A program in a session of its own, with this as its only variable.
class Program {
  public:
    explicit Program(std::string variable) {
        int started[2];
        REQUIRE(::pipe(started) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            ::setsid();
            ::dup2(started[1], STDOUT_FILENO);
            ::close(started[0]);
            ::close(started[1]);
            char* environment[] = {variable.data(), nullptr};
            ::execle("/bin/sh", "sh", "-c", "echo; exec sleep 1000", nullptr, environment);
            ::_exit(127);
        }
        ::close(started[1]);
        char byte = 0;
        REQUIRE(::read(started[0], &byte, 1) == 1);
        ::close(started[0]);
    }
    ~Program() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = 0;
};

TEST_CASE("marked: whoever bears the mark is ended, wherever it has gone, and nobody else") {
    const std::string mark = mark_of({.pid = ::getpid(), .started = 1});
    CHECK(mark == "SHAKETABLE_RUN=" + std::to_string(::getpid()) + ".1");
    const Program ours{mark}, other{mark + "1"};
    ::kill(ours.pid(), SIGSTOP);  // one that is stopped is ended, too
    const Ended ended = end_marked(mark);
    CHECK(ended.count == 1);
    CHECK_FALSE(ended.problem.has_value());
    CHECK_FALSE(identify(ours.pid()).has_value());
    CHECK(identify(other.pid()).has_value());
    CHECK(end_marked(mark).count == 0);
}

}  // namespace
}  // namespace shaketable::injector
