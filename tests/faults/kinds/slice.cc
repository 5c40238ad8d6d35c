#include "faults/kinds/slice.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("slice: names the pieces on the way it cuts") {
    const Slicing pieces{.size = 100, .variation = 20, .gap = 5ms};
    const Slice slice{.size = {100}, .variation = {20}, .gap = 5ms};
    CHECK(judge_many(slice, 1)[0] == Verdict{.response_bytes = {.slicing = pieces}});
    CHECK(pieces.cuts());
    CHECK_FALSE(Slicing{}.cuts());
}

TEST_CASE("slice: a piece has one byte at least") {
    CHECK(Slice{}.find_problem()->field == "size");
    CHECK(Slice{.size = {1}, .variation = {1}}.find_problem()->field == "variation");
    CHECK(Slice{.size = {9}, .gap = -1ns}.find_problem()->field == "gap");
    CHECK_FALSE(Slice{.size = {1}}.find_problem());
}

TEST_CASE("slice: the share and the ramp say how many are hit") {
    Slice fault{.size = {100}};
    fault.share = {0.3};
    const auto hit = [](const Verdict& v) { return v != Verdict{}; };
    CHECK(is_likely(count_of(judge_many(fault), hit), trials, 0.3));
    CHECK(is_likely(count_of(judge_many(fault, trials, {.strength = 0.5}), hit), trials, 0.15));
}

TEST_CASE("slice: draws as often whatever its settings") {
    for (const Of of : {Of::request, Of::connection}) {
        Slice fault{.size = {100}};
        fault.of = of;
        CHECK(draws_of(fault) == 1);
        fault.share = {0};
        CHECK(draws_of(fault) == 1);
    }
}

}  // namespace
}  // namespace shaketable::faults
