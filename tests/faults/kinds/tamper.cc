#include "faults/kinds/tamper.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("tamper: its number is its bit in the verdict") {
    const Judge judge{Tamper{.header = "X-Cache", .direction = Direction::both}};
    FaultState state{.number = 5};
    Random random{RandomKey{1}};
    CHECK(judge.judge({}, state, random) ==
          Verdict{.request_bytes = {.tampers = 32}, .response_bytes = {.tampers = 32}});
}

TEST_CASE("tamper: of two that hit one message both are named") {
    const Verdict first{.response_bytes = {.tampers = 1}};
    const Verdict third{.response_bytes = {.tampers = 4}};
    CHECK(combine(first, third).response_bytes.tampers == 5);
}

TEST_CASE("tamper: what says where a message ends cannot be rewritten") {
    for (const char* name : {"Content-Length", "transfer-encoding", "Connection", "Upgrade"})
        CHECK(Tamper{.header = name}.find_problem()->field == "header");
}

TEST_CASE("tamper: a header is a token and its value one line") {
    CHECK(Tamper{}.find_problem()->code == "E012");
    CHECK(Tamper{.header = "X Y"}.find_problem()->field == "header");
    CHECK(Tamper{.header = "X:"}.find_problem()->field == "header");
    CHECK(Tamper{.value = "a", .body = "b"}.find_problem()->field == "value");
    CHECK(Tamper{.header = "X", .value = "a\r\nY: b"}.find_problem()->field == "value");
    CHECK_FALSE(Tamper{.header = "X", .value = ""}.find_problem());
    CHECK_FALSE(Tamper{.body = "{}"}.find_problem());
}

TEST_CASE("tamper: the share and the ramp say how many are hit") {
    Tamper fault{.body = ""};
    fault.share = {0.3};
    const auto hit = [](const Verdict& v) { return v != Verdict{}; };
    CHECK(is_likely(count_of(judge_many(fault), hit), trials, 0.3));
    CHECK(is_likely(count_of(judge_many(fault, trials, {.strength = 0.5}), hit), trials, 0.15));
}

TEST_CASE("tamper: draws as often whatever its settings") {
    for (const Of of : {Of::request, Of::connection}) {
        Tamper fault{.body = ""};
        fault.of = of;
        CHECK(draws_of(fault) == 1);
        fault.share = {0};
        CHECK(draws_of(fault) == 1);
    }
}

}  // namespace
}  // namespace shaketable::faults
