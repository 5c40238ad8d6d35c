// Toxiproxy's dialect: paths, bodies, statuses and texts, line by line.
#include <string>

#include <catch2/catch.hpp>

#include "tests/injector/control/rig.h"

namespace shaketable::injector::control {
namespace {

/// A proxy's body, to the upstream of the rig unless said otherwise.
std::string spec(const ControlRig& rig, const std::string& name,
                 const std::string& listen = "127.0.0.1:0", const std::string& more = "") {
    return R"({"name":")" + name + R"(","listen":")" + listen + R"(","upstream":")" +
           rig.upstream() + "\"" + more + "}";
}

void expect_its_error(const Reply& reply, int status, const std::string& text) {
    CHECK(reply.status == status);
    CHECK(reply.body == R"({"error":")" + text + R"(","status":)" + std::to_string(status) + "}\n");
    CHECK(reply.field("Content-Type") == "text/plain; charset=utf-8");
    CHECK(reply.field("X-Content-Type-Options") == "nosniff");
}

TEST_CASE("toxiproxy: the version is 2.12.0, with a space and a line end") {
    ControlRig rig;
    const Reply reply = rig.ask("GET", "/version");
    CHECK(reply.status == 200);
    CHECK(reply.body == "{\"version\": \"2.12.0\"}\n");
    CHECK(reply.field("Content-Type") == "application/json;charset=utf-8");
}

TEST_CASE("toxiproxy: every route that fits answers with an id of its own of 20 characters") {
    ControlRig rig;
    const std::string first = rig.ask("GET", "/version").field("X-Toxiproxy-Request-Id");
    CHECK(first.size() == 20);
    CHECK(rig.ask("GET", "/proxies/none").field("X-Toxiproxy-Request-Id") != first);
    CHECK(rig.ask("GET", "/nothing").field("X-Toxiproxy-Request-Id").empty());
}

TEST_CASE("toxiproxy: browsers are refused by their User-Agent") {
    ControlRig rig;
    const Reply reply = rig.ask("GET", "/proxies", "", {"User-Agent: Mozilla/5.0 (X11)"});
    CHECK(reply.status == 403);
    CHECK(reply.body == "User agent not allowed\n");
    CHECK(rig.ask("GET", "/nothing", "", {"User-Agent: Mozilla/5.0"}).status == 404);
}

TEST_CASE("toxiproxy: unknown paths are 404, wrong methods 405 without a body") {
    ControlRig rig;
    rig.add_proxy();
    for (const char* path : {"/", "/nothing", "/proxies/", "/proxies/p/", "/proxies/p/toxics/",
                             "/proxies/p/other", "/proxies/p/toxics/t/more"}) {
        INFO(path);
        const Reply reply = rig.ask("GET", path);
        CHECK(reply.status == 404);
        CHECK(reply.body == "404 page not found\n");
    }
    for (const auto& [method, path] : {std::pair{"PUT", "/proxies"},
                                       {"OPTIONS", "/proxies"},
                                       {"HEAD", "/proxies"},
                                       {"DELETE", "/proxies"},
                                       {"POST", "/version"},
                                       {"GET", "/populate"},
                                       {"OST", "/reset"},
                                       {"ET", "/proxies"},
                                       {"GET", "/reset"},
                                       {"PUT", "/proxies/p"},
                                       {"PATCH", "/proxies/p/toxics"},
                                       {"PUT", "/proxies/p/toxics/t"}}) {
        INFO(method << " " << path);
        const Reply reply = rig.ask(method, path);
        CHECK(reply.status == 405);
        CHECK(reply.body.empty());
        CHECK(reply.field("Allow").empty());
    }
    const Reply moved = rig.ask("GET", "//proxies");
    CHECK(moved.status == 301);
    CHECK(moved.field("Location") == "/proxies");
}

TEST_CASE("toxiproxy: a proxy is created, shown with its true address, listed and deleted") {
    ControlRig rig;
    const Reply made = rig.ask("POST", "/proxies", spec(rig, "b"));
    CHECK(made.status == 201);
    CHECK(made.field("Content-Type") == "application/json");
    const Json b = made.json();
    CHECK(b["name"] == "b");
    CHECK(b["listen"] == rig.rig.worker.find("b")->address().print());
    CHECK_FALSE(b["listen"].get<std::string>().ends_with(":0"));
    CHECK(b["upstream"] == rig.upstream());
    CHECK(b["enabled"] == true);
    CHECK(b["toxics"] == Json::array());
    CHECK(rig.ask("GET", "/proxies/b").body == made.body);
    CHECK(rig.ask("POST", "/proxies", spec(rig, "a", "localhost:0")).status == 201);
    const std::string all = rig.ask("GET", "/proxies").body;
    CHECK(all.starts_with(R"({"a":{"name":"a","listen":"127.0.0.1:)"));
    CHECK(all.find(R"(,"b":{)") != std::string::npos);
    const Reply gone = rig.ask("DELETE", "/proxies/b");
    CHECK(gone.status == 204);
    CHECK(gone.body.empty());
    expect_its_error(rig.ask("GET", "/proxies/b"), 404, "proxy not found");
    expect_its_error(rig.ask("DELETE", "/proxies/b"), 404, "proxy not found");
}

TEST_CASE("toxiproxy: a proxy that was never started shows the address as it was given") {
    ControlRig rig;
    const Json made =
        rig.ask("POST", "/proxies", spec(rig, "p", "localhost:0", R"(,"enabled":false)")).json();
    CHECK(made["enabled"] == false);
    CHECK(made["listen"] == "localhost:0");
}

TEST_CASE("toxiproxy: an empty list of proxies is an empty object") {
    ControlRig rig;
    CHECK(rig.ask("GET", "/proxies").body == "{}");
}

TEST_CASE("toxiproxy: bodies are read as Go reads them") {
    ControlRig rig;
    const std::string upstream = rig.upstream();
    // Any case, the first value alone, unknown fields, null as absent, any type of content.
    const Reply made = rig.ask("POST", "/proxies",
                               R"({"NAME":"p","Upstream":")" + upstream +
                                   R"(","listen":null,"enabled":null,"x":[1]} behind)",
                               {"Content-Type: text/html"});
    INFO(made.body);
    CHECK(made.status == 201);
    CHECK(made.json()["enabled"] == true);
    expect_its_error(rig.ask("POST", "/proxies"), 400, "bad request body: EOF");
    CHECK(rig.ask("POST", "/proxies", "{").error().starts_with("bad request body: "));
    CHECK(rig.ask("POST", "/proxies", R"({"name":5})").error().starts_with("bad request body: "));
    CHECK(rig.ask("POST", "/proxies", "[]").error().starts_with("bad request body: "));
    expect_its_error(rig.ask("POST", "/proxies", "{}"), 400, "missing required field: name");
    expect_its_error(rig.ask("POST", "/proxies", R"({"name":"q"})"), 400,
                     "missing required field: upstream");
}

