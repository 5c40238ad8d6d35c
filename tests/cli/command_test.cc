// Commands that a run starts: what a fault does to them, and what they leave.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "tests/cli/address.h"
#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

const std::string server = std::string{SHAKETABLE_BINARY} + " serve -q --listen 127.0.0.1:{port}";

/// One service, started by the shell's `command`, under these faults.
Outcome run_with(const Folder& folder, const std::string& command, const std::string& faults) {
    folder.write("a.yaml", R"(schema: shaketable/v1
name: live
run: {duration: 1s, seed: 1}
services: {db: {endpoints: {get: {steps: [{wait: 1ms}]}}}}
workload: {users: {call: db.get, arrivals: constant(20/s)}}
faults: [)" + faults + "]\n");
    folder.write("b.yaml", "schema: shaketable-bindings/v1\nservices:\n  db: {addresses: [\"" +
                               free_address() + "\"], start: [sh, -c, \"" + command + "\"]}\n");
    return run(folder, {"inject", "a.yaml", "--yes", "--bind", "b.yaml", "-q", "-o", "out/"},
               {.environment = {{"XDG_RUNTIME_DIR", folder.path()}}});
}

/// Processes whose folder this is.
std::size_t processes_in(const Folder& folder) {
    std::size_t count = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator at{"/proc", error}, end; !error && at != end;
         at.increment(error)) {
        std::error_code gone;
        count += std::filesystem::read_symlink(at->path() / "cwd", gone) == folder.path();
    }
    return count;
}

}  // namespace

TEST_CASE("command: it hears every signal, as from a shell") {
    const Folder folder;
    CHECK(run_with(folder, "cat /proc/$$/status > status; exec " + server, "").code == 0);
    std::istringstream status{folder.read("status")};
    std::string word, mask;
    while (status >> word && word != "SigIgn:") {
    }
    REQUIRE(status >> mask);
    CHECK(mask == std::string(16, '0'));
}

TEST_CASE("command: what it has started ends with the run, wherever it has gone") {
    const Folder folder;
    const Outcome played =
        run_with(folder, "sleep 1000 & setsid sleep 1000 & " + server + "; true", "");
    INFO(played.err);
    CHECK(played.code == 0);
    CHECK(processes_in(folder) == 0);
    CHECK(std::filesystem::is_empty(folder / "shaketable"));
}

TEST_CASE("command: one that has ended well leaves nobody behind either") {
    const Folder folder;
    CHECK(run_with(folder, "setsid " + server + " & true", "").code == 0);
    CHECK(processes_in(folder) == 0);
}

TEST_CASE("command: a fault hits what it has started, too") {
    const Folder folder;
    // Where the first server has survived, the second finds the port taken, and says so.
    const Outcome crashed = run_with(folder, server + " || echo taken >> taken; true",
                                     "{id: dead, at: 300ms, for: 200ms, fault: crash, target: db}");
    INFO(crashed.err);
    CHECK(crashed.code == 0);
    CHECK_FALSE(folder.has("taken"));
    // Whoever is stopped along with its shell is silent for as long.
    const Outcome paused =
        run_with(folder, "(while sleep 0.02; do date +%s%N >> beats; done) & " + server + "; true",
                 "{id: nap, at: 200ms, for: 600ms, fault: pause, target: db}");
    CHECK(paused.code == 0);
    std::istringstream beats{folder.read("beats")};
    std::int64_t longest = 0, before = 0;
    for (std::int64_t now = 0; beats >> now; before = now)
        if (before > 0) longest = std::max(longest, now - before);
    CHECK(longest > 400'000'000);
}
