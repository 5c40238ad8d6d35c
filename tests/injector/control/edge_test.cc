// A fault on a whole edge: all proxies "web -> db[0]", "web -> db[1]", ... at once.
#include "tests/injector/control/rig.h"

namespace shaketable::injector::control {
namespace {

using proxy::Flavour;
using proxy::Peer;
using proxy::Proxy;

Proxy& add(ControlRig& rig, const std::string& name, Flavour flavour = Flavour::tcp) {
    REQUIRE_FALSE(rig.control.proxies().create(
        {.name = name, .listen = "", .upstream = rig.upstream(), .flavour = flavour}));
    return *rig.rig.worker.find(name);
}

const std::string far =
    R"({"fault":"latency","target":"web -> db","delay":"1h","direction":"both"})";

TEST_CASE("edge: its name is that of its proxies without their numbers") {
    CHECK(proxy::edge_of("web -> db[0]") == "web -> db");
    CHECK(proxy::edge_of("web -> db[12]") == "web -> db");
    for (const char* other : {"web -> db", "db[]", "db[x]", "[0]", "db0]", "]", "", "db[0] "})
        CHECK(proxy::edge_of(other) == other);
}

TEST_CASE("edge: a fault on it stands on all of its proxies and on no other") {
    ControlRig rig;
    Proxy& first = add(rig, "web -> db[0]");
    Proxy& second = add(rig, "web -> db[1]");
    Proxy& other = add(rig, "web -> dbs[0]");
    const Reply made = rig.put("/v1/faults/far", far);
    INFO(made.body);
    REQUIRE(made.status == 201);
    CHECK(made.json()["target"] == "web -> db");
    CHECK(first.sky().find("far") != nullptr);
    CHECK(second.sky().find("far") != nullptr);
    CHECK(other.sky().find("far") == nullptr);
    const Json shown = rig.ask("GET", "/v1/proxies").json()["proxies"];
    CHECK(shown[1]["faults"] == Json::array({"far"}));
    CHECK(shown[2]["faults"] == Json::array());
    CHECK(rig.ask("GET", "/v1/faults").json()["faults"].size() == 1);
    CHECK(rig.ask("DELETE", "/v1/faults/far").status == 204);
    CHECK(first.sky().is_clear());
    CHECK(second.sky().is_clear());
}

TEST_CASE("edge: a fault stands on the edge or on one of its proxies, and does not move") {
    ControlRig rig;
    (void)add(rig, "web -> db[0]");
    REQUIRE(rig.put("/v1/faults/far", far).status == 201);
    const Reply moved =
        rig.put("/v1/faults/far", R"({"fault":"latency","target":"web -> db[0]","delay":"1ms"})");
    CHECK(moved.status == 409);
    CHECK(moved.error().find("stands on the edge \"web -> db\"") != std::string::npos);
    CHECK(rig.put("/v1/faults/none", R"({"fault":"reset","target":"web"})").status == 404);
}

TEST_CASE("edge: what one of its proxies cannot carry out stands on none of them") {
    ControlRig rig;
    Proxy& sees_requests = add(rig, "web -> db[0]", Flavour::http);
    (void)add(rig, "web -> db[1]", Flavour::tcp);
    const Reply made =
        rig.put("/v1/faults/bad", R"({"fault":"error","status":503,"target":"web -> db"})");
    CHECK(made.status == 400);
    CHECK(sees_requests.sky().find("bad") == nullptr);
    CHECK(rig.control.proxies().faults().empty());
}

TEST_CASE("edge: a proxy that comes later has its faults before anybody can connect") {
    ControlRig rig;
    (void)add(rig, "web -> db[0]");
    REQUIRE(rig.put("/v1/faults/far", far).status == 201);
    Proxy& later = add(rig, "web -> db[1]");
    auto [client, server] = rig.rig.open(later);
    client.send("x");
    rig.rig.settle();
    server.read();
    CHECK(server.received.empty());
    REQUIRE(rig.ask("DELETE", "/v1/faults/far").status == 204);
    rig.rig.expect(server, "x");
}

TEST_CASE("edge: its faults go with the last of its proxies") {
    ControlRig rig;
    (void)add(rig, "web -> db[0]");
    (void)add(rig, "web -> db[1]");
    REQUIRE(rig.put("/v1/faults/far", far).status == 201);
    REQUIRE(rig.ask("DELETE", "/v1/proxies/web%20-%3E%20db%5B0%5D").status == 204);
    CHECK(rig.control.proxies().faults().size() == 1);
    REQUIRE(rig.ask("DELETE", "/v1/proxies/web%20-%3E%20db%5B1%5D").status == 204);
    CHECK(rig.control.proxies().faults().empty());
}

TEST_CASE("edge: the first two of an edge are two, whichever of its proxies they take") {
    ControlRig rig;
    Proxy& first = add(rig, "web -> db[0]", Flavour::http);
    Proxy& second = add(rig, "web -> db[1]", Flavour::http);
    REQUIRE(rig.put("/v1/faults/bad",
                    R"({"fault":"error","status":503,"target":"web -> db","sequence":"first 2"})")
                .status == 201);
    int hit = 0;
    for (std::uint64_t i = 0; i < 8; ++i)
        for (Proxy* proxy : {&first, &second})
            hit += proxy->sky().judge(0, {.ordinal = i, .connection = i}) != faults::Verdict{};
    CHECK(hit == 2);
}

TEST_CASE("edge: a rate of the edge is shared by its proxies") {
    ControlRig rig;
    Proxy& first = add(rig, "web -> db[0]");
    Proxy& second = add(rig, "web -> db[1]");
    auto one = rig.rig.open(first);
    auto two = rig.rig.open(second);
    // 1 MB/s: 200 kB by each take 0.4 s together, and 0.2 s if each had the rate for itself.
    REQUIRE(
        rig.put("/v1/faults/thin", R"({"fault":"bandwidth","target":"web -> db","rate":"8Mbit/s"})")
            .status == 201);
    const auto start = std::chrono::steady_clock::now();
    one.client.send(std::string(200'000, 'x'));
    two.client.send(std::string(200'000, 'y'));
    rig.rig.until([&] {
        one.server.read();
        two.server.read();
        return one.server.received.size() + two.server.received.size() == 400'000;
    });
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds{370});
}

}  // namespace
}  // namespace shaketable::injector::control