TEST_CASE("toxiproxy: a proxy that cannot be made leaves nothing behind") {
    ControlRig rig;
    const std::string taken = rig.add_proxy().address().print();
    expect_its_error(rig.ask("POST", "/proxies", spec(rig, "p", taken)), 409,
                     "proxy already exists");
    expect_its_error(rig.ask("POST", "/proxies", spec(rig, "q", taken)), 500,
                     "listen tcp " + taken + ": bind: address already in use");
    expect_its_error(rig.ask("POST", "/proxies", spec(rig, "q", "local373")), 500,
                     "listen tcp: address local373: missing port in address");
    CHECK(rig.ask("GET", "/proxies/q").status == 404);
}

TEST_CASE("toxiproxy: a proxy is updated by PATCH and by POST, and keeps its toxics") {
    ControlRig rig;
    rig.add_proxy();
    const std::string listen = rig.proxy().address().print();
    rig.ask("POST", "/proxies/p/toxics", R"({"type":"latency","attributes":{"latency":5}})");
    for (const char* method : {"PATCH", "POST"}) {
        INFO(method);
        Json shown = rig.ask(method, "/proxies/p", R"({"enabled":false,"name":"other"})").json();
        CHECK(shown["enabled"] == false);
        CHECK(shown["name"] == "p");
        CHECK(shown["listen"] == listen);
        CHECK_FALSE(proxy::try_connect(rig.proxy().address()));
        shown = rig.ask(method, "/proxies/p", R"({"enabled":true})").json();
        CHECK(shown["enabled"] == true);
        CHECK(shown["listen"] == listen);
        CHECK(shown["toxics"].size() == 1);
        CHECK(proxy::try_connect(rig.proxy().address()));
    }
    CHECK(rig.ask("PATCH", "/proxies/p", R"({"upstream":"127.0.0.1:9"})").json()["upstream"] ==
          "127.0.0.1:9");
    expect_its_error(rig.ask("PATCH", "/proxies/p", R"({"listen":"nonsense"})"), 500,
                     "address nonsense: missing port in address");
    expect_its_error(rig.ask("PATCH", "/proxies/none", "{}"), 404, "proxy not found");
    expect_its_error(rig.ask("PATCH", "/proxies/p"), 400, "bad request body: EOF");
    const Json moved = rig.ask("PATCH", "/proxies/p", R"({"listen":"127.0.0.1:0"})").json();
    CHECK(moved["listen"] != listen);
    CHECK(moved["toxics"].size() == 1);
}

