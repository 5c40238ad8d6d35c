#include "policies/cancel.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("cancel: nothing is cancelled where the policy is not written") {
    CHECK(cancel_mode(std::nullopt) == CancelMode::none);
    CHECK(cancel_delay(std::nullopt) == Duration{0});
    CHECK(cancel_mode(Cancel{}) == CancelMode::propagate);
    CHECK(cancel_mode(Cancel{.mode = CancelMode::queued}) == CancelMode::queued);
    CHECK(cancel_delay(Cancel{.delay = milliseconds{3}}) == milliseconds{3});
    CHECK(Cancel{.delay = milliseconds{-3}}.find_problem()->field == "delay");
}

}  // namespace
}  // namespace shaketable::policies
