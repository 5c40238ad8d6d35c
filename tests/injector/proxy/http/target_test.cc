#include "injector/proxy/http/target.h"

#include <catch2/catch.hpp>

namespace shaketable::injector::proxy {
namespace {

TEST_CASE("target: a method is written in capitals") {
    for (const char* good : {"GET", "M-SEARCH", "MY_OWN", "X"}) CHECK(is_method(good));
    for (const char* bad : {"", "get", "Head", "GET2", "G.T", "G T", "G\tT", "GET:"})
        CHECK_FALSE(is_method(bad));
}

TEST_CASE("target: a host is one name or address, and a port or none") {
    for (const char* good : {"a", "a.example-1:8080", "a.b.", ".a", "a_b", "a:", "127.0.0.1:80",
                             "[::1]", "[::ffff:1.2.3.4]:80", "a%20b"})
        CHECK(is_host(good));
    for (const char* bad : {"",    ":80",    ".",       "a..b", "a,b", "a b",   "a/b",
                            "u@a", "a?b",    "a#b",     "a\\b", "a:b", "a:1:2", "[::1",
                            "[]",  "[::1]x", "[::1]:x", "[z!]", "::1", "\"a\"", "\xC3\xA4"})
        CHECK_FALSE(is_host(bad));
}

TEST_CASE("target: a path is any, without blanks and fragments") {
    for (const char* good : {"/", "/a?b=c", "//a", "/../%00", "/\"<>[]^`{|}\\"})
        CHECK(is_target(good, "GET", "a"));
    for (const char* bad :
         {"", "a", "?a", "*", "a:80", "/a#b", "/a b", "/\x7F", "/\xC3\xA4", "\\a"})
        CHECK_FALSE(is_target(bad, "GET", "a"));
}

TEST_CASE("target: the star is of OPTIONS alone") {
    CHECK(is_target("*", "OPTIONS", "a"));
    CHECK_FALSE(is_target("*", "GET", "a"));
    CHECK_FALSE(is_target("*x", "OPTIONS", "a"));
}

TEST_CASE("target: a whole address names the host that the request is for") {
    CHECK(is_target("http://a/x", "GET", "a"));
    CHECK(is_target("HTTPS://A:8080", "GET", "a:8080"));
    CHECK(is_target("http://a/x", "GET", std::nullopt));
    CHECK_FALSE(is_target("http://a/x", "GET", "b"));
    CHECK_FALSE(is_target("http://a:80/x", "GET", "a"));
    for (const char* bad : {"http://", "http:///x", "http:a", "http://u@a/", "http://a?b",
                            "ftp://a/", "ws://a/", "://a/"})
        CHECK_FALSE(is_target(bad, "GET", std::nullopt));
}

}  // namespace
}  // namespace shaketable::injector::proxy
