#include "policies/deadline.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("deadline: the callee is told the earlier of the inherited one and the caller's own") {
    const Deadline rule;
    CHECK(deadline_for_callee(rule, at(seconds{2})) == at(seconds{2}));
    CHECK(deadline_for_callee(rule, never) == never);
}

TEST_CASE("deadline: shrinks per hop; mode none tells nothing") {
    const Deadline rule{.shrink = milliseconds{50}};
    CHECK(deadline_for_callee(rule, at(seconds{2})) == at(milliseconds{1950}));
    CHECK(deadline_for_callee(rule, never) == never);
    CHECK(deadline_for_callee(Deadline{.mode = DeadlineMode::none}, at(seconds{3})) == never);
    const Deadline idle{.mode = DeadlineMode::none, .shrink = seconds{1}};
    CHECK(idle.find_problem()->field == "shrink");
}

}  // namespace
}  // namespace shaketable::policies
