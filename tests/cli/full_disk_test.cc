// Files that cannot be written: it is said, what was there before stays, and faults are undone all
// the same.
#include <csignal>
#include <filesystem>
#include <string>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

/// More than a message, less than any result.
constexpr std::size_t little = 4096;

/// Somebody who listens, and a process that wants to live.
class Victim {
  public:
    explicit Victim(const Folder& folder) : listener_{socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof own;
        REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&own), size) == 0);
        REQUIRE(listen(listener_, SOMAXCONN) == 0);
        REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size) == 0);
        pid_ = fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0)
            for (;;) pause();
        folder.write("victim.pid", std::to_string(pid_) + "\n");
        folder.write("bind.yaml",
                     "schema: shaketable-bindings/v1\nservices: {db: {addresses: [\"127.0.0.1:" +
                         std::to_string(ntohs(own.sin_port)) +
                         "\"], flavour: tcp, pid_file: victim.pid}}\n");
    }
    ~Victim() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        close(listener_);
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;
    /// Has it been stopped since this was asked last? It is our child, so the kernel tells us.
    [[nodiscard]] bool was_stopped() const {
        int status = 0;
        return waitpid(pid_, &status, WNOHANG | WUNTRACED) == pid_ && WIFSTOPPED(status);
    }
    [[nodiscard]] bool goes_on() const {
        int status = 0;
        return waitpid(pid_, &status, WNOHANG | WCONTINUED) == pid_ && WIFCONTINUED(status);
    }

  private:
    int listener_;
    pid_t pid_ = 0;
};

/// `fault` is one entry of the list.
std::string live(const std::string& fault, const std::string& expect = "") {
    return R"(schema: shaketable/v1
name: live
run: {duration: 1s, seed: 1, sample_every: 100ms}
services:
  web: {endpoints: {get: {steps: [{call: db.get, optional: true, policy: rules}]}}}
  db: {endpoints: {get: {idempotent: true, steps: [{wait: 1ms}]}}}
policies: {rules: {timeout: 50ms}}
workload: {users: {call: web.get, arrivals: constant(20/s)}}
faults: [)" +
           fault + "]\nexpect: [" + expect + "]\n";
}

const std::string pause_db = "{id: stop, at: 100ms, for: 10s, fault: pause, target: db}";

How with(const Folder& folder) {
    return {.environment = {{"XDG_RUNTIME_DIR", folder.path()}}};
}

std::size_t journals_in(const Folder& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder / "shaketable"})
        count += entry.path().extension() == ".journal";
    return count;
}

/// The result could not be written, which is said, and the one of `before` is there still.
void expect_unwritten(const Folder& folder, const Outcome& lost, const std::string& before) {
    INFO(lost.err);
    CHECK(lost.err.find("error: cannot write out/result.json: File too large") !=
          std::string::npos);
    CHECK(folder.read("out/result.json") == before);
    CHECK_FALSE(folder.has("out/result.json.part"));
    CHECK_FALSE(folder.has("out/report.html.part"));
}

}  // namespace

TEST_CASE("full disk: a simulated result leaves the earlier one as it was, and gives 3") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    REQUIRE(run(folder, {"simulate", "a.yaml", "-q", "-o", "out/"}).code == 0);
    const std::string before = folder.read("out/result.json");
    const Outcome lost = run(folder, {"simulate", "a.yaml", "--seed", "2", "-q", "-o", "out/"},
                             {.file_bytes_max = little});
    CHECK(lost.code == 3);
    expect_unwritten(folder, lost, before);
    // The one that fits is written all the same.
    const Outcome part = run(folder,
                             {"simulate", "a.yaml", "--seed", "2", "-q", "-o", "out/result.json",
                              "-o", "out/summary.md"},
                             {.file_bytes_max = little});
    CHECK(part.code == 3);
    expect_unwritten(folder, part, before);
    CHECK(folder.has("out/summary.md"));
}

TEST_CASE("full disk: a live result leaves the earlier one as it was, and its faults are undone") {
    const Folder folder;
    const Victim victim{folder};
    folder.write("a.yaml", live(pause_db));
    std::filesystem::create_directory(folder / "out");
    folder.write("out/result.json", "earlier");
    How how = with(folder);
    how.file_bytes_max = little;
    const Outcome lost =
        run(folder,
            {"inject", "a.yaml", "--bind", "bind.yaml", "--stand-ins", "--yes", "-q", "-o", "out/"},
            how);
    CHECK(lost.code == 3);
    expect_unwritten(folder, lost, "earlier");
    CHECK(victim.goes_on());
    CHECK(journals_in(folder) == 0);
}

TEST_CASE("full disk: a guard that trips is told by the exit code also where the result is lost") {
    const Folder folder;
    std::filesystem::create_directory(folder / "out");
    folder.write("out/result.json", "earlier");
    std::string text =
        live("{id: bad, at: 0s, for: 60s, fault: error, status: 503, target: users -> web}",
             "{that: success(web.get) > 90%, stop_when_broken_for: 300ms}");
    text.replace(text.find("duration: 1s"), 12, "duration: 60s");
    folder.write("a.yaml", text);
    const Outcome lost =
        run(folder, {"inject", "a.yaml", "--stand-ins", "--yes", "-q", "-o", "out/"},
            {.file_bytes_max = little});
    CHECK(lost.code == 4);
    expect_unwritten(folder, lost, "earlier");
}

TEST_CASE("full disk: a fault that cannot be written down is not begun, and the run ends with 3") {
    const Folder folder;
    const Victim victim{folder};
    folder.write("a.yaml", live(pause_db));
    // No room at all, room for half a line, and for the first line only.
    for (const std::size_t room : {0, 9, 24}) {
        How how = with(folder);
        how.file_bytes_max = room;
        how.on_terminal = true;
        const Outcome ended = run(
            folder,
            {"inject", "a.yaml", "--bind", "bind.yaml", "--stand-ins", "--yes", "-q", "-o", "out/"},
            how);
        INFO(ended.err);
        CHECK(ended.code == 3);
        CHECK(ended.err.find("stopped: cannot pause db[0]: what is to be undone cannot be written "
                             "to " +
                             folder.path() + "/shaketable/") != std::string::npos);
        CHECK(ended.err.find(".journal: File too large") != std::string::npos);
        CHECK(ended.err.find("everything that was done is undone") != std::string::npos);
        CHECK_FALSE(victim.was_stopped());
        CHECK(journals_in(folder) == 0);
    }
}

TEST_CASE("cli: a place that cannot be looked at is no bug of ours, whatever is written there") {
    const Folder folder;
    folder.write("a.yaml", small_scenario());
    std::filesystem::create_symlink("loop", folder / "loop");
    for (const std::string& place : {std::string{"loop/out"}, std::string(300, 'x')}) {
        INFO(place);
        const Outcome refused = run(folder, {"simulate", "a.yaml", "-q", "-o", place});
        CHECK(refused.code == 3);
        CHECK(refused.err.starts_with("error: cannot write " + place));
        CHECK(run(folder, {"report", place, "-q"}).code == 2);
    }
}

TEST_CASE("undo: where there is no folder for what runs leave, it says what to set") {
    const Folder folder;
    const Outcome refused = run(folder, {"undo"}, {.environment = {{"TMPDIR", folder / "none"}}});
    CHECK(refused.code == 3);
    CHECK(refused.err.starts_with("error: no folder for temporary files: "));
    CHECK(refused.err.find("help: set TMPDIR or XDG_RUNTIME_DIR") != std::string::npos);
}