TEST_CASE("toxiproxy: disabling, moving and deleting end the connections that exist") {
    ControlRig rig;
    rig.add_proxy();
    const auto ends = [&](std::string_view method, const std::string& body) {
        auto [client, server] = rig.rig.open(rig.proxy());
        rig.ask(method, "/proxies/p", body);
        rig.rig.until([&, &c = client] {
            c.read();
            return c.ended || c.was_reset;
        });
    };
    ends("PATCH", R"({"enabled":false})");
    rig.ask("PATCH", "/proxies/p", R"({"enabled":true})");
    ends("PATCH", R"({"listen":"127.0.0.1:0"})");
    ends("DELETE", "");
}

TEST_CASE("toxiproxy: a proxy that cannot be enabled stays disabled and says why") {
    ControlRig rig;
    const std::string taken = rig.add_proxy().address().print();
    REQUIRE(rig.ask("POST", "/proxies", spec(rig, "q", taken, R"(,"enabled":false)")).status ==
            201);
    expect_its_error(rig.ask("PATCH", "/proxies/q", R"({"enabled":true})"), 500,
                     "listen tcp " + taken + ": bind: address already in use");
    CHECK(rig.ask("GET", "/proxies/q").json()["enabled"] == false);
}

TEST_CASE("toxiproxy: populate creates, leaves what is the same, and replaces what differs") {
    ControlRig rig;
    rig.add_proxy();
    const std::string listen = rig.proxy().address().print();
    rig.ask("POST", "/proxies/p/toxics", R"({"type":"timeout"})");
    const Reply same =
        rig.ask("POST", "/populate", "[" + spec(rig, "p", listen) + "," + spec(rig, "q") + "]");
    CHECK(same.status == 201);
    CHECK(same.json()["proxies"].size() == 2);
    CHECK(same.json()["proxies"][0]["toxics"].size() == 1);
    // Equal ones keep being disabled, too.
    rig.ask("PATCH", "/proxies/p", R"({"enabled":false})");
    CHECK(rig.ask("POST", "/populate", "[" + spec(rig, "p", listen) + "]")
              .json()["proxies"][0]["enabled"] == false);
    // A port of 0 is never the same.
    const Json replaced =
        rig.ask("POST", "/populate", "[" + spec(rig, "p") + "]").json()["proxies"][0];
    CHECK(replaced["toxics"].empty());
    CHECK(replaced["enabled"] == true);
    CHECK(rig.ask("POST", "/populate", "[]").body == R"({"proxies":null})");
}

