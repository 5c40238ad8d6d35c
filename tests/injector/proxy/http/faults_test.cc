// Faults of single requests over HTTP.
#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::chrono_literals;
using namespace faults;

const std::string get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

struct FaultBed {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    Peer client = rig.connect(proxy);
    std::optional<Peer> server;

    /// The status line of the answer, where the upstream answers `answer` to what reaches it.
    std::string ask(const std::string& request, const std::string& answer = ok) {
        client.received.clear();
        client.send(request);
        int error = 0;
        rig.until([&] {
            if (!server)
                if (const auto descriptor = accept_from(rig.listener(), error))
                    server.emplace(*descriptor);
            if (server) server->read();
            if (server && server->received.find("\r\n\r\n") != std::string::npos) {
                seen = std::exchange(server->received, {});
                server->send(answer);
            }
            client.read();
            return client.received.find("\r\n\r\n") != std::string::npos || client.ended ||
                   client.was_reset;
        });
        return client.received.substr(0, client.received.find("\r\n"));
    }
    void wait_for(std::string_view received) {
        rig.until([&] {
            client.read();
            return client.received.size() >= received.size() || client.ended || client.was_reset;
        });
        CHECK(client.received == received);
    }
    void wait_for_reset() {
        rig.until([&] {
            client.read();
            return client.was_reset;
        });
        CHECK(client.received.empty());
    }
    std::string seen;  ///< by the upstream
};

TEST_CASE("error: answers in its turn, on a connection that lives on") {
    FaultBed bed;
    bed.rig.put(
        Error{.status = {503},
              .match = Match{.method = "POST", .path = "/orders/*", .header = "X-User: bot"}});
    CHECK(bed.ask(get) == "HTTP/1.1 200 OK");
    CHECK(bed.ask(
              "POST /orders/1?x HTTP/1.1\r\nHost: x\r\nX-User: me\r\nContent-Length: 0\r\n\r\n") ==
          "HTTP/1.1 200 OK");
    CHECK(bed.ask("POST /orders/1?x HTTP/1.1\r\nHost: x\r\nx-user:bot\r\nContent-Length: "
                  "4\r\n\r\nbody") == "HTTP/1.1 503 Service Unavailable");
    CHECK(bed.ask(get) == "HTTP/1.1 200 OK");
    CHECK(bed.seen == get);  // nothing of the body was sent on
    CHECK(bed.proxy.meter().settled[static_cast<std::size_t>(Outcome::error)] == 1);
}

TEST_CASE("error: a sequence is exact, over all connections") {
    FaultBed bed;
    bed.rig.put(Error{.sequence = Sequence{Sequence::Which::every, 3}});
    std::string pattern;
    for (int i = 0; i < 9; ++i) {
        if (i == 4) {
            bed.client = bed.rig.connect(bed.proxy);
            bed.server.reset();
        }
        pattern += bed.ask(get) == "HTTP/1.1 200 OK" ? '.' : 'x';
    }
    CHECK(pattern == "..x..x..x");
}

