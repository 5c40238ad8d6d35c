// What a journal says was done is undone, whatever the process has made of it by then.
#include "injector/journal.h"

#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/injector/runtime_folder.h"

namespace shaketable::injector {
namespace {

char state_of(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    return name_end == std::string::npos ? '?' : line[name_end + 2];
}

TEST_CASE("journal: a stop that its process has not heeded yet is taken back, too") {
    const RuntimeFolder folder;
    int go[2], ran[2];
    REQUIRE(::pipe(go) == 0);
    REQUIRE(::pipe(ran) == 0);
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        // Until its child has gone, a parent after vfork heeds no signal but SIGKILL.
        const pid_t child = ::vfork();
        if (child == 0) {
            char byte = 0;
            (void)!::read(go[0], &byte, 1);
            ::_exit(0);
        }
        (void)!::write(ran[1], "x", 1);
        ::_exit(0);
    }
    for (int i = 0; i < 1000 && state_of(pid) != 'D'; ++i) (void)::poll(nullptr, 0, 10);
    REQUIRE(state_of(pid) == 'D');
    const auto process = identify(pid);
    REQUIRE(process.has_value());
    std::ofstream{folder.path("1.journal")} << "owner 1 1\nstop " << pid << " " << process->started
                                            << "\n";
    REQUIRE(::kill(pid, SIGSTOP) == 0);
    CHECK(undo(folder.path("1.journal")).failed.empty());
    REQUIRE(::write(go[1], "x", 1) == 1);
    pollfd waiting{.fd = ran[0], .events = POLLIN, .revents = 0};
    CHECK(::poll(&waiting, 1, 10'000) == 1);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    for (const int fd : {go[0], go[1], ran[0], ran[1]}) ::close(fd);
}

}  // namespace
}  // namespace shaketable::injector
