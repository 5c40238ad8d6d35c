#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/cli/address.h"
#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

/// Two services for three seconds, the second of which the callee's way is slow.
const std::string live_scenario = R"(schema: shaketable/v1
name: live
run: {duration: 3s, seed: 1}
services:
  web: {endpoints: {get: {steps: [{call: db.get}]}}}
  db: {endpoints: {get: {steps: [{wait: 1ms}]}}}
workload: {users: {call: web.get, arrivals: constant(50/s)}}
faults: [{id: far, at: 1s, for: 1s, fault: latency, target: web -> db, delay: 20ms}]
expect: [success(web.get) > 90%]
)";

}  // namespace

TEST_CASE("inject: a run is painted on a terminal while it goes on, and wiped at its end") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    const Outcome drawn = run(folder, {"inject", "a.yaml", "--stand-ins", "--yes", "-o", "out/"},
                              {.on_terminal = true});
    CHECK(drawn.code == 0);
    CHECK(drawn.err.find("live  [") != std::string::npos);
    CHECK(drawn.err.find("of 00:03") != std::string::npos);
    CHECK(drawn.err.find("/s, ") != std::string::npos);
    CHECK(drawn.err.find("far  in 00:0") != std::string::npos);
    CHECK(drawn.err.find("far  for 00:0") != std::string::npos);
    CHECK(drawn.err.find("Ctrl-C ends the run and undoes everything") != std::string::npos);
    CHECK(drawn.err.ends_with("A\r\x1b[J"));
    const auto result = nlohmann::json::parse(folder.read("out/result.json"));
    CHECK(result["run"]["world"] == "live");
}

TEST_CASE("inject: no terminal gets no signs to move the cursor, and quiet gets nothing") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    const Outcome plain = run(folder, {"inject", "a.yaml", "--stand-ins", "--yes", "-o", "out/"});
    CHECK(plain.code == 0);
    CHECK(plain.err.find('\x1b') == std::string::npos);
    const Outcome quiet =
        run(folder, {"inject", "a.yaml", "--stand-ins", "--yes", "-q", "-o", "out/"},
            {.on_terminal = true});
    CHECK(quiet.code == 0);
    CHECK(quiet.err.find("Ctrl-C") == std::string::npos);
}

TEST_CASE("inject: where the run may be looked at is said, and only loopback is taken") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    const Outcome looked = run(folder, {"inject", "a.yaml", "--stand-ins", "--yes", "--listen",
                                        "127.0.0.1:0", "-o", "out/"});
    CHECK(looked.code == 0);
    CHECK(looked.err.find("this run: http://127.0.0.1:") != std::string::npos);
    const Outcome refused = run(folder, {"inject", "a.yaml", "--stand-ins", "--yes", "--listen",
                                         "0.0.0.0:9000", "-o", "out/"});
    CHECK(refused.code == 2);
    CHECK(refused.err.find("0.0.0.0:9000 is not loopback") != std::string::npos);
}

namespace {

/// The scenario with other faults, or with a key more in its run.
std::string with_faults(const std::string& faults) {
    return live_scenario.substr(0, live_scenario.find("faults:")) + "faults: " + faults + "\n";
}

std::string bindings(const std::string& rest) {
    return "schema: shaketable-bindings/v1\n" + rest;
}

/// A diagnostic says what is wrong, shows the place, points at it, and gives advice.
void expect_diagnostic(const Outcome& outcome, int code, const std::string& head,
                       const std::string& place, const std::string& advice) {
    INFO(outcome.err);
    CHECK(outcome.code == code);
    CHECK(outcome.err.find(head) != std::string::npos);
    CHECK(outcome.err.find(" --> " + place) != std::string::npos);
    CHECK(outcome.err.find(" ^") != std::string::npos);
    CHECK(outcome.err.find(advice) != std::string::npos);
}

}  // namespace

