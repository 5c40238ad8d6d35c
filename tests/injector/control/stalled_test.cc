// The control API while a thousand peers stall: it waits for none of them.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "injector/http/socket.h"
#include "tests/injector/control/rig.h"

namespace shaketable::injector::control {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int peers_max = 1'000;

/// Clients that have sent a byte which waits in the proxy, and what the upstream sees of them.
std::vector<proxy::Rig::Pair> stall(ControlRig& rig) {
    std::vector<proxy::Rig::Pair> pairs;
    for (int i = 0; i < peers_max; ++i) pairs.push_back(rig.rig.open(rig.proxy()));
    for (auto& [client, server] : pairs) client.send("x");
    rig.rig.settle();
    return pairs;
}

/// A bound that only a peer that is waited for exceeds.
void expect_soon(const char* what, Clock::time_point since) {
    const std::chrono::duration<double, std::milli> took = Clock::now() - since;
    INFO(what << " with " << peers_max << " stalled peers: " << took.count() << " ms");
    CHECK(took < 1s);
}

TEST_CASE("stalled: faults come and go at once while a thousand peers wait in a proxy") {
    allow_many_descriptors();
    rlimit descriptors{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
    if (descriptors.rlim_cur < 4 * peers_max + 100) {
        WARN("too few descriptors are allowed: " << descriptors.rlim_cur);
        return;
    }
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/hole", R"({"fault":"latency","target":"p","delay":"1h"})").status ==
            201);
    std::vector<proxy::Rig::Pair> pairs = stall(rig);
    for (auto& [client, server] : pairs) {
        server.read();
        REQUIRE(server.received.empty());
    }
    auto start = Clock::now();
    CHECK(rig.ask("POST", "/proxies/p/toxics", R"({"type":"bandwidth","stream":"upstream"})")
              .status == 200);
    expect_soon("adding a toxic", start);
    start = Clock::now();
    CHECK(rig.ask("DELETE", "/proxies/p/toxics/bandwidth_upstream").status == 204);
    expect_soon("removing a toxic", start);
    // Nobody has been let go by what was taken away again.
    rig.rig.settle();
    for (auto& [client, server] : pairs) {
        server.read();
        REQUIRE(server.received.empty());
    }
    start = Clock::now();
    CHECK(rig.ask("DELETE", "/v1/faults/hole").status == 204);
    expect_soon("removing the fault that stalls", start);
    rig.rig.until([&] {
        return std::all_of(pairs.begin(), pairs.end(), [](proxy::Rig::Pair& pair) {
            if (pair.server.received.empty()) pair.server.read();
            return pair.server.received == "x";
        });
    });
    expect_soon("from there to the last byte that waited", start);
}

TEST_CASE("stalled: a proxy is removed at once while a thousand peers wait in it") {
    allow_many_descriptors();
    rlimit descriptors{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
    if (descriptors.rlim_cur < 4 * peers_max + 100) {
        WARN("too few descriptors are allowed: " << descriptors.rlim_cur);
        return;
    }
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/hole", R"({"fault":"latency","target":"p","delay":"1h"})").status ==
            201);
    std::vector<proxy::Rig::Pair> pairs = stall(rig);
    const auto start = Clock::now();
    CHECK(rig.ask("DELETE", "/proxies/p").status == 204);
    expect_soon("removing the proxy", start);
    rig.rig.until([&] {
        return std::all_of(pairs.begin(), pairs.end(), [](proxy::Rig::Pair& pair) {
            pair.client.read();
            return pair.client.ended || pair.client.was_reset;
        });
    });
    expect_soon("from there to the last end", start);
}

}  // namespace
}  // namespace shaketable::injector::control
