#include "policies/shed.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("shed: by queue time, while the head of the queue has waited longer than the threshold") {
    ShedMachine shed{Shed{.threshold = milliseconds{20}}};
    CHECK(shed.admit({}, 0, {}));
    CHECK(shed.admit({}, 0, {milliseconds{20}, 1}));
    CHECK_FALSE(shed.admit({}, 0, {milliseconds{20} + nanoseconds{1}, 0.1}));
}

TEST_CASE("shed: by priority, the least important first, the most important never") {
    ShedMachine shed{Shed{.rule = ShedRule::priority, .levels = 11}};
    for (std::uint32_t level = 0; level < 11; ++level) {
        CHECK(shed.admit({}, level, {{}, 0.5}));
        CHECK(shed.admit({}, level, {{}, 0.75}) == (level <= 5));
        CHECK(shed.admit({}, level, {{}, 1.0}) == (level == 0));
    }
    CHECK(shed.admit({}, 99, {{}, 0.5}));
    CHECK_FALSE(shed.admit({}, 99, {{}, 0.9}));
}

/// A second of 1000 requests over 100 levels, of which each admitted one waits so long. Returns how
/// many were admitted.
int one_second(ShedMachine& shed, int second, Duration waited) {
    int admitted = 0;
    for (int i = 0; i < 1000; ++i) {
        const Time now = at(seconds{second} + milliseconds{i});
        if (!shed.admit(now, static_cast<std::uint32_t>(i % 100), {})) continue;
        ++admitted;
        shed.on_start(now, waited);
    }
    return admitted;
}

TEST_CASE(
    "shed: dagor admits 5% less after each overloaded second, 1% more after each healthy one") {
    ShedMachine shed{Shed{.rule = ShedRule::dagor, .levels = 100}};
    CHECK(one_second(shed, 0, milliseconds{21}) == 1000);
    CHECK(one_second(shed, 1, milliseconds{21}) == 950);
    CHECK(one_second(shed, 2, milliseconds{20}) == 900);  // 902.5 is not a whole level
    CHECK(one_second(shed, 3, milliseconds{20}) == 910);
    CHECK(one_second(shed, 4, milliseconds{21}) == 920);
    CHECK(one_second(shed, 5, milliseconds{1}) == 870);
}

TEST_CASE("shed: dagor judges after 2000 requests, too") {
    ShedMachine shed{Shed{.rule = ShedRule::dagor, .levels = 100}};
    for (int i = 0; i < 2000; ++i) {
        REQUIRE(shed.admit({}, static_cast<std::uint32_t>(i % 100), {}));
        shed.on_start({}, milliseconds{50});
    }
    CHECK(shed.level() == 99);
    (void)shed.admit({}, 0, {});
    CHECK(shed.level() == 94);
}

TEST_CASE("shed: dagor never refuses the most important level") {
    ShedMachine shed{Shed{.rule = ShedRule::dagor, .levels = 100}};
    for (int second = 0; second < 300; ++second) one_second(shed, second, seconds{1});
    CHECK(shed.level() == 0);
    CHECK(shed.admit(at(seconds{300}), 0, {}));
    CHECK_FALSE(shed.admit(at(seconds{300}), 1, {}));
}

TEST_CASE("shed: impossible settings are refused at their field") {
    CHECK(Shed{}.find_problem() == std::nullopt);
    CHECK(Shed{.levels = 5}.find_problem()->field == "levels");
    CHECK(Shed{.down = Share{0.1}}.find_problem()->field == "down");
    const Shed priority{.threshold = milliseconds{1}, .rule = ShedRule::priority};
    CHECK(priority.find_problem()->field == "threshold");
}

}  // namespace
}  // namespace shaketable::policies
