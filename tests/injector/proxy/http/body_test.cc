#include "injector/proxy/http/body.h"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

namespace shaketable::injector::proxy {
namespace {

struct Read {
    std::string data;
    std::size_t size = 0;  ///< bytes that belong to the body
    bool done = false, malformed = false;
};

/// Hands over `step` bytes at a time.
Read read(BodyReader reader, std::string_view bytes, std::size_t step) {
    Read result;
    while (!bytes.empty() && !reader.is_done() && !reader.is_malformed()) {
        std::string_view front = bytes.substr(0, step);
        for (auto piece = reader.next(front); piece.size > 0; piece = reader.next(front)) {
            if (piece.data) result.data += front.substr(0, piece.size);
            result.size += piece.size;
            front.remove_prefix(piece.size);
            if (reader.is_done() || reader.is_malformed()) break;
        }
        bytes.remove_prefix(std::min(step, bytes.size()));
    }
    result.done = reader.is_done();
    result.malformed = reader.is_malformed();
    return result;
}

BodyReader chunked() {
    return BodyReader{{BodyFrame::Kind::chunked, 0}};
}

TEST_CASE("body: chunks are data and frame, however they come") {
    const std::string body = "4\r\nwiki\r\n0a;x=\"y\"\r\n0123456789\r\n0\r\nA: b\r\nC:\r\n\r\n";
    for (std::size_t step = 1; step <= body.size() + 5; ++step) {
        const Read result = read(chunked(), body + "GET /", step);
        CHECK(result.done);
        CHECK(result.data == "wiki0123456789");
        CHECK(result.size == body.size());
    }
}

TEST_CASE("body: a length ends after its bytes, and none at once") {
    const Read result = read(BodyReader{{BodyFrame::Kind::length, 5}}, "helloGET /", 3);
    CHECK(result.done);
    CHECK(result.data == "hello");
    CHECK(result.size == 5);
    CHECK(BodyReader{}.is_done());
}

TEST_CASE("body: what ends with its connection has no end of its own") {
    BodyReader reader{{BodyFrame::Kind::to_end, 0}};
    CHECK(reader.next("abc").size == 3);
    CHECK_FALSE(reader.is_done());
    CHECK(reader.ends_with_connection());
}

TEST_CASE("body: no trailer frames or routes a message, and names that only look so may") {
    for (const char* name :
         {"Content-Length", "TRANSFER-ENCODING", "host", "Connection", "Upgrade"}) {
        INFO(name);
        const std::string trailer = std::string{name} + ": 1\r\n\r\n";
        CHECK(read(chunked(), "0\r\n" + trailer, 99).malformed);
        CHECK(read(chunked(), "0\r\nX: y\r\n" + trailer, 1).malformed);
        CHECK(read(chunked(), "0\r\nX-" + trailer, 99).done);
        CHECK(read(chunked(), "0\r\n" + std::string{name} + "s: 1\r\n\r\n", 1).done);
    }
    CHECK(read(chunked(), "0\r\n" + std::string(5'000, 'x') + ": 1\r\n\r\n", 99).done);
}

TEST_CASE("body: sizes, extensions and trailers have their limits") {
    CHECK(read(chunked(), "00000000000000a\r\n0123456789\r\n0\r\n\r\n", 99).done);
    CHECK(read(chunked(), "000000000000000a\r\n", 99).malformed);
    CHECK_FALSE(read(chunked(), "a;" + std::string(256, 'x') + "\r\n", 999).malformed);
    CHECK(read(chunked(), "a;" + std::string(257, 'x') + "\r\n", 999).malformed);
    std::string many;
    for (int i = 0; i < 100; ++i) many += "1;" + std::string(200, 'x') + "\r\na\r\n";
    CHECK(read(chunked(), many, 99'999).malformed);
    CHECK(read(chunked(), "0\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n", 99'999).malformed);
}

}  // namespace
}  // namespace shaketable::injector::proxy
