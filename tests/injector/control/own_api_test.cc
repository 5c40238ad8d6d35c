// Our own dialect: faults in the words of the scenario language, and leases that end them.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/injector/control/rig.h"

namespace shaketable::injector::control {
namespace {

using proxy::Peer;

const std::string slow_fault = R"({"fault":"latency","target":"p","delay":"100ms"})";

void expect_error(const Reply& reply, int status, const std::string& part) {
    INFO(reply.body);
    CHECK(reply.status == status);
    CHECK(reply.field("Content-Type") == "application/json");
    CHECK(reply.json().value("status", 0) == status);
    CHECK(reply.error().find(part) != std::string::npos);
}

/// Does a byte sent through the proxy wait in it?
bool is_stalled(ControlRig& rig, Peer& client, Peer& server) {
    client.send("x");
    rig.rig.settle();
    server.read();
    return server.received.empty();
}

TEST_CASE("own api: a fault is put, shown in the language's words, listed and taken away") {
    ControlRig rig;
    rig.add_proxy();
    CHECK(rig.ask("GET", "/v1/faults").json() == Json{{"faults", Json::array()}});
    const Reply made = rig.put("/v1/faults/slow", slow_fault);
    CHECK(made.status == 201);
    CHECK(made.json() ==
          Json{{"id", "slow"}, {"fault", "latency"}, {"target", "p"}, {"delay", "100ms"}});
    CHECK(rig.ask("GET", "/v1/faults/slow").body == made.body);
    CHECK(rig.ask("GET", "/v1/faults").json()["faults"] == Json::array({made.json()}));
    CHECK(rig.ask("GET", "/v1/proxies/p").json()["faults"] == Json::array({"slow"}));
    CHECK(rig.ask("DELETE", "/v1/faults/slow").status == 204);
    expect_error(rig.ask("GET", "/v1/faults/slow"), 404, "there is no fault \"slow\"");
    expect_error(rig.ask("DELETE", "/v1/faults/slow"), 404, "there is no fault \"slow\"");
    CHECK(rig.proxy().sky().find("slow") == nullptr);
}

TEST_CASE("own api: putting again changes the values, and is 200") {
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/slow", slow_fault).status == 201);
    const Reply changed =
        rig.put("/v1/faults/slow", R"({"id":"slow","fault":"latency","target":"p","delay":"1s"})");
    CHECK(changed.status == 200);
    CHECK(changed.json()["delay"] == "1s");
    CHECK(rig.ask("GET", "/v1/faults").json()["faults"].size() == 1);
}

TEST_CASE("own api: what is shown can be put again as it is") {
    ControlRig rig;
    rig.add_proxy();
    for (const std::string& body : std::vector<std::string>{
             slow_fault,
             R"j({"fault":"latency","target":"p","delay":"lognormal(p50=10ms p99=80ms)"})j",
             R"({"fault":"latency","target":"p","delay":"1s","direction":"both","lease":"1h"})",
             R"({"fault":"bandwidth","target":"p","rate":"1Mbit/s","per":"connection"})",
             R"({"fault":"reset","target":"p","share":"50%","of":"connection","existing":false})",
             R"({"fault":"blackhole","target":"p","of":"connection","close_after":"2s"})",
             R"({"fault":"slice","target":"p","size":"10B"})",
             R"({"fault":"limit_data","target":"p","bytes":"1kB"})",
         }) {
        INFO(body);
        const Reply made = rig.put("/v1/faults/f", body);
        INFO(made.body);
        REQUIRE(made.status == 201);
        const Reply again = rig.put("/v1/faults/f", made.body);
        INFO(again.body);
        CHECK(again.status == 200);
        Json first = made.json(), second = again.json();
        first.erase("x-left");
        second.erase("x-left");
        CHECK(first == second);
        CHECK(rig.ask("DELETE", "/v1/faults/f").status == 204);
    }
}

TEST_CASE("own api: a fault acts while it stands, and no longer") {
    ControlRig rig;
    rig.add_proxy();
    auto [client, server] = rig.rig.open(rig.proxy());
    REQUIRE(rig.put("/v1/faults/hole",
                    R"({"fault":"latency","target":"p","delay":"1h","direction":"both"})")
                .status == 201);
    CHECK(is_stalled(rig, client, server));
    REQUIRE(rig.ask("DELETE", "/v1/faults/hole").status == 204);
    rig.rig.expect(server, "x");
}

TEST_CASE("own api: a lease ends its fault by itself, and only that one") {
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/stays", slow_fault).status == 201);
    REQUIRE(rig.put("/v1/faults/longer",
                    R"({"fault":"latency","target":"p","delay":"1ms","lease":"1h"})")
                .status == 201);
    auto [client, server] = rig.rig.open(rig.proxy());
    const Reply made = rig.put(
        "/v1/faults/short", R"({"fault":"bandwidth","target":"p","rate":"1bit/s","lease":"60ms"})");
    INFO(made.body);
    REQUIRE(made.status == 201);
    CHECK(made.json()["lease"] == "60ms");
    CHECK(made.json().contains("x-left"));
    std::vector<std::string> told;
    const auto server_hears = rig.control.proxies().on_change;
    rig.control.proxies().on_change = [&](std::string_view what, const Json& whom) {
        told.push_back(std::string{what} + " " + whom.value("fault", ""));
        server_hears(what, whom);
    };
    client.send("x");
    rig.rig.until([&] { return !told.empty(); });
    CHECK(told.front() == "lease.end short");
    expect_error(rig.ask("GET", "/v1/faults/short"), 404, "there is no fault");
    rig.rig.expect(server, "x");
    CHECK(rig.ask("GET", "/v1/faults").json()["faults"].size() == 2);
}

TEST_CASE("own api: a lease that is put again begins anew; one that is left out is none") {
    ControlRig rig;
    rig.add_proxy();
    const std::string leased = R"({"fault":"latency","target":"p","delay":"1ms","lease":"1h"})";
    REQUIRE(rig.put("/v1/faults/f", leased).status == 201);
    const Time first = rig.control.proxies().faults().at("f").until;
    REQUIRE(rig.put("/v1/faults/f", leased).status == 200);
    CHECK(rig.control.proxies().faults().at("f").until > first);
    const Reply without =
        rig.put("/v1/faults/f", R"({"fault":"latency","target":"p","delay":"1ms"})");
    CHECK_FALSE(without.json().contains("lease"));
    CHECK_FALSE(without.json().contains("x-left"));
    CHECK(rig.control.proxies().faults().at("f").until == never);
}

TEST_CASE("own api: the longest lease that can be written does not end at once") {
    ControlRig rig;
    rig.add_proxy();
    const std::string longest = R"({"fault":"latency","target":"p","delay":"1ms","lease":"3650d"})";
    REQUIRE(rig.put("/v1/faults/f", longest).status == 201);
    rig.rig.settle();
    CHECK(rig.ask("GET", "/v1/faults/f").status == 200);
    expect_error(rig.put("/v1/faults/f",
                         R"({"fault":"latency","target":"p","delay":"1ms","lease":"3651d"})"),
                 400, "out of range");
}

TEST_CASE("own api: a body that is wrong is 400 and says what is wrong, and where") {
    ControlRig rig;
    rig.add_proxy();
    struct Case {
        std::string body, says;
    };
    const std::vector<Case> cases{
        {"", ""},
        {"{", ""},
        {"[]", "expected"},
        {"5", "expected"},
        {"{}", "target"},
        {R"({"fault":"latency","delay":"1ms"})", "target"},
        {R"({"target":"p"})", "fault"},
        {R"({"fault":"latncy","target":"p"})", "latncy"},
        {R"({"fault":"latency","target":"p"})", "delay"},
        {R"({"fault":"latency","target":"p","delay":"soon"})", "soon"},
        {R"({"fault":"latency","target":"p","delay":"1ms","dely":"2ms"})", "dely"},
        {R"({"fault":"latency","target":"p","delay":"1ms","jitter":"2ms"})", "jitter"},
        {R"({"fault":"latency","target":"p","delay":"1ms","delay":"2ms"})", "delay"},
        {R"({"fault":"latency","target":"p","delay":"1ms","lease":"0s"})", "longer than 0"},
        {R"({"fault":"latency","target":"p","delay":"1ms","lease":"-1s"})", ""},
        {R"({"fault":"latency","target":"p","delay":"1ms","at":"1s"})", "\"at\""},
        {R"({"fault":"latency","target":"p","delay":"1ms","for":"1s"})", "\"for\""},
        {R"({"fault":"latency","target":"p","delay":"1ms","ramp":"1s"})", "\"ramp\""},
        {R"({"fault":"latency","target":"p","delay":"1ms","id":"other"})", "the path's is"},
        {R"({"fault":"crash","target":"p"})", ""},
        {R"({"fault":"latency","target":["p"],"delay":"1ms"})", ""},
        {R"j({"fault":"latency","target":"p","delay":"empirical(/etc/passwd)"})j", ""},
        {std::string(5000, '['), ""},
        {"{\"fault\":\"latency\",\"target\":\"p\",\"delay\":\"\xff\"}", ""},
    };
    for (const Case& one : cases) {
        INFO(one.body);
        const Reply reply = rig.put("/v1/faults/f", one.body);
        expect_error(reply, 400, one.says);
        CHECK_FALSE(reply.error().empty());
        CHECK(reply.body.find("root:") == std::string::npos);
    }
    CHECK(rig.control.proxies().faults().empty());
    const Json problems =
        rig.put("/v1/faults/f", R"({"fault":"latency","target":"p","delay":"soon","x":1})")
            .json()["problems"];
    CHECK(problems.is_array());
    CHECK(problems.size() == 2);
}

TEST_CASE("own api: what needs requests of HTTP is refused on a proxy that sees bytes") {
    ControlRig rig;
    rig.add_proxy();
    const std::string body = R"({"fault":"error","target":"p","status":503})";
    const Reply refused = rig.put("/v1/faults/f", body);
    INFO(refused.body);
    CHECK(refused.status == 400);
    CHECK_FALSE(refused.error().empty());
    REQUIRE(rig.put("/v1/proxies/h", R"({"upstream":"127.0.0.1:9","flavour":"http"})").status ==
            201);
    CHECK(rig.put("/v1/faults/f", R"({"fault":"error","target":"h","status":503})").status == 201);
}

TEST_CASE("own api: a fault keeps its proxy and its kind") {
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/proxies/q", R"({"upstream":"127.0.0.1:9"})").status == 201);
    REQUIRE(rig.put("/v1/faults/f", slow_fault).status == 201);
    expect_error(rig.put("/v1/faults/f", R"({"fault":"latency","target":"q","delay":"1ms"})"), 409,
                 "stands on the proxy \"p\"");
    expect_error(rig.put("/v1/faults/f", R"({"fault":"reset","target":"p"})"), 409, "is a latency");
    expect_error(rig.put("/v1/faults/g", R"({"fault":"latency","target":"none","delay":"1ms"})"),
                 404, "proxy not found");
}

TEST_CASE("own api: a proxy takes its faults with it; reset takes all of them") {
    ControlRig rig;
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/f", slow_fault).status == 201);
    REQUIRE(rig.ask("DELETE", "/v1/proxies/p").status == 204);
    CHECK(rig.control.proxies().faults().empty());
    rig.add_proxy();
    REQUIRE(rig.put("/v1/faults/f", slow_fault).status == 201);
    REQUIRE(rig.ask("POST", "/reset").status == 204);
    CHECK(rig.control.proxies().faults().empty());
    CHECK(rig.proxy().sky().find("f") == nullptr);
}

TEST_CASE("own api: paths that are not there are 404, methods that are not are 405 and name them") {
    ControlRig rig;
    for (const char* path : {"/v1", "/v1/", "/v1/faults/", "/v1/faults/a/b", "/v1/events/a",
                             "/v1/other", "/v2/faults", "/v1/faults/a%2Fb"}) {
        INFO(path);
        CHECK(rig.ask("GET", path).status == 404);
    }
    for (const auto& [method, path, allow] :
         {std::tuple{"DELETE", "/v1/faults", "GET, POST"},
          std::tuple{"PUT", "/v1/faults", "GET, POST"}, std::tuple{"POST", "/v1/proxies", "GET"},
          std::tuple{"POST", "/v1/faults/f", "GET, PUT, DELETE"},
          std::tuple{"PATCH", "/v1/proxies/p", "GET, PUT, DELETE"},
          std::tuple{"DELETE", "/v1/events", "GET"}, std::tuple{"OPTIONS", "/v1/proxies", "GET"},
          std::tuple{"ET", "/v1/proxies", "GET"}}) {
        INFO(method << " " << path);
        const Reply reply = rig.ask(method, path);
        expect_error(reply, 405, std::string{"found "} + method);
        CHECK(reply.field("Allow") == allow);
    }
}

TEST_CASE("own api: only JSON is taken, and an id of plain characters") {
    ControlRig rig;
    rig.add_proxy();
    expect_error(rig.ask("PUT", "/v1/faults/f", slow_fault), 415, "application/json");
    for (const char* type : {"text/plain", "application/jsonp", "application/x-www-form-urlencoded",
                             "text/plain; application/json"})
        expect_error(
            rig.ask("PUT", "/v1/faults/f", slow_fault, {std::string{"Content-Type: "} + type}), 415,
            "application/json");
    CHECK(rig.ask("PUT", "/v1/faults/f", slow_fault,
                  {"Content-Type: Application/JSON; charset=utf-8"})
              .status == 201);
    for (const char* id : {"a%20b", "a:b", "toxic:x", "%C3%A4", "a%0Ab"}) {
        INFO(id);
        expect_error(rig.put(std::string{"/v1/faults/"} + id, slow_fault), 400,
                     "an id has letters");
    }
}

TEST_CASE("own api: a proxy is put, shown, changed and taken away") {
    ControlRig rig;
    const Reply made = rig.put("/v1/proxies/q", R"({"upstream":")" + rig.upstream() + "\"}");
    CHECK(made.status == 201);
    CHECK(made.json()["flavour"] == "tcp");
    CHECK(made.json()["enabled"] == true);
    CHECK(made.json()["listen"].get<std::string>().starts_with("127.0.0.1:"));
    const Reply off = rig.put("/v1/proxies/q", R"({"enabled":false})");
    CHECK(off.status == 200);
    CHECK(off.json()["enabled"] == false);
    CHECK(off.json()["listen"] == made.json()["listen"]);
    CHECK(rig.ask("GET", "/v1/proxies").json()["proxies"] == Json::array({off.json()}));
    expect_error(rig.put("/v1/proxies/q", R"({"flavour":"http"})"), 409, "another flavour");
    expect_error(rig.put("/v1/proxies/r", "{}"), 400, "missing key \"upstream\"");
    expect_error(rig.put("/v1/proxies/r", R"({"upstream":"127.0.0.1:9","flavor":"tcp"})"), 400,
                 "unknown key \"flavor\"");
    expect_error(rig.put("/v1/proxies/r", R"({"upstream":"127.0.0.1:9","flavour":"udp"})"), 400,
                 "found \"udp\"");
    expect_error(rig.put("/v1/proxies/r", R"({"upstream":5})"), 400, "expected a text");
    expect_error(rig.put("/v1/proxies/r", ""), 400, "EOF");
    CHECK(rig.ask("DELETE", "/v1/proxies/q").status == 204);
    expect_error(rig.ask("DELETE", "/v1/proxies/q"), 404, "proxy not found");
}

TEST_CASE("own api: POST adds a fault whose id is in the body, and changes none that is there") {
    ControlRig rig;
    rig.add_proxy();
    const std::vector<std::string> type{"Content-Type: application/json"};
    const std::string named = R"({"id":"slow","fault":"latency","target":"p","delay":"100ms"})";
    CHECK(rig.ask("POST", "/v1/faults", named, type).status == 201);
    expect_error(rig.ask("POST", "/v1/faults", named, type), 409, "PUT changes it");
    expect_error(rig.ask("POST", "/v1/faults", slow_fault, type), 400, "missing key \"id\"");
    CHECK(rig.ask("POST", "/v1/faults", named).status == 415);
    CHECK(rig.ask("POST", "/v1/proxies", named, type).status == 405);
    CHECK(rig.ask("GET", "/v1/faults").json()["faults"].size() == 1);
}

}  // namespace
}  // namespace shaketable::injector::control