TEST_CASE("inject: each problem of a plan is shown at its place, with what to do") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    expect_diagnostic(run(folder, {"inject", "a.yaml", "--yes"}), 2,
                      "error[E301]: no binding for the service \"web\"",
                      "a.yaml:5:", "--stand-ins");
    folder.write("b.yaml", bindings("services: {db: {addresses: [\"10.1.2.3:80\"]}}\n"));
    expect_diagnostic(run(folder, {"inject", "a.yaml", "--yes", "--stand-ins", "--bind", "b.yaml"}),
                      2, "error[E304]: 10.1.2.3:80 is not on this machine", "b.yaml:2:", "`allow`");
    folder.write("slow.yaml",
                 with_faults("[{id: s, at: 1s, for: 1s, fault: slow, target: db, factor: 3}]"));
    folder.write("c.yaml", bindings("services: {db: {addresses: [\"127.0.0.1:80\"]}}\n"));
    expect_diagnostic(
        run(folder, {"inject", "slow.yaml", "--yes", "--stand-ins", "--bind", "c.yaml"}), 2,
        "error[E303]: s would slow down db, whose process is unknown",
        "slow.yaml:8:", "`pid_file`");
    folder.write("loss.yaml", with_faults("[{id: l, at: 1s, for: 1s, fault: loss, target: web -> "
                                          "db, share: 5%}]"));
    expect_diagnostic(run(folder, {"inject", "loss.yaml", "--yes", "--stand-ins"}), 2,
                      "error[E306]: l: a proxy cannot carry out loss", "loss.yaml:8:", "TCP hides");
    const Outcome part = run(folder, {"inject", "a.yaml", "--stand-ins", "--dry-run", "--set",
                                      "run.until=p99(web.get) +- 2%"});
    CHECK(part.code == 0);
    CHECK(part.err.find("warning[W310]: a live run is played as often as") != std::string::npos);
    CHECK(part.err.find(" --> --set:1:") != std::string::npos);
    CHECK_FALSE(folder.has("runs"));  // nothing was played
}

TEST_CASE("inject: a service that dies by itself is named, also where another is meant to") {
    const Folder folder;
    // Both services are servers of ours, which answer something to anybody.
    const std::string serve =
        "\"" SHAKETABLE_BINARY "\", serve, -q, --listen, \"127.0.0.1:{port}\"]";
    folder.write("a.yaml", R"(schema: shaketable/v1
name: live
run: {duration: 60s, seed: 1}
services:
  db: {endpoints: {get: {steps: [{wait: 1ms}]}}}
  web: {endpoints: {get: {steps: [{wait: 1ms}]}}}
workload:
  some: {call: db.get, arrivals: constant(5/s)}
  others: {call: web.get, arrivals: constant(5/s)}
faults: [{id: dead, at: 200ms, for: 300ms, fault: crash, target: db}]
)");
    folder.write("b.yaml",
                 bindings("services:\n  db: {addresses: [\"" + free_address() + "\"], start: [" +
                          serve + "}\n  web: {addresses: [\"" + free_address() +
                          "\"], start: [timeout, \"4\", " + serve + "}\n"));
    const Outcome outcome =
        run(folder, {"inject", "a.yaml", "--yes", "--bind", "b.yaml", "-q", "-o", "out/"});
    INFO(outcome.err);
    CHECK(outcome.code == 3);
    CHECK(outcome.err.find("web[0], which was started for the run, ended with code 124") !=
          std::string::npos);
}

TEST_CASE("inject: a port that is taken is said at its place, and by whom it is held") {
    const Folder folder;
    const Bound taken = bind_anywhere();
    REQUIRE(listen(taken.fd, 1) == 0);
    folder.write("a.yaml", live_scenario);
    folder.write("b.yaml", bindings("edges: {web -> db: {listen: [\"" + taken.address + "\"]}}\n"));
    expect_diagnostic(run(folder, {"inject", "a.yaml", "--yes", "--stand-ins", "--bind", "b.yaml"}),
                      3, "error[E302]: cannot listen on 127.0.0.1:", "b.yaml:2:", "it is held by ");
    close(taken.fd);
}