TEST_CASE("error: pipelined behind a slow answer it waits for its turn") {
    FaultBed bed;
    bed.rig.put(Error{.match = Match{.path = "/b"}});
    bed.client.send(get + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    Peer server = bed.rig.accept();
    bed.rig.expect(server, get + get);
    bed.client.read();
    CHECK(bed.client.received.empty());
    server.send(ok + ok);
    bed.rig.until([&] {
        bed.client.read();
        return bed.client.received.ends_with(ok) && bed.client.received.size() > 2 * ok.size();
    });
    CHECK(bed.client.received.starts_with(ok + "HTTP/1.1 503 "));
}

TEST_CASE("error: a status of gRPC is a success of HTTP with its trailer") {
    FaultBed bed;
    bed.rig.put(Error{.status = {14}});
    CHECK(bed.ask(get) == "HTTP/1.1 200 OK");
    CHECK(bed.client.received.find("grpc-status: 14\r\n") != std::string::npos);
}

TEST_CASE("latency: holds each request by itself, and pipelined ones together") {
    FaultBed bed;
    bed.rig.put(Latency{.delay = Duration{60ms}, .direction = Direction::both});
    auto start = std::chrono::steady_clock::now();
    CHECK(bed.ask(get) == "HTTP/1.1 200 OK");
    CHECK(std::chrono::steady_clock::now() - start >= 115ms);
    start = std::chrono::steady_clock::now();
    bed.client.send(get + get + get);
    bed.rig.expect(*bed.server, get + get + get);
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(took >= 58ms);
    CHECK(took < 170ms);  // and not three times 60 ms
}

TEST_CASE("blackhole: a request is swallowed, those before it are answered") {
    FaultBed bed;
    bed.rig.put({.id = "f", .kind = Error{.match = Match{.path = "/none"}}});
    CHECK(bed.ask(get) == "HTTP/1.1 200 OK");
    bed.rig.put({.id = "hole", .kind = Blackhole{.existing = true}});
    bed.client.received.clear();
    bed.client.send(get);
    bed.rig.run_for(40ms);
    bed.client.read();
    bed.server->read();
    CHECK(bed.client.received.empty());
    CHECK(bed.server->received.empty());
    bed.rig.remove("hole");
    bed.wait_for_reset();
}

TEST_CASE("blackhole: an answer that is in flight when it begins is lost") {
    FaultBed bed;
    bed.client.send(get);
    Peer server = bed.rig.accept();
    bed.rig.expect(server, get);
    bed.rig.put(Blackhole{.close_after = 50ms});
    server.send(ok);
    bed.wait_for_reset();
}

TEST_CASE("reset: a request that is hit resets its connection") {
    FaultBed bed;
    (void)bed.ask(get);
    bed.rig.put(Reset{.existing = false});
    CHECK(bed.ask(get) == "HTTP/1.1 200 OK");  // on a connection from before
    bed.client = bed.rig.connect(bed.proxy);
    CHECK(bed.ask(get).empty());
    CHECK(bed.client.was_reset);
}

TEST_CASE("tamper: headers are set and removed, in requests and in answers") {
    FaultBed bed;
    bed.rig.put({.id = "set", .kind = Tamper{.header = "X-Cache", .value = "stale"}});
    bed.rig.put({.id = "cut", .kind = Tamper{.header = "host", .direction = Direction::request}});
    bed.rig.put(
        {.id = "agent",
         .kind = Tamper{.header = "User-Agent", .value = "odd", .direction = Direction::request}});
    (void)bed.ask("GET /a HTTP/1.1\r\nHost: x\r\nuser-agent: old\r\nA: b\r\n\r\n",
                  "HTTP/1.1 200 OK\r\nx-cache: hit\r\nX-Cache: twice\r\nContent-Length: 0\r\n\r\n");
    CHECK(bed.seen == "GET /a HTTP/1.1\r\nA: b\r\nUser-Agent: odd\r\n\r\n");
    CHECK(bed.client.received == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Cache: stale\r\n\r\n");
}

TEST_CASE("tamper: another body has another length, whatever framed the old one") {
    FaultBed bed;
    bed.rig.put(Tamper{.body = "{}", .direction = Direction::response});
    (void)bed.ask(get,
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    bed.wait_for("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    (void)bed.ask(get, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    bed.wait_for("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
}

TEST_CASE("corrupt: breaks a body and not the connection") {
    FaultBed bed;
    bed.rig.put(Corrupt{});
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n";
    for (int i = 0; i < 3; ++i) {
        (void)bed.ask(get, head + "aaaa\r\n0\r\n\r\n");
        bed.rig.until([&] {
            bed.client.read();
            return bed.client.received.size() == head.size() + 11;
        });
        CHECK(bed.client.received.starts_with(head));
        CHECK(bed.client.received.ends_with("\r\n0\r\n\r\n"));
        CHECK(bed.client.received.find("aaaa") == std::string::npos);
    }
}

TEST_CASE("limit_data: an answer breaks off after so many bytes of its body") {
    FaultBed bed;
    bed.rig.put(LimitData{.bytes = {3}});
    (void)bed.ask(get);  // two bytes pass
    (void)bed.ask(get, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    bed.rig.until([&] {
        bed.client.read();
        return bed.client.ended || bed.client.was_reset;
    });
    CHECK(bed.client.ended);
    CHECK(bed.client.received.ends_with("\r\n\r\nhel"));
}

TEST_CASE("throttle_response: a body trickles") {
    FaultBed bed;
    bed.rig.put(ThrottleResponse{.rate = {10'000}});
    const auto start = std::chrono::steady_clock::now();
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x');
    (void)bed.ask(get, answer);
    bed.wait_for(answer);
    CHECK(std::chrono::steady_clock::now() - start >= 95ms);
}

TEST_CASE("refuse: closes the listener, and a share of requests is reset") {
    FaultBed bed;
    bed.rig.put(Refuse{.of = Of::request});
    CHECK_FALSE(try_connect(bed.proxy.address()));
    CHECK(bed.ask(get).empty());
    CHECK(bed.client.was_reset);
}

}  // namespace
}  // namespace shaketable::injector::proxy
