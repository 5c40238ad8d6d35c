// Requests that two readers could understand in two ways: answered with 400, and never sent on.
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::string_literals;

std::string post(const std::string& headers, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

const std::vector<std::string>& corpus() {
    static const std::vector<std::string> payloads{
        // Two lengths
        post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
        post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"),
        post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        post("Content-Length: 3, 3\r\n", "abc"),
        post("content-length: 3\r\nCONTENT-LENGTH: 0\r\n", "abc"),
        // Lengths that are none
        post("Content-Length:\r\n"),
        post("Content-Length: \r\n"),
        post("Content-Length: +3\r\n", "abc"),
        post("Content-Length: -3\r\n", "abc"),
        post("Content-Length: 0x3\r\n", "abc"),
        post("Content-Length: 3 3\r\n", "abc"),
        post("Content-Length: 3;\r\n", "abc"),
        post("Content-Length: 99999999999999999999\r\n"),
        post("Content-Length: 18446744073709551619\r\n", "abc"),
        // Transfer codings
        post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: identity\r\n"),
        post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding:\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"),
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // Lines
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\nContent-Length: 5\r\n\r\nhello",
        "GET / HTTP/1.1\r\nHost: a\r\n\nX: b\r\n\r\n",
        post("X: a\rb\r\n"),
        post("X: a\r\r\n"),
        post("X: a\r\n folded\r\n"),
        post("X: a\r\n\tfolded\r\n"),
        post("Transfer-Encoding: chun\r\n ked\r\n", "0\r\n\r\n"),
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        post("X: a\0b\r\n"s),
        post("X\0: a\r\n"s),
        post("X: \x7F\r\n"),
        post("X: \x01\r\n"),
        // Names
        post(": empty\r\n"),
        post(" : blank\r\n"),
        post("No colon\r\n"),
        post("X Y: z\r\n"),
        post("X(: z\r\n"),
        post("X\xE4: z\r\n"),
        post("Content-Length\xA0: 3\r\n", "abc"),
        // Start lines
        "GET /\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\xC3\xA4 HTTP/1.1\r\nHost: a\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\n",
        // Hosts
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
        // Chunks
        chunked("g\r\n\r\n"),
        chunked("\r\n0\r\n\r\n"),
        chunked("-1\r\n\r\n"),
        chunked("0x1\r\na\r\n0\r\n\r\n"),
        chunked("1 \r\na\r\n0\r\n\r\n"),
        chunked(" 1\r\na\r\n0\r\n\r\n"),
        chunked("1\na\r\n0\r\n\r\n"),
        chunked("1\r\na\n0\r\n\r\n"),
        chunked("1\r\nab\r\n0\r\n\r\n"),
        chunked("1\r\na0\r\n\r\n"),
        chunked("10000000000000000\r\na\r\n0\r\n\r\n"),
        chunked("ffffffffffffffff\r\na\r\n0\r\n\r\n"),
        chunked("1;" + std::string(300, 'x') + "\r\na\r\n0\r\n\r\n"),
        chunked("1;a\nb\r\na\r\n0\r\n\r\n"),
        chunked("1;a\rb\r\na\r\n0\r\n\r\n"),
        chunked("0\r\nX: a\nY: b\r\n\r\n"),
        chunked("0\r\n: a\r\n\r\n"),
        chunked("0\r\nX : a\r\n\r\n"),
        chunked("0\r\nX: a\r\n folded\r\n\r\n"),
        chunked("0\r\n\n"),
        chunked("0\r\n\rGET"),
    };
    return payloads;
}

TEST_CASE("smuggling: what leaves room for doubt is answered with 400, and nobody else sees it") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    std::uint64_t malformed = 0;
    for (const std::string& payload : corpus()) {
        INFO(Catch::Detail::stringify(malformed) << ": " << payload);
        Peer client = rig.connect(proxy);
        client.send(payload);
        rig.until([&] {
            client.read();
            return client.ended || client.was_reset;
        });
        CHECK(client.received.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        CHECK(client.received.find("connection: close\r\n") != std::string::npos);
        CHECK(proxy.meter().malformed == ++malformed);
    }
    CHECK(proxy.meter().bytes[0] == 0);
    CHECK(corpus().size() > 80);
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
