// What the server bears: requests in any pieces, and nobody who is slow, large or many.
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/injector/control/rig.h"

namespace shaketable::injector::control {
namespace {

using namespace std::chrono_literals;
using proxy::Peer;

std::string request_text(ControlRig& rig, const std::string& line,
                         const std::vector<std::string>& fields = {},
                         const std::string& body = "") {
    std::string text = line + " HTTP/1.1\r\nHost: " + rig.host() + "\r\n";
    for (const std::string& field : fields) text += field + "\r\n";
    return text + "\r\n" + body;
}

void expect_end(ControlRig& rig, Peer& peer) {
    rig.rig.until([&] {
        peer.read();
        return peer.ended || peer.was_reset;
    });
    CHECK(peer.ended);
    CHECK_FALSE(peer.was_reset);
}

/// What is answered to these bytes, after which the connection ends.
Reply refusal_of(ControlRig& rig, const std::string& bytes) {
    Peer peer = rig.connect();
    std::size_t sent = 0;
    rig.rig.until([&] {
        sent += peer.send(std::string_view{bytes}.substr(sent));
        return sent == bytes.size() || peer.was_reset;
    });
    Reply reply = rig.receive(peer);
    CHECK(reply.field("Connection") == "close");
    peer.end();
    expect_end(rig, peer);
    return reply;
}

/// Where an answer is not to be mistaken for that of another request.
bool has_proxy(ControlRig& rig, const std::string& name) {
    return rig.rig.worker.find(name) != nullptr;
}

TEST_CASE("server: a connection is kept, and takes one request after the other") {
    ControlRig rig;
    Peer peer = rig.connect();
    for (int i = 0; i < 3; ++i) {
        peer.send(request_text(rig, "GET /version"));
        const Reply reply = rig.receive(peer);
        CHECK(reply.status == 200);
        CHECK(reply.field("Connection").empty());
    }
    CHECK(rig.control.server().connections() == 1);
}

TEST_CASE("server: a client that says close, or speaks HTTP/1.0, has its connection ended") {
    ControlRig rig;
    for (const std::string& bytes : {request_text(rig, "GET /version", {"Connection: close"}),
                                     "GET /version HTTP/1.0\r\nHost: " + rig.host() + "\r\n\r\n"}) {
        INFO(bytes);
        Peer peer = rig.connect();
        peer.send(bytes);
        const Reply reply = rig.receive(peer);
        CHECK(reply.status == 200);
        CHECK(reply.field("Connection") == "close");
        expect_end(rig, peer);
    }
}

TEST_CASE("server: requests that come at once are answered in their order") {
    ControlRig rig;
    Peer peer = rig.connect();
    peer.send(request_text(rig, "GET /version") + request_text(rig, "GET /nothing") +
              request_text(rig, "POST /proxies", {"Content-Length: 2"}, "{}") +
              request_text(rig, "GET /healthz"));
    CHECK(rig.receive(peer).status == 200);
    CHECK(rig.receive(peer).status == 404);
    CHECK(rig.receive(peer).status == 400);
    CHECK(rig.receive(peer).body == "ok\n");
}

TEST_CASE("server: a request may come in single bytes") {
    ControlRig rig;
    Peer peer = rig.connect();
    const std::string bytes =
        request_text(rig, "POST /proxies", {"Content-Length: 12"}, R"({"name":"p"})");
    for (const char c : bytes) {
        peer.send({&c, 1});
        rig.rig.worker.io().restart();
        rig.rig.worker.io().poll();
    }
    const Reply reply = rig.receive(peer);
    CHECK(reply.status == 400);
    CHECK(reply.error() == "missing required field: upstream");
}

TEST_CASE("server: a body may come in chunks, with a trailer") {
    ControlRig rig;
    Peer peer = rig.connect();
    peer.send(request_text(rig, "POST /proxies", {"Transfer-Encoding: chunked"},
                           "6;x=y\r\n{\"name\r\n6\r\n\":\"p\"}\r\n0\r\nX-Trailer: 1\r\n\r\n") +
              request_text(rig, "GET /healthz"));
    CHECK(rig.receive(peer).error() == "missing required field: upstream");
    CHECK(rig.receive(peer).body == "ok\n");
}

TEST_CASE("server: who waits for 100 Continue is told to go on, once") {
    ControlRig rig;
    Peer peer = rig.connect();
    peer.send(request_text(rig, "POST /proxies", {"Expect: 100-continue", "Content-Length: 2"}));
    rig.rig.expect(peer, "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("{");
    rig.rig.settle();
    peer.send("}");
    CHECK(rig.receive(peer).status == 400);
}

TEST_CASE("server: an answer to HEAD has the length of its body, and no body") {
    ControlRig rig;
    Peer peer = rig.connect();
    peer.send(request_text(rig, "HEAD /healthz") + request_text(rig, "GET /healthz"));
    const Reply head = rig.receive(peer, false);
    CHECK(head.status == 200);
    CHECK(head.field("Content-Length") == "3");
    CHECK(rig.receive(peer).body == "ok\n");
}

TEST_CASE("server: a head that is too long is 431, whole or not") {
    ControlRig rig{{.head_max = 1024}};
    const std::string lead = "GET /healthz HTTP/1.1\r\nHost: " + rig.host() + "\r\nX: ";
    CHECK(refusal_of(rig, lead + std::string(5000, 'x') + "\r\n\r\n").status == 431);
    CHECK(refusal_of(rig, lead + std::string(5000, 'x')).status == 431);
    CHECK(refusal_of(rig, "GET /" + std::string(5000, 'x')).status == 431);
    CHECK(rig.ask("GET", "/healthz", "", {"X: " + std::string(500, 'x')}).status == 200);
}

TEST_CASE("server: a body that is too long is 413, by its length and by its chunks") {
    ControlRig rig{{.body_max = 1000}};
    const Reply stated =
        refusal_of(rig, request_text(rig, "POST /proxies", {"Content-Length: 1001"}));
    CHECK(stated.status == 413);
    CHECK(stated.body == "a body holds at most 1000 bytes\n");
    CHECK(refusal_of(rig,
                     request_text(rig, "POST /proxies", {"Content-Length: 18446744073709551615"}))
              .status == 413);
    // A refusal reaches a client that sends all before it reads.
    CHECK(refusal_of(rig, request_text(rig, "POST /proxies", {"Content-Length: 1900"},
                                       std::string(1900, ' ')))
              .status == 413);
    CHECK(refusal_of(rig, request_text(rig, "POST /proxies", {"Transfer-Encoding: chunked"},
                                       "800\r\n" + std::string(2048, ' ') + "\r\n0\r\n\r\n"))
              .status == 413);
    CHECK(rig.ask("POST", "/proxies", std::string(1000, ' ')).status == 400);
}

TEST_CASE("server: who waits for 100 Continue with too long a body is refused before it sends") {
    ControlRig rig{{.body_max = 1000}};
    CHECK(refusal_of(rig, request_text(rig, "POST /proxies",
                                       {"Expect: 100-continue", "Content-Length: 1001"}))
              .status == 413);
}

TEST_CASE("server: what two readers could understand in two ways is refused") {
    ControlRig rig;
    const std::string second = request_text(rig, "DELETE /proxies/p");
    rig.add_proxy();
    const std::string host = "Host: " + rig.host() + "\r\n";
    const std::vector<std::string> heads{
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4\r\nContent-Length: 4",
        "Content-Length: +4",
        "Content-Length: 0x4",
        "Content-Length: -1",
        "Content-Length:",
        "Content-Length: 4, 5",
        "Content-Length: 4, 4",
        "Content-Length: 18446744073709551616",
        "Content-Length : 4",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "X: 1\r\n folded: 2",
        " : nothing",
        ": nothing",
        std::string{"X: a\0b", 6},
        "X: a\rY: b",
    };
    for (const std::string& head : heads) {
        INFO(head);
        const Reply reply = refusal_of(
            rig, "POST /reset HTTP/1.1\r\n" + host + head + "\r\n\r\n0\r\n\r\n" + second);
        CHECK(reply.status == 400);
        CHECK(has_proxy(rig, "p"));
    }
    CHECK(refusal_of(rig, "POST /reset HTTP/1.0\r\nConnection: keep-alive\r\n" + host +
                              "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second)
              .status == 400);
    for (const char* chunks :
         {"x\r\n", "-1\r\n", "10000000000000000\r\n", "1\r\nab\r\n0\r\n\r\n"}) {
        INFO(chunks);
        CHECK(refusal_of(rig,
                         request_text(rig, "POST /reset", {"Transfer-Encoding: chunked"}, chunks))
                  .status == 400);
    }
}

TEST_CASE("server: bytes that are no HTTP are 400, and nobody else notices") {
    ControlRig rig;
    const std::vector<std::string> garbage{
        "\r\n\r\nhello\r\n\r\n",
        std::string{"\0\0\0\0\r\n\r\n", 8},
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "G\xc3\xa4T / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };
    for (const std::string& bytes : garbage) {
        INFO(bytes);
        CHECK(refusal_of(rig, bytes).status == 400);
        CHECK(rig.ask("GET", "/healthz").status == 200);
    }
    rig.rig.until([&] { return rig.control.server().connections() == 0; });
}

TEST_CASE("server: a path that does not decode is 400") {
    ControlRig rig;
    for (const char* path :
         {"/proxies/%", "/proxies/%4", "/proxies/%zz", "/proxies/%00", "*", "/proxies/%ff"}) {
        INFO(path);
        CHECK(rig.ask("GET", path).status == 400);
    }
    CHECK(rig.ask("GET", "/%76ersion").status == 200);
    CHECK(rig.ask("GET", "/version?x=%").status == 200);
}

TEST_CASE("server: a head that is slow is dropped by its limit, however steadily it comes") {
    ControlRig rig{{.head_time = 30ms}};
    Peer silent = rig.connect();
    Peer slow = rig.connect();
    slow.send("GET /healthz HTTP/1.1\r\nX: ");
    Reply reply;
    rig.rig.until([&] {
        slow.send("x");
        slow.read();
        reply = take_reply(slow.received, slow.ended);
        return reply.status != 0 || slow.was_reset;
    });
    CHECK(reply.status == 408);
    CHECK(rig.receive(silent).status == 408);
    slow.close();
    silent.close();
    rig.rig.until([&] { return rig.control.server().connections() == 0; });
}

TEST_CASE("server: a body that is slow is dropped by its limit") {
    ControlRig rig{{.head_time = 1h, .body_time = 20ms}};
    CHECK(refusal_of(rig, request_text(rig, "POST /proxies", {"Content-Length: 9"}, "{")).status ==
          408);
}

TEST_CASE("server: a connection that asks nothing more is ended without a word") {
    ControlRig rig{{.idle_time = 20ms}};
    Peer peer = rig.connect();
    peer.send(request_text(rig, "GET /healthz"));
    CHECK(rig.receive(peer).status == 200);
    expect_end(rig, peer);
    CHECK(peer.received.empty());
}

TEST_CASE("server: who does not read its answers is dropped, and nobody waits for it") {
    ControlRig rig{{.write_time = 20ms}};
    for (int i = 0; i < 50; ++i)
        REQUIRE_FALSE(
            rig.control.proxies().create({.name = std::string(500, 'n') + std::to_string(i),
                                          .upstream = "127.0.0.1:9",
                                          .enabled = false}));
    Peer deaf = rig.connect();
    std::string many;
    for (int i = 0; i < 100; ++i) many += request_text(rig, "GET /proxies");
    rig.rig.until([&] {
        deaf.send(many);
        return deaf.was_reset || rig.control.server().connections() == 0;
    });
    CHECK(rig.ask("GET", "/healthz").status == 200);
}

TEST_CASE("server: too many connections are told so, and those that are there go on") {
    ControlRig rig{{.connections_max = 2}};
    std::vector<Peer> busy;
    for (int i = 0; i < 2; ++i) {
        busy.push_back(rig.connect());
        busy.back().send("GET /healthz HTTP/1.1\r\n");
    }
    rig.rig.settle();
    Peer third = rig.connect();
    CHECK(rig.receive(third).status == 503);
    expect_end(rig, third);
    CHECK(rig.control.server().refused() == 1);
    busy[0].send("Host: " + rig.host() + "\r\n\r\n");
    CHECK(rig.receive(busy[0]).status == 200);
}

TEST_CASE("server: a connection that asks nothing makes room for one that does") {
    ControlRig rig{{.connections_max = 2}};
    Peer first = rig.connect();
    first.send(request_text(rig, "GET /healthz"));
    CHECK(rig.receive(first).status == 200);
    Peer second = rig.connect();
    second.send(request_text(rig, "GET /healthz"));
    CHECK(rig.receive(second).status == 200);
    CHECK(rig.ask("GET", "/healthz").status == 200);
    expect_end(rig, first);
    second.send(request_text(rig, "GET /healthz"));
    CHECK(rig.receive(second).status == 200);
    CHECK(rig.control.server().refused() == 0);
}

TEST_CASE("server: a crowd of slow clients does not keep one from being answered for long") {
    ControlRig rig{{.connections_max = 8, .head_time = 50ms, .lingering_time = 10ms}};
    std::vector<Peer> crowd;
    for (int i = 0; i < 100; ++i) {
        crowd.push_back(rig.connect());
        crowd.back().send("GET / HTTP/1.1\r\n");
    }
    rig.rig.settle();
    CHECK(rig.control.server().connections() <= 8 + 16);
    Reply reply;
    rig.rig.until([&] {
        reply = rig.ask("GET", "/healthz");
        return reply.status == 200;
    });
}

TEST_CASE("server: events come as they happen, and end when the server stops") {
    ControlRig rig;
    Peer peer = rig.connect();
    peer.send(request_text(rig, "GET /v1/events"));
    rig.rig.until([&] {
        peer.read();
        return peer.received.find("\r\n\r\n: events") != std::string::npos;
    });
    CHECK(peer.received.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(peer.received.find("Content-Length") == std::string::npos);
    rig.add_proxy();
    rig.rig.until([&] {
        peer.read();
        return peer.received.find("id: 1\nevent: proxy.create\ndata: {\"proxy\":\"p\"}\n\n") !=
               std::string::npos;
    });
    rig.control.server().stop();
    expect_end(rig, peer);
}

TEST_CASE("server: who listens to events and does not read them is left") {
    ControlRig rig{{.unsent_max = 4096}};
    Peer peer = rig.connect();
    peer.send(request_text(rig, "GET /v1/events"));
    rig.rig.until([&] {
        peer.read();
        return !peer.received.empty();
    });
    rig.rig.until([&] {
        rig.control.server().publish(std::string(4000, 'e') + "\n\n");
        return rig.control.server().connections() == 0;
    });
    CHECK(rig.ask("GET", "/healthz").status == 200);
}

TEST_CASE("server: one that stops lets a request end, and takes no more") {
    ControlRig rig;
    Peer idle = rig.connect();
    idle.send(request_text(rig, "GET /healthz"));
    CHECK(rig.receive(idle).status == 200);
    Peer busy = rig.connect();
    busy.send("GET /healthz HTTP/1.1\r\n");
    rig.rig.settle();
    rig.control.server().stop();
    expect_end(rig, idle);
    CHECK_FALSE(proxy::try_connect(rig.control.server().address()));
    busy.send("Host: " + rig.host() + "\r\n\r\n");
    const Reply reply = rig.receive(busy);
    CHECK(reply.status == 200);
    CHECK(reply.field("Connection") == "close");
    expect_end(rig, busy);
}

TEST_CASE("server: what came from outside cannot begin a line of a head") {
    ControlRig rig;
    const Reply moved = rig.ask("GET", "//a%0d%0aSet-Cookie:%20x=y%5cb");
    CHECK(moved.status == 301);
    CHECK(moved.field("Location") == "/a%0D%0ASet-Cookie:%20x=y%5Cb");
    CHECK(moved.field("Set-Cookie").empty());
}

}  // namespace
}  // namespace shaketable::injector::control
