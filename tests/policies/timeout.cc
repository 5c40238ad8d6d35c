#include "policies/timeout.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("timeout: at its very instant the answer still wins") {
    CHECK_FALSE(has_passed(at(seconds{1}), at(seconds{1})));
    CHECK(has_passed(at(seconds{1}), at(seconds{1}) + nanoseconds{1}));
    CHECK_FALSE(has_passed(never, at(seconds{1'000'000})));
}

TEST_CASE("timeout: its scopes are apart, and a total shorter than an attempt is refused") {
    CHECK(Timeout{}.find_problem() == std::nullopt);
    CHECK(Timeout{.attempt = seconds{1}, .total = seconds{1}}.find_problem() == std::nullopt);
    CHECK(Timeout{.attempt = seconds{2}, .total = seconds{1}}.find_problem()->field == "total");
    CHECK(Timeout{.connect = Duration{0}}.find_problem()->field == "connect");
}

}  // namespace
}  // namespace shaketable::policies
