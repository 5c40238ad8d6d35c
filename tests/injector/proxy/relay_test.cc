// The tcp flavour without faults: what arrives is what was sent, however a connection ends.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "base/random.h"
#include "tests/injector/proxy/rig.h"
#include "tests/injector/runtime_folder.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::chrono_literals;

std::string noise(std::size_t size) {
    Random dice{RandomKey{size}};
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(dice.next());
    return text;
}

/// Sends all of `bytes` from one peer and reads them at the other, as room allows.
void carry(Rig& rig, Peer& from, Peer& to, std::string_view bytes) {
    std::size_t sent = 0;
    rig.until([&] {
        sent += from.send(bytes.substr(sent));
        to.read();
        return to.received.size() >= bytes.size();
    });
    CHECK((to.received == bytes));
    to.received.clear();
}

TEST_CASE("relay: bytes cross both ways unchanged, little ones and many") {
    Rig rig;
    auto [client, server] = rig.open(rig.add());
    for (const std::size_t size : {1U, 100U, 65'536U, 65'537U, 20'000'000U}) {
        INFO(size);
        carry(rig, client, server, noise(size));
        carry(rig, server, client, noise(size));
    }
}

TEST_CASE("relay: half of a connection can end and the other half goes on, either way round") {
    Rig rig;
    Proxy& proxy = rig.add();
    for (const bool client_first : {true, false}) {
        auto [client, server] = rig.open(proxy);
        Peer& first = client_first ? client : server;
        Peer& second = client_first ? server : client;
        first.send("last words");
        first.end();
        rig.until([&, &s = second] {
            s.read();
            return s.ended;
        });
        CHECK(second.received == "last words");
        second.send("still here");
        rig.expect(first, "still here");
        CHECK_FALSE(first.ended);
        second.end();
        rig.until([&, &f = first] {
            f.read();
            return f.ended;
        });
        CHECK_FALSE(first.was_reset);
        rig.until([&] { return proxy.meter().open == 0; });
    }
}

TEST_CASE("relay: a reset stays a reset, from either side") {
    Rig rig;
    Proxy& proxy = rig.add();
    for (const bool of_client : {true, false}) {
        auto [client, server] = rig.open(proxy);
        Peer& one = of_client ? client : server;
        Peer& other = of_client ? server : client;
        one.reset();
        rig.until([&, &o = other] {
            o.read();
            return o.was_reset || o.ended;
        });
        CHECK(other.was_reset);
        rig.until([&] { return proxy.meter().open == 0; });
    }
}

TEST_CASE("relay: a reset after half a close is noticed though nobody reads that side") {
    Rig rig;
    auto [client, server] = rig.open(rig.add());
    client.end();
    rig.until([&, &s = server] {
        s.read();
        return s.ended;
    });
    client.reset();
    server.ended = false;  // its end was read; what comes after is asked of writing
    rig.until([&, &s = server] {
        s.send("x");
        return s.was_reset;
    });
}

TEST_CASE(
    "relay: a reset in the middle of bulk data is one for the sender, and harms nobody else") {
    Rig rig;
    Proxy& proxy = rig.add();
    auto [client, server] = rig.open(proxy);
    const std::string block(1U << 20U, 'x');
    for (int i = 0; i < 20; ++i) {
        client.send(block);
        server.read();
        rig.run_for(1ms);
    }
    server.reset();
    rig.until([&, &c = client] {
        c.send(block);
        return c.was_reset;
    });
    auto [other, far] = rig.open(proxy);
    carry(rig, other, far, block);
}

