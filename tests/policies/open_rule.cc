#include "policies/open_rule.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

using Rule = Text<OpenRule>;

TEST_CASE("opening rule: a share of so many calls over a time") {
    const auto rule = Rule::parse("errors > 50% of 20 over 5s");
    REQUIRE(rule);
    CHECK(rule->errors == ShareTest{Share{0.5}, false});
    CHECK(rule->volume_min == 20);
    CHECK(rule->window == seconds{5});
    CHECK(rule->window_calls == 0);
    CHECK_FALSE(rule->slow);
}

TEST_CASE("opening rule: of so many calls alone is a window of that many calls") {
    const auto rule = Rule::parse("errors >= 50% of 100");
    REQUIRE(rule);
    CHECK(rule->errors->or_equal);
    CHECK(rule->window_calls == 100);
    CHECK(rule->volume_min == 100);
    const auto wide = Rule::parse("errors>=50% of 10 over 100 calls");
    REQUIRE(wide);
    CHECK(wide->window_calls == 100);
    CHECK(wide->volume_min == 10);
}

TEST_CASE("opening rule: conditions are joined by or, and share one window") {
    const auto rule =
        Rule::parse("errors > 50% of 20 over 5s or slow >= 80% or 5 consecutive errors");
    REQUIRE(rule);
    CHECK(rule->slow == ShareTest{Share{0.8}, true});
    CHECK(rule->consecutive == 5);
    CHECK(rule->window == seconds{5});
}

TEST_CASE("opening rule: consecutive errors need no window") {
    const auto rule = Rule::parse("7 consecutive errors");
    REQUIRE(rule);
    CHECK(rule->consecutive == 7);
    CHECK_FALSE(rule->has_window());
}

TEST_CASE("opening rule: what is printed reads to an equal rule") {
    for (const char* text : {"errors > 50% of 20 over 5s", "errors >= 50% of 100",
                             "errors >= 12.5% of 10 over 100 calls", "slow > 80% of 1 over 1m30s",
                             "5 consecutive errors",
                             "errors > 50% of 20 over 5s or slow > 80% or 5 consecutive errors"}) {
        const auto rule = Rule::parse(text);
        REQUIRE(rule);
        const auto again = Rule::parse(Rule::print(*rule));
        REQUIRE(again);
        CHECK(*again == *rule);
    }
}

TEST_CASE("opening rule: a mistake is shown at its word") {
    const auto problem_of_text = [](std::string_view text) {
        const auto rule = Rule::parse(text);
        REQUIRE_FALSE(rule);
        return rule.error();
    };
    CHECK(problem_of_text("").code == "E110");
    CHECK(problem_of_text("errors 50% of 20").where.column == 7);
    CHECK(problem_of_text("errors > 0.5 of 20").where.column == 9);
    CHECK(problem_of_text("errors > 150% of 20").code == "E023");
    CHECK(problem_of_text("errors > 50% of 20 over 5").where.column == 25);
    CHECK(problem_of_text("errors > 50%").code == "E110");
    CHECK(problem_of_text("errors > 50% of 20 and slow > 1%").where.column == 19);
    CHECK(problem_of_text("errors > 50% of 20 or errors > 60%").code == "E014");
    CHECK(problem_of_text("errors > 50% of 20 over 10 calls").code == "E023");
    CHECK(problem_of_text("5 errors").where.column == 2);
}

TEST_CASE("opening rule: half of twenty is exactly ten") {
    CHECK_FALSE((ShareTest{Share{0.5}, false}.holds(10, 20)));
    CHECK(ShareTest{Share{0.5}, true}.holds(10, 20));
    CHECK(ShareTest{Share{0.1}, true}.holds(150, 1500));
    CHECK_FALSE((ShareTest{Share{0.1}, false}.holds(150, 1500)));
    CHECK(ShareTest{Share{1}, true}.holds(4'000'000'000U, 4'000'000'000U));
}

}  // namespace
}  // namespace shaketable::policies