TEST_CASE("toxiproxy: a port of 0 is not the same as one that was never bound either") {
    ControlRig rig;
    const std::string off = spec(rig, "p", "127.0.0.1:0", R"(,"enabled":false)");
    rig.ask("POST", "/proxies", off);
    rig.ask("POST", "/proxies/p/toxics", R"({"type":"timeout"})");
    CHECK(rig.ask("POST", "/populate", "[" + off + "]").json()["proxies"][0]["toxics"].empty());
}

TEST_CASE("toxiproxy: populate checks all before it creates one, and says how far it came") {
    ControlRig rig;
    const Reply missing =
        rig.ask("POST", "/populate", "[" + spec(rig, "a") + R"(,{"upstream":"127.0.0.1:9"}])");
    CHECK(missing.status == 400);
    CHECK(missing.body == R"({"error":"missing required field: name at proxy 2","status":400})");
    CHECK(missing.field("Content-Type") == "application/json");
    CHECK(rig.ask("GET", "/proxies").body == "{}");
    CHECK(rig.ask("POST", "/populate", R"([{"name":"x"}])").error() ==
          "missing required field: upstream at proxy 1");
    CHECK(rig.ask("POST", "/populate", "{}").status == 400);
    const std::string taken = rig.host();
    const Json half =
        rig.ask("POST", "/populate", "[" + spec(rig, "a") + "," + spec(rig, "b", taken) + "]")
            .json();
    CHECK(half["status"] == 500);
    CHECK(half["error"] == "listen tcp " + taken + ": bind: address already in use");
    REQUIRE(half["proxies"].size() == 1);
    CHECK(half["proxies"][0]["name"] == "a");
}

TEST_CASE("toxiproxy: populate takes toxics, which stand before anybody can connect") {
    ControlRig rig;
    const Reply made = rig.ask(
        "POST", "/populate",
        "[" + spec(rig, "p", "127.0.0.1:0", R"(,"toxics":[{"type":"bandwidth","name":"cut"}])") +
            "]");
    CHECK(made.json()["proxies"][0]["toxics"][0]["name"] == "cut");
    CHECK(rig.ask("POST", "/populate",
                  "[" + spec(rig, "r", "127.0.0.1:0", R"(,"toxics":[{"type":"x"}])") + "]")
              .error() == "invalid toxic type at proxy 1");
}

TEST_CASE("toxiproxy: reset enables all proxies and takes all toxics away") {
    ControlRig rig;
    rig.add_proxy();
    rig.ask("POST", "/proxies/p/toxics", R"({"type":"timeout"})");
    rig.ask("PATCH", "/proxies/p", R"({"enabled":false})");
    CHECK(rig.ask("POST", "/reset", "no JSON at all").status == 204);
    const Json shown = rig.ask("GET", "/proxies/p").json();
    CHECK(shown["enabled"] == true);
    CHECK(shown["toxics"].empty());
}

TEST_CASE("toxiproxy: a toxic shows all its attributes, and has a name made of what was sent") {
    ControlRig rig;
    rig.add_proxy();
    const Reply made =
        rig.ask("POST", "/proxies/p/toxics", R"({"type":"latency","attributes":{"latency":100}})");
    CHECK(made.status == 200);
    CHECK(made.body == R"({"attributes":{"latency":100,"jitter":0},"name":"latency_downstream",)"
                       R"("type":"latency","stream":"downstream","toxicity":1})");
    CHECK(rig.ask("GET", "/proxies/p/toxics/latency_downstream").body == made.body);
    const Json loud = rig.ask("POST", "/proxies/p/toxics",
                              R"({"type":"latency","stream":"UPSTREAM","toxicity":0.2})")
                          .json();
    CHECK(loud["name"] == "latency_UPSTREAM");
    CHECK(loud["stream"] == "UPSTREAM");
    CHECK(print(loud["toxicity"]) == "0.2");
}