TEST_CASE("inject: what a former run has left and nobody can undo ends with 5, and is named") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    const std::string journals = folder / "shaketable";
    std::filesystem::create_directory(journals);
    std::filesystem::permissions(journals, std::filesystem::perms::owner_all);
    folder.write("shaketable/1.journal", "owner 999999 1\nlimit " + journals + "\tmax 100000\n");
    const Outcome refused = run(folder, {"inject", "a.yaml", "--yes", "--stand-ins", "-o", "out/"},
                                {.environment = {{"XDG_RUNTIME_DIR", folder.path()}}});
    INFO(refused.err);
    CHECK(refused.code == 5);
    CHECK(refused.err.find("error[E305]: a former run has left something behind: the limit " +
                           journals) != std::string::npos);
    CHECK(refused.err.find("`shaketable undo`") != std::string::npos);
    CHECK_FALSE(folder.has("out/result.json"));
}

TEST_CASE("inject: a guard that trips ends with 4, and a baseline that is broken with 3") {
    const Folder folder;
    const std::string all_fail =
        with_faults("[{id: bad, at: 0s, for: 60s, fault: error, status: 503, target: web -> db}]");
    const auto with = [&](std::string text, const std::string& expect) {
        text.replace(text.find("duration: 3s"), 12, "duration: 60s, sample_every: 200ms");
        return text + "expect: [" + expect + "]\n";
    };
    folder.write("guard.yaml",
                 with(all_fail, "{that: success(web.get) > 90%, stop_when_broken_for: 600ms}"));
    const Outcome stopped =
        run(folder, {"inject", "guard.yaml", "--stand-ins", "--yes", "-q", "-o", "out/"});
    CHECK(stopped.code == 4);
    CHECK(stopped.err.find("stopped: success(web.get) > 90% was broken for 600ms") !=
          std::string::npos);
    CHECK(stopped.err.find("everything that was done is undone") != std::string::npos);
    CHECK(folder.has("out/result.json"));
    // One that fails by itself, before the fault that the scenario is about.
    std::string broken =
        with_faults("[{id: far, at: 1s, for: 5s, fault: latency, target: web -> db, delay: 1ms}]");
    broken.replace(broken.find("wait: 1ms"), 9, "fail: 500");
    folder.write("baseline.yaml", with(broken, "success(web.get) > 90% during baseline"));
    const Outcome refused =
        run(folder, {"inject", "baseline.yaml", "--stand-ins", "--yes", "-q", "-o", "bad/"});
    CHECK(refused.code == 3);
    CHECK(refused.err.find("the baseline is broken before any fault: success(web.get) > 90%") !=
          std::string::npos);
}

TEST_CASE("inject: more faults at once than may act are refused, each at its place") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    const Outcome refused =
        run(folder, {"inject", "a.yaml", "--stand-ins", "--dry-run", "--max-active-faults", "0"});
    CHECK(refused.code == 2);
    CHECK(refused.err.find("a.yaml:8:") != std::string::npos);
    CHECK(refused.err.find("error[E306]: far begins while as many faults act as may: 0") !=
          std::string::npos);
    CHECK(run(folder, {"inject", "a.yaml", "--stand-ins", "--dry-run", "--max-active-faults", "1"})
              .code == 0);
}

TEST_CASE("inject: repeats are all in the record, and what they take is said beforehand") {
    const Folder folder;
    folder.write("a.yaml", live_scenario);
    const std::vector<std::string> how{"inject", "a.yaml", "--stand-ins",     "--yes", "--repeats",
                                       "2",      "--set",  "run.duration=1s", "--set", "faults=[]"};
    std::vector<std::string> dry = how;
    dry.emplace_back("--dry-run");
    CHECK(run(folder, dry).err.find("2 runs of 1s, one after another: 2s in all") !=
          std::string::npos);
    std::vector<std::string> played = how;
    played.insert(played.end(), {"-q", "-o", "out/"});
    CHECK(run(folder, played).code == 0);
    const auto result = nlohmann::json::parse(folder.read("out/result.json"));
    CHECK(result["repeats"].size() == 2);
    CHECK(result["expectations"][0]["value"]["n"] == 2);
    CHECK(result["provenance"]["command"].get<std::string>().find("--repeats 2") !=
          std::string::npos);
}

TEST_CASE("doctor: it says whether real services can be slowed down") {
    const Folder folder;
    CHECK(run(folder, {"doctor"}).out.find("slow down real services: ") != std::string::npos);
}
