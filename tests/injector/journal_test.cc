// What a journal says was done is undone, whatever the process has made of it by then.
#include "injector/journal.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
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

/// While it lives no file of this process may grow beyond so many bytes, as on a disk that is full.
class FullDisk {
  public:
    explicit FullDisk(std::uintmax_t bytes) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        const rlimit now{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
    }
    ~FullDisk() {
        (void)::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

TEST_CASE("journal: half a line that a full disk has left does not spoil the next one") {
    const RuntimeFolder folder;
    Journal journal{folder.path()};
    REQUIRE(journal.will_stop({.pid = 999'991, .started = 1}));
    const std::string first = text_of(journal.path());
    {
        const FullDisk disk{first.size() + 7};
        CHECK_FALSE(journal.will_stop({.pid = 999'992, .started = 2}));
        CHECK(errno == EFBIG);
        CHECK(text_of(journal.path()).size() > first.size());
        CHECK_FALSE(journal.will_limit({.path = "/a", .before = "/b", .is_group = true}));
    }
    REQUIRE(journal.will_stop({.pid = 999'993, .started = 3}));
    CHECK(text_of(journal.path()) == first + "stop 999993 3\n");
}

TEST_CASE("journal: what cannot be written down is refused, and nothing stays of it") {
    const RuntimeFolder folder;
    Journal journal{folder.path()};
    for (const std::uintmax_t bytes : {0, 3}) {
        const FullDisk disk{bytes};
        CHECK_FALSE(journal.will_stop({.pid = 999'991, .started = 1}));
        CHECK(errno == EFBIG);
        CHECK_FALSE(std::filesystem::exists(journal.path()));
    }
    REQUIRE(journal.will_stop({.pid = 999'992, .started = 2}));
    const std::string text = text_of(journal.path());
    CHECK(text.starts_with("owner " + std::to_string(::getpid()) + " "));
    CHECK(text.ends_with("\nstop 999992 2\n"));
}

TEST_CASE("journal: one that cannot be read is not taken for one that says nothing") {
    const RuntimeFolder folder;
    std::filesystem::create_directory(folder.path("1.journal"));
    CHECK(undo(folder.path("1.journal")).failed.size() == 1);
    CHECK(undo_all(folder.path()).failed.size() == 1);
    CHECK(std::filesystem::exists(folder.path("1.journal")));
    CHECK(undo_all(folder.path("1.journal") + "/nowhere").failed.size() == 1);
    CHECK(undo(folder.path("2.journal")).failed.empty());  // one that is not there says nothing
}

TEST_CASE("journal: one that cannot be removed is said, since it would be undone again") {
    const RuntimeFolder folder;
    std::ofstream{folder.path("1.journal")} << "owner 1 1\nstop 999999 1\n";
    const Descriptor file{::open(folder.path("1.journal").c_str(), O_RDONLY | O_CLOEXEC)};
    // Nobody may remove a name in there.
    const Undone undone = undo("/proc/self/fd/" + std::to_string(file.get()));
    REQUIRE(undone.failed.size() == 1);
    CHECK(undone.failed.front().find("cannot be removed: ") != std::string::npos);
}

TEST_CASE("journal: one whose run has not written down who it is yet is left alone") {
    const RuntimeFolder folder;
    const std::string own = folder.path(std::to_string(::getpid()) + ".journal");
    std::ofstream{own} << "own";
    std::ofstream{folder.path("999999.journal")};
    // One that was killed keeps its number until its parent, or whoever is that then, has heard.
    const pid_t killed = ::fork();
    if (killed == 0) ::_exit(0);
    siginfo_t told{};
    REQUIRE(::waitid(P_PID, static_cast<id_t>(killed), &told, WEXITED | WNOWAIT) == 0);
    const std::string left = folder.path(std::to_string(killed) + ".journal");
    std::ofstream{left};
    const Undone undone = undo_all(folder.path());
    CHECK(undone.running == 1);
    CHECK(undone.failed.empty());
    CHECK(std::filesystem::exists(own));
    CHECK_FALSE(std::filesystem::exists(folder.path("999999.journal")));
    CHECK_FALSE(std::filesystem::exists(left));
    ::waitpid(killed, nullptr, 0);
}

}  // namespace
}  // namespace shaketable::injector
