// The words without a machine: timeout, deadline, cancel, fallback.
#include <catch2/catch.hpp>

#include "policies/cancel.h"
#include "policies/deadline.h"
#include "policies/fallback.h"
#include "policies/timeout.h"
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

TEST_CASE("deadline: the callee is told the earlier of the inherited one and the caller's own") {
    const Deadline rule;
    CHECK(deadline_for_callee(rule, at(seconds{3}), at(seconds{2})) == at(seconds{2}));
    CHECK(deadline_for_callee(rule, at(seconds{1}), at(seconds{2})) == at(seconds{1}));
    CHECK(deadline_for_callee(rule, never, never) == never);
}

TEST_CASE("deadline: shrinks per hop; mode none tells nothing") {
    const Deadline rule{.shrink = milliseconds{50}};
    CHECK(deadline_for_callee(rule, never, at(seconds{2})) == at(milliseconds{1950}));
    CHECK(deadline_for_callee(rule, never, never) == never);
    CHECK(deadline_for_callee(Deadline{.mode = DeadlineMode::none}, at(seconds{3}), never) ==
          never);
    const Deadline idle{.mode = DeadlineMode::none, .shrink = seconds{1}};
    CHECK(idle.find_problem()->field == "shrink");
}

TEST_CASE("cancel: nothing is cancelled where the policy is not written") {
    CHECK(cancel_mode(std::nullopt) == CancelMode::none);
    CHECK(cancel_delay(std::nullopt) == Duration{0});
    CHECK(cancel_mode(Cancel{}) == CancelMode::propagate);
    CHECK(cancel_mode(Cancel{.mode = CancelMode::queued}) == CancelMode::queued);
    CHECK(cancel_delay(Cancel{.delay = milliseconds{3}}) == milliseconds{3});
    CHECK(Cancel{.delay = milliseconds{-3}}.find_problem()->field == "delay");
}

TEST_CASE("fallback: replaces any failure, or those it names") {
    CHECK(fallback_mask(Fallback{}).contains(Outcome::breaker_open));
    const OutcomeMask mask = fallback_mask(Fallback{.when = {OutcomeClass::timeout}});
    CHECK(mask.contains(Outcome::timeout));
    CHECK_FALSE(mask.contains(Outcome::error));
}

}  // namespace
}  // namespace shaketable::policies