TEST_CASE("relay: a reader that stops stops its sender, and nothing is lost") {
    Rig rig;
    Proxy& proxy = rig.add();
    auto [client, server] = rig.open(proxy);
    const std::string block(1U << 20U, 'x');
    std::size_t sent = 0, idle = 0;
    while (idle < 20) {  // until kernel and proxy are full
        const std::size_t n = client.send(block);
        idle = n == 0 ? idle + 1 : 0;
        sent += n;
        rig.run_for(2ms);
        REQUIRE(sent < (std::size_t{256} << 20U));
    }
    CHECK(rig.worker.commons().budget.held <= 2 * 65'536);
    rig.until([&, &s = server] {
        s.read();
        return s.received.size() == sent;
    });
}

TEST_CASE("relay: who cannot be reached upstream looks reset to the client") {
    Rig rig;
    Proxy& proxy = rig.add({.name = "p",
                            .listen = *Address::parse("127.0.0.1:0"),
                            .upstream = *Address::parse("127.0.0.1:1")});
    Peer client = rig.connect(proxy);
    rig.until([&] {
        client.read();
        return client.was_reset;
    });
    CHECK(proxy.meter().unreachable == 1);
}

TEST_CASE("relay: a slow dial keeps nobody else from being accepted") {
    Rig rig{{.dial_timeout = 300ms}};
    // A listener whose queue is full: the kernel drops what comes, and a dial hangs.
    const int full = *listen_at(*Address::parse("127.0.0.1:0"));
    ::listen(full, 0);
    const Peer queued{*connect_to(Address::of_socket(full), 0)};
    Proxy& slow = rig.add({.name = "slow",
                           .listen = *Address::parse("127.0.0.1:0"),
                           .upstream = Address::of_socket(full)});
    Proxy& quick = rig.add();
    std::vector<Peer> waiting;
    for (int i = 0; i < 5; ++i) waiting.push_back(rig.connect(slow));
    auto [client, server] = rig.open(quick);
    client.send("hello");
    rig.expect(server, "hello");
    rig.until([&] { return slow.meter().unreachable == 5; });
    for (Peer& peer : waiting)
        rig.until([&] {
            peer.read();
            return peer.was_reset;
        });
    ::close(full);
}

TEST_CASE("relay: listens and dials by IPv6 and by unix sockets too") {
    const RuntimeFolder folder;
    const std::string path = folder.path("relay.sock");
    Rig rig;
    for (const std::string& listen : {std::string{"[::1]:0"}, "unix:" + path}) {
        INFO(listen);
        const Result<Proxy*> outer = rig.worker.create(
            {.name = listen, .listen = *Address::parse(listen), .upstream = rig.upstream});
        if (!outer && listen.front() == '[') continue;  // a machine without IPv6
        REQUIRE(outer);
        // And a second one that dials it.
        Proxy& inner = rig.add({.name = "to " + listen,
                                .listen = *Address::parse("127.0.0.1:0"),
                                .upstream = (*outer)->address()});
        auto [client, server] = rig.open(inner);
        client.send("ping");
        rig.expect(server, "ping");
        server.send("pong");
        rig.expect(client, "pong");
    }
    REQUIRE_FALSE(rig.worker.remove("unix:" + path));
    CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("relay: what a worker cannot hold waits until one ends") {
    Rig rig{{.connections_max = 2}};
    Proxy& proxy = rig.add();
    auto [one, first] = rig.open(proxy);
    auto [two, second] = rig.open(proxy);
    Peer third = rig.connect(proxy);
    third.send("me too");
    rig.run_for(100ms);
    CHECK(proxy.meter().connections == 2);
    one.close();
    first.close();
    Peer served = rig.accept();
    rig.expect(served, "me too");
}

TEST_CASE("relay: counts calls by their turns") {
    Rig rig;
    Proxy& proxy = rig.add();
    auto [client, server] = rig.open(proxy);
    for (int i = 0; i < 3; ++i) {
        client.send("ask");
        rig.expect(server, "ask");
        client.send("ing");
        rig.expect(server, "ing");
        server.send("answer");
        rig.expect(client, "answer");
    }
    CHECK(proxy.meter().calls == 3);
    CHECK(proxy.meter().settled[0] == 3);
    CHECK(proxy.meter().latency.count() == 3);
    CHECK(proxy.meter().bytes[0] == 18);
    CHECK(proxy.meter().bytes[1] == 18);
    CHECK(proxy.meter().open == 1);
}

}  // namespace
}  // namespace shaketable::injector::proxy