TEST_CASE("toxiproxy: every type has the attributes and defaults of the original") {
    ControlRig rig;
    rig.add_proxy();
    for (const auto& [type, attributes] :
         {std::pair{"latency", R"({"latency":0,"jitter":0})"},
          {"bandwidth", R"({"rate":0})"},
          {"slow_close", R"({"delay":0})"},
          {"timeout", R"({"timeout":0})"},
          {"reset_peer", R"({"timeout":0})"},
          {"slicer", R"({"average_size":0,"size_variation":0,"delay":0})"},
          {"limit_data", R"({"bytes":0})"}}) {
        INFO(type);
        const Json made =
            rig.ask("POST", "/proxies/p/toxics", R"({"type":")" + std::string{type} + R"("})")
                .json();
        CHECK(print(made["attributes"]) == attributes);
    }
    CHECK(rig.ask("GET", "/proxies/p/toxics").json().size() == 7);
}

TEST_CASE("toxiproxy: toxics are listed upstream ones first, each in the order of adding") {
    ControlRig rig;
    rig.add_proxy();
    for (const char* one :
         {R"("name":"a","stream":"downstream")", R"("name":"z","stream":"upstream")",
          R"("name":"b","stream":"upstream")"})
        rig.ask("POST", "/proxies/p/toxics", R"({"type":"latency",)" + std::string{one} + "}");
    std::string names;
    for (const Json& toxic : rig.ask("GET", "/proxies/p/toxics").json())
        names += toxic["name"].get<std::string>();
    CHECK(names == "zba");
}

TEST_CASE("toxiproxy: toxics that cannot be are refused in the original's words") {
    ControlRig rig;
    rig.add_proxy();
    const auto add = [&](const std::string& body) {
        return rig.ask("POST", "/proxies/p/toxics", body);
    };
    expect_its_error(add(""), 400, "bad request body: EOF");
    expect_its_error(add("{}"), 400, "invalid toxic type");
    expect_its_error(add(R"({"type":"packet_loss"})"), 400, "invalid toxic type");
    expect_its_error(add(R"({"type":"latency","stream":"sideways"})"), 400,
                     "stream was invalid, can be either upstream or downstream");
    for (const char* value : {"1.5", "1e3", R"("5")", "99999999999999999999"}) {
        INFO(value);
        const Reply reply =
            add(R"({"type":"latency","attributes":{"latency":)" + std::string{value} + "}}");
        CHECK(reply.status == 400);
        CHECK(reply.error().starts_with("bad request body: "));
    }
    REQUIRE(add(R"({"type":"latency","name":"t"})").status == 200);
    expect_its_error(add(R"({"type":"timeout","name":"t","stream":"upstream"})"), 409,
                     "toxic already exists");
    expect_its_error(rig.ask("POST", "/proxies/none/toxics", "{}"), 404, "proxy not found");
    expect_its_error(rig.ask("GET", "/proxies/none/toxics"), 404, "proxy not found");
    expect_its_error(rig.ask("GET", "/proxies/p/toxics/none"), 404, "toxic not found");
    expect_its_error(rig.ask("PATCH", "/proxies/p/toxics/none", "{}"), 404, "toxic not found");
    expect_its_error(rig.ask("DELETE", "/proxies/p/toxics/none"), 404, "toxic not found");
}

TEST_CASE("toxiproxy: updating a toxic merges attributes and leaves type, stream and name alone") {
    ControlRig rig;
    rig.add_proxy();
    rig.ask("POST", "/proxies/p/toxics",
            R"({"type":"latency","name":"t","attributes":{"latency":100,"jitter":7}})");
    for (const char* method : {"PATCH", "POST"}) {
        const Json shown =
            rig.ask(method, "/proxies/p/toxics/t",
                    R"({"attributes":{"latency":50},"toxicity":0.5,"type":"timeout","name":"u",)"
                    R"("stream":"upstream"})")
                .json();
        CHECK(print(shown) == R"({"attributes":{"latency":50,"jitter":7},"name":"t",)"
                              R"("type":"latency","stream":"downstream","toxicity":0.5})");
    }
    CHECK(rig.ask("PATCH", "/proxies/p/toxics/t").status == 400);
    CHECK(rig.ask("DELETE", "/proxies/p/toxics/t").status == 204);
    CHECK(rig.ask("GET", "/proxies/p/toxics").body == "[]");
}

}  // namespace
}  // namespace shaketable::injector::control
