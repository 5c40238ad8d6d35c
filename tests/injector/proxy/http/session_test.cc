// The http flavour without faults: messages go on byte for byte, whatever their shape.
#include <string>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string get_text = "GET /a?b HTTP/1.1\r\nHost: x\r\nUser-Agent:  odd  spacing\r\n\r\n";
const std::string ok_text = "HTTP/1.1 200 Fine\r\ncontent-LENGTH: 2\r\n\r\nhi";

struct Talk {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    Peer client = rig.connect(proxy);
    Peer server{-1};

    explicit Talk(const std::string& first) {
        client.send(first);
        server = rig.accept();
    }
    void ends(Peer& peer) {
        rig.until([&] {
            peer.read();
            return peer.ended || peer.was_reset;
        });
    }
};

TEST_CASE("session: requests and answers cross unchanged, one after the other") {
    Talk t{get_text};
    for (int i = 0; i < 3; ++i) {
        t.rig.expect(t.server, get_text);
        t.server.send(ok_text);
        t.rig.expect(t.client, ok_text);
        t.client.send(get_text);
    }
    t.rig.expect(t.server, get_text);
    CHECK(t.proxy.meter().connections == 1);
    CHECK(t.proxy.meter().calls == 4);
    CHECK(t.proxy.meter().settled[0] == 3);
}

TEST_CASE("session: bytes may come one by one") {
    const std::string request =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "4;ext=1\r\nwiki\r\n0\r\nTrailer: yes\r\n\r\n";
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    Peer client = rig.connect(proxy);
    std::optional<Peer> server;
    for (const char c : request) {
        client.send({&c, 1});
        rig.settle();
    }
    server = rig.accept();
    rig.expect(*server, request);
    for (const char c : ok_text) {
        server->send({&c, 1});
        rig.settle();
    }
    rig.expect(client, ok_text);
    CHECK(proxy.meter().settled[0] == 1);
}

