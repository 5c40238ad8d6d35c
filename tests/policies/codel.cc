#include "policies/codel.h"

#include <vector>

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("codel: while the wait stays above target, drops come at 100 / sqrt(n) ms") {
    CoDelMachine codel{CoDel{}};
    std::vector<double> drops;
    for (int us = 0; us < 1'000'000 && drops.size() < 6; us += 10) {
        const Time now = at(seconds{1} + microseconds{us});
        if (codel.should_drop(now, milliseconds{50}, false)) {
            drops.push_back(us / 1000.0);
            CHECK_FALSE(codel.should_drop(now, milliseconds{50}, false));
        }
    }
    REQUIRE(drops.size() == 6);
    CHECK(drops[0] == Approx(100).epsilon(0.001));
    const std::vector<double> after_first{100, 170.710678, 228.445705, 278.445705, 323.167065};
    for (std::size_t i = 0; i < after_first.size(); ++i)
        CHECK(drops[i + 1] - drops[0] == Approx(after_first[i]).epsilon(0.001));
}

TEST_CASE("codel: a wait below target, once, ends the dropping") {
    CoDelMachine codel{CoDel{}};
    CHECK_FALSE(codel.should_drop(at(seconds{1}), milliseconds{50}, false));
    CHECK(codel.should_drop(at(milliseconds{1100}), milliseconds{50}, false));
    CHECK_FALSE(codel.should_drop(at(milliseconds{1150}), milliseconds{4}, false));
    CHECK_FALSE(codel.should_drop(at(milliseconds{1210}), milliseconds{50}, false));
    CHECK_FALSE(codel.should_drop(at(milliseconds{1309}), milliseconds{50}, false));
    CHECK(codel.should_drop(at(milliseconds{1310}), milliseconds{50}, false));
}

TEST_CASE("codel: coming back soon it drops as fast as it left off") {
    CoDelMachine codel{CoDel{}};
    int drops = 0;
    for (int ms = 0; ms < 1000; ++ms)
        drops += codel.should_drop(at(seconds{1} + milliseconds{ms}), milliseconds{50}, false);
    REQUIRE(drops > 10);
    CHECK_FALSE(codel.should_drop(at(seconds{2}), milliseconds{1}, false));
    int again = 0;
    for (int ms = 1; ms < 202; ++ms)
        again += codel.should_drop(at(seconds{2} + milliseconds{ms}), milliseconds{50}, false);
    CHECK(again >= 3);  // a fresh start would have dropped two
}

TEST_CASE("codel: never drops the last of a queue, however long it waited") {
    CoDelMachine codel{CoDel{}};
    for (int ms = 0; ms < 1000; ++ms)
        CHECK_FALSE(codel.should_drop(at(seconds{1} + milliseconds{ms}), seconds{1}, true));
}

TEST_CASE(
    "codel: folly's drops everything above twice the target once the least wait was above it") {
    CoDelMachine codel{CoDel{.rule = CoDelRule::folly}};
    Time now = at(seconds{1});
    for (int i = 0; i < 250; ++i, now += milliseconds{1})
        (void)codel.should_drop(now, milliseconds{9}, false);
    CHECK_FALSE(codel.should_drop(now, milliseconds{10}, false));
    CHECK(codel.should_drop(now, milliseconds{10} + nanoseconds{1}, false));
    CHECK(codel.should_drop(now, seconds{1}, false));
}

TEST_CASE("codel: folly's lets go after an interval with one short wait") {
    CoDelMachine codel{CoDel{.rule = CoDelRule::folly}};
    Time now = at(seconds{1});
    for (int i = 0; i < 250; ++i, now += milliseconds{1})
        (void)codel.should_drop(now, milliseconds{50}, false);
    CHECK(codel.should_drop(now, milliseconds{50}, false));
    (void)codel.should_drop(now, milliseconds{1}, false);
    now += milliseconds{101};
    CHECK_FALSE(codel.should_drop(now, milliseconds{50}, false));
    CHECK_FALSE(codel.should_drop(now, milliseconds{50}, false));
}

TEST_CASE("codel: impossible settings are refused at their field") {
    CHECK(CoDel{}.find_problem() == std::nullopt);
    CHECK(CoDel{.target = Duration{0}}.find_problem()->field == "target");
    CHECK(CoDel{.interval = milliseconds{5}}.find_problem()->field == "interval");
}

}  // namespace
}  // namespace shaketable::policies
