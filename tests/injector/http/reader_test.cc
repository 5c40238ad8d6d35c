#include "injector/http/reader.h"

#include <catch2/catch.hpp>

namespace shaketable::injector {
namespace {

const std::string whole_request =
    "POST /pay?x=1 HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nX-Shaketable-Edge: 12\r\n"
    "x-shaketable-deadline: 77\r\nx-shaketable-arrives: 66\r\n\r\nhello";

RequestReader fresh() {
    RequestReader reader;
    reader.restart();
    return reader;
}

Progress progress_of(std::string_view text) {
    RequestReader reader = fresh();
    return reader.feed(text);
}

TEST_CASE("reader: a request says its method, its path and whose call it is") {
    RequestReader reader = fresh();
    REQUIRE(reader.feed(whole_request) == Progress::done);
    CHECK(reader.message().method() == "POST");
    CHECK(reader.message().path() == "/pay");
    CHECK(reader.message().keep_alive());
    CHECK(reader.message().call().edge_state == 12U);
    CHECK(reader.message().call().deadline == Time{Duration{77}});
    CHECK(reader.message().call().arrives == Time{Duration{66}});
    CHECK(reader.message().call().patience == never);
}

TEST_CASE("reader: a request may come in any two pieces") {
    for (std::size_t cut = 1; cut < whole_request.size(); ++cut) {
        RequestReader reader = fresh();
        CHECK(reader.feed(std::string_view{whole_request}.substr(0, cut)) == Progress::more);
        CHECK(reader.feed(std::string_view{whole_request}.substr(cut)) == Progress::done);
        CHECK(reader.message().path() == "/pay");
        CHECK_FALSE(reader.has_kept());
    }
}

TEST_CASE("reader: requests that come together are read one after the other") {
    RequestReader reader = fresh();
    REQUIRE(reader.feed(whole_request + "GET /b HTTP/1.1\r\nhost: a\r\n\r\nGET /c") ==
            Progress::done);
    CHECK(reader.has_kept());
    reader.restart();
    REQUIRE(reader.feed({}) == Progress::done);
    CHECK(reader.message().path() == "/b");
    CHECK_FALSE(reader.message().call().edge_state.has_value());
    reader.restart();
    CHECK(reader.feed({}) == Progress::more);
    CHECK(reader.feed(" HTTP/1.1\r\n\r\n") == Progress::done);
    CHECK(reader.message().path() == "/c");
}

TEST_CASE("reader: what can be read in two ways is refused") {
    CHECK(progress_of("GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n") ==
          Progress::bad);
    CHECK(
        progress_of("POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n") ==
        Progress::bad);
    CHECK(progress_of("GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n") == Progress::bad);
    CHECK(progress_of("GET / HTTP/1.1\r\nna me: x\r\n\r\n") == Progress::bad);
    CHECK(progress_of("nonsense\r\n\r\n") == Progress::bad);
}

TEST_CASE("reader: a head beyond 16 KiB and a body beyond 64 MiB are refused") {
    CHECK(progress_of("GET / HTTP/1.1\r\nx: " + std::string(head_max, 'a') + "\r\n\r\n") ==
          Progress::bad);
    CHECK(progress_of("POST / HTTP/1.1\r\ncontent-length: " + std::to_string(body_max + 1) +
                      "\r\n\r\n") == Progress::bad);
}

TEST_CASE("reader: an answer says its status, its outcome and when it left") {
    ResponseReader reader;
    reader.restart();
    REQUIRE(reader.feed("HTTP/1.1 503 X\r\ncontent-length: 2\r\nx-shaketable-outcome: shed\r\n"
                        "x-shaketable-left: 5\r\n\r\nab") == Progress::done);
    CHECK(reader.message().status() == 503);
    CHECK(reader.message().outcome() == Outcome::shed);
    CHECK(reader.message().left() == Time{Duration{5}});
}

TEST_CASE("reader: a status of gRPC is an error in an answer that looks well") {
    for (const auto& [field, status] : {std::pair{"grpc-status: 14\r\n", 14},
                                        {"", 200},
                                        {"grpc-status: 0\r\n", 200},
                                        {"grpc-status: x\r\n", 2}}) {
        ResponseReader reader;
        reader.restart();
        REQUIRE(reader.feed(std::string{"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n"} + field +
                            "\r\n") == Progress::done);
        CHECK(reader.message().status() == status);
        CHECK(reader.message().is_error() == (status != 200));
        CHECK_FALSE(reader.message().is_interim());
    }
    std::string text;
    append_response(text, {.status = 14, .outcome = Outcome::error}, 0);
    ResponseReader reader;
    reader.restart();
    REQUIRE(reader.feed(text) == Progress::done);
    CHECK(reader.message().status() == 14);
}

TEST_CASE("reader: chunked answers, and those that end with their connection, are read") {
    ResponseReader chunked;
    chunked.restart();
    REQUIRE(chunked.feed("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
                         "\r\n") == Progress::done);
    ResponseReader open;
    open.restart();
    REQUIRE(open.feed("HTTP/1.1 200 OK\r\n\r\nabc") == Progress::more);
    CHECK(open.feed_end() == Progress::done);
    ResponseReader cut;
    cut.restart();
    REQUIRE(cut.feed("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc") == Progress::more);
    CHECK(cut.feed_end() == Progress::bad);
    ResponseReader nothing;
    nothing.restart();
    CHECK(nothing.feed_end() == Progress::bad);
}

TEST_CASE("reader: an answer to HEAD has no body, whatever its length says") {
    ResponseReader reader;
    reader.restart();
    reader.expect_no_body();
    CHECK(reader.feed("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n") == Progress::done);
}

TEST_CASE("message: what is written is what is read") {
    const CallHead call{.edge_state = 3,
                        .deadline = Time{Duration{4}},
                        .patience = Time{Duration{5}},
                        .arrives = Time{Duration{6}},
                        .trace = TraceContext{1, 2, 3, 1}};
    std::string text;
    append_request(text, "GET /x HTTP/1.1\r\nhost: a\r\n", call, 0);
    RequestReader reader = fresh();
    REQUIRE(reader.feed(text) == Progress::done);
    const CallHead& read = reader.message().call();
    CHECK(read.edge_state == call.edge_state);
    CHECK(read.deadline == call.deadline);
    CHECK(read.patience == call.patience);
    CHECK(read.arrives == call.arrives);
    CHECK(read.trace == call.trace);
    for (const auto& [name, outcome] : enum_names(Outcome{})) {
        text.clear();
        append_response(text, {.status = 504, .outcome = outcome, .keep_alive = false}, 0);
        ResponseReader response;
        response.restart();
        REQUIRE(response.feed(text) == Progress::done);
        CHECK_FALSE(response.message().keep_alive());
        CHECK(response.message().outcome() ==
              (is_success(outcome) ? std::nullopt : std::optional{outcome}));
    }
}

}  // namespace
}  // namespace shaketable::injector