TEST_CASE("session: pipelined requests are answered in their order") {
    Talk t{get_text + get_text + get_text};
    t.rig.expect(t.server, get_text + get_text + get_text);
    t.server.send(ok_text + "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
    t.rig.expect(t.client, ok_text + "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
    t.server.send(ok_text);
    t.rig.expect(t.client, ok_text);
    CHECK(t.proxy.meter().settled[0] == 2);
    CHECK(t.proxy.meter().settled[static_cast<std::size_t>(Outcome::error)] == 1);
}

TEST_CASE("session: more pipelined requests than it remembers wait for the first ones") {
    std::string asked, answered;
    for (int i = 0; i < 16; ++i) asked += get_text;
    for (int i = 0; i < 16; ++i) answered += ok_text;
    Talk t{asked + asked};
    t.rig.settle();
    t.rig.expect(t.server, asked);
    t.server.send(answered);
    t.rig.expect(t.client, answered);
    t.rig.expect(t.server, asked);
}

TEST_CASE("session: large bodies pass, by length and in chunks, and memory stays small") {
    const std::string body(5'000'000, 'b');
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n";
    Rig rig;
    Peer client = rig.connect(rig.add(Flavour::http));
    const std::string request = head + body;
    std::size_t sent = client.send(request);
    Peer server = rig.accept();
    rig.until([&] {
        sent += client.send(std::string_view{request}.substr(sent));
        server.read();
        return server.received.size() == request.size();
    });
    CHECK((server.received == request));
    std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 50; ++i) answer += "186a0\r\n" + std::string(100'000, 'c') + "\r\n";
    answer += "0\r\n\r\n";
    sent = 0;
    rig.until([&] {
        sent += server.send(std::string_view{answer}.substr(sent));
        client.read();
        return client.received.size() == answer.size();
    });
    CHECK((client.received == answer));
    client.received.clear();
    client.send(get_text);
    server.received.clear();
    rig.expect(server, get_text);
}

TEST_CASE("session: a body can wait for a 100, and the answer may come instead") {
    const std::string head =
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    Talk t{head};
    t.rig.expect(t.server, head);
    t.server.send("HTTP/1.1 100 Continue\r\n\r\n");
    t.rig.expect(t.client, "HTTP/1.1 100 Continue\r\n\r\n");
    t.client.send("body");
    t.rig.expect(t.server, "body");
    t.server.send("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + ok_text);
    t.rig.expect(t.client, "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + ok_text);
    t.client.send(head);
    t.rig.expect(t.server, head);
    t.server.send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
    t.rig.expect(t.client, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("session: an upgrade that is agreed makes it a relay, each way with its own end") {
    const std::string ask =
        "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: w\r\n\r\n";
    const std::string agree =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: w\r\n\r\n";
    Talk t{ask};
    t.rig.expect(t.server, ask);
    t.server.send(agree + "first frame");
    t.rig.expect(t.client, agree + "first frame");
    t.client.send("not HTTP at all \r\n\n");
    t.rig.expect(t.server, "not HTTP at all \r\n\n");
    t.client.end();
    t.ends(t.server);
    t.server.send("still");
    t.rig.expect(t.client, "still");
    t.server.end();
    t.ends(t.client);
    t.rig.until([&] { return t.proxy.meter().open == 0; });
}

TEST_CASE("session: an upgrade that is declined leaves it as it was") {
    const std::string ask =
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";
    Talk t{ask};
    t.rig.expect(t.server, ask);
    t.server.send(ok_text);
    t.rig.expect(t.client, ok_text);
    t.client.send(get_text);
    t.rig.expect(t.server, get_text);
}

TEST_CASE("session: answers without a body are known by their request and status") {
    const std::string head = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";
    Talk t{head + get_text + get_text + get_text};
    t.rig.expect(t.server, head + get_text + get_text + get_text);
    const std::string answers =
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
        "HTTP/1.1 204 No Content\r\n\r\n"
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" +
        ok_text;
    t.server.send(answers);
    t.rig.expect(t.client, answers);
    CHECK(t.proxy.meter().settled[0] == 4);
}

TEST_CASE("session: an answer can end with its connection") {
    Talk t{get_text};
    t.rig.expect(t.server, get_text);
    t.server.send("HTTP/1.0 200 OK\r\n\r\nall there is");
    t.server.end();
    t.ends(t.client);
    CHECK(t.client.received == "HTTP/1.0 200 OK\r\n\r\nall there is");
    CHECK_FALSE(t.client.was_reset);
    t.client.close();
    t.rig.until([&] { return t.proxy.meter().open == 0; });
    CHECK(t.proxy.meter().settled[0] == 1);
}

TEST_CASE("session: a client that gives up is noticed upstream, and counts as a timeout") {
    Talk t{get_text};
    t.rig.expect(t.server, get_text);
    t.client.close();
    t.ends(t.server);
    t.server.close();
    t.rig.until([&] { return t.proxy.meter().open == 0; });
    CHECK(t.proxy.meter().settled[static_cast<std::size_t>(Outcome::timeout)] == 1);
}

TEST_CASE("session: an upstream that resets resets its client") {
    Talk t{get_text};
    t.rig.expect(t.server, get_text);
    t.server.reset();
    t.ends(t.client);
    CHECK(t.client.was_reset);
    CHECK(t.proxy.meter().settled[static_cast<std::size_t>(Outcome::unreachable)] == 1);
}

TEST_CASE("session: a request that closes its connection is the last one") {
    for (const std::string& last :
         {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"s, "GET / HTTP/1.0\r\n\r\n"s}) {
        INFO(last);
        Talk t{last + get_text};
        t.rig.expect(t.server, last);
        t.client.send(get_text);
        t.server.send(ok_text);
        t.server.end();
        t.ends(t.client);
        CHECK(t.client.received == ok_text);
        CHECK_FALSE(t.client.was_reset);
        t.client.end();
        t.ends(t.server);
        CHECK(t.server.received.empty());
        CHECK(t.proxy.meter().calls == 1);
        CHECK(t.proxy.meter().settled[0] == 1);
    }
}

TEST_CASE("session: a large answer to a request that closes its connection comes whole") {
    const std::string ask = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'a');
    Talk t{ask};
    t.rig.expect(t.server, ask);
    t.client.end();
    std::size_t sent = 0;
    t.rig.until([&] {
        sent += t.server.send(std::string_view{answer}.substr(sent));
        return sent == answer.size();
    });
    t.server.end();
    t.ends(t.client);
    CHECK((t.client.received == answer));
}

TEST_CASE("session: an answer that closes its connection is the last one") {
    const std::string last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    Talk t{get_text + get_text};
    t.rig.expect(t.server, get_text + get_text);
    t.server.send(last);
    t.rig.expect(t.client, last);
    t.server.send(ok_text);
    t.ends(t.client);
    CHECK(t.client.was_reset);
    CHECK(t.client.received.empty());
    CHECK(t.proxy.meter().settled[static_cast<std::size_t>(Outcome::unreachable)] == 1);
}

TEST_CASE("session: empty lines before a request are not sent on") {
    Talk t{"\r\n\r\n" + get_text + "\r\n" + get_text};
    t.rig.expect(t.server, get_text + get_text);
}

TEST_CASE("session: who waits for an upgrade goes when its answer is malformed") {
    const std::string ask =
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: w\r\n\r\n";
    Talk t{ask};
    t.rig.expect(t.server, ask);
    t.server.send("HTTP/1.1 101 Switching Protocols\r\nContent-Length: 5\r\n\r\nhello");
    t.ends(t.client);
    CHECK(t.client.received.starts_with("HTTP/1.1 502 "));
    const auto start = t.rig.worker.commons().clock.now();
    t.client.end();
    t.rig.until([&] { return t.proxy.meter().open == 0; });
    CHECK(t.rig.worker.commons().clock.now() - start < 1s);
}

TEST_CASE("session: our own headers stop where the upstream is none of ours") {
    const std::string request =
        "GET / HTTP/1.1\r\nx-shaketable-edge: 0\r\nHost: x\r\nX-Shaketable-Arrives: 5\r\n\r\n";
    Talk t{request};
    t.rig.expect(t.server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    Proxy& ours = t.rig.add({.name = "ours",
                             .flavour = Flavour::http,
                             .listen = *Address::parse("127.0.0.1:0"),
                             .hide_own = false});
    Peer client = t.rig.connect(ours);
    client.send(request);
    Peer server = t.rig.accept();
    t.rig.expect(server, request);
}

TEST_CASE("session: an answer that nobody asked for ends the connection") {
    Talk t{get_text};
    t.rig.expect(t.server, get_text);
    t.server.send(ok_text + ok_text);
    t.ends(t.client);
    CHECK(t.client.received == ok_text);
    CHECK(t.client.was_reset);
}

}  // namespace
}  // namespace shaketable::injector::proxy
