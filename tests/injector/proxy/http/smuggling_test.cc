// What becomes of connections whose messages are malformed. tests/injector/smuggling has the table
// of what is.
#include <string>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::proxy {
namespace {

std::string post(const std::string& headers, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

TEST_CASE("smuggling: what follows a request that was refused is not read as another one") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    Peer client = rig.connect(proxy);
    client.send(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") +
                "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n");
    rig.until([&] {
        client.read();
        return client.ended;
    });
    CHECK(client.received.find("HTTP/1.1", 1) == std::string::npos);
    CHECK(proxy.meter().calls == 0);
}

TEST_CASE("smuggling: headers of more than 16 KiB are answered with 431") {
    Rig rig;
    Peer client = rig.connect(rig.add(Flavour::http));
    client.send(post("X: " + std::string(17'000, 'x') + "\r\n"));
    rig.until([&] {
        client.read();
        return client.ended;
    });
    CHECK(client.received.starts_with("HTTP/1.1 431 "));
}

TEST_CASE("smuggling: a chunk that turns bad in the middle ends both connections") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    Peer client = rig.connect(proxy);
    client.send(chunked("5\r\nhello\r\n"));
    Peer server = rig.accept();
    rig.expect(server, chunked("5\r\nhello\r\n"));
    client.send("zz\r\n");
    rig.until([&] {
        client.read();
        server.read();
        return client.was_reset && server.was_reset;
    });
    CHECK(server.received.empty());
}

TEST_CASE("smuggling: an answer that is malformed becomes a 502") {
    for (const char* answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 2x0 OK\r\n\r\n",
          "HTTP/1.1 200OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "nonsense\r\n\r\n",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"}) {
        INFO(answer);
        Rig rig;
        Peer client = rig.connect(rig.add(Flavour::http));
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Peer server = rig.accept();
        server.send(answer);
        rig.until([&] {
            client.read();
            return client.ended;
        });
        CHECK(client.received.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    }
}

}  // namespace
}  // namespace shaketable::injector::proxy
