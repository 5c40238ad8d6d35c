#include "faults/kinds/header.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

constexpr std::string_view lines = "Host: a\r\nX-User:  bot \r\nx-user: me\r\nX-Users: all\r\n";

TEST_CASE("header: a name alone fits any value, without case") {
    CHECK(has_header(lines, "x-USER"));
    CHECK_FALSE(has_header(lines, "x-use"));
    CHECK_FALSE(has_header("", "x-user"));
}

TEST_CASE("header: a value must be equal, blanks around it apart, in any line of the name") {
    CHECK(has_header(lines, "X-User: bot"));
    CHECK(has_header(lines, "X-User:me"));
    CHECK_FALSE(has_header(lines, "X-User: Bot"));
    CHECK_FALSE(has_header(lines, "X-User: all"));
}

TEST_CASE("header: a name is a token") {
    CHECK(is_header_name("X-User_1!"));
    for (const char* name : {"", "a b", "a:", "\xc3\xa4"}) CHECK_FALSE(is_header_name(name));
}

}  // namespace
}  // namespace shaketable::faults
