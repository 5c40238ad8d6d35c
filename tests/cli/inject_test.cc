#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

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
