#include "faults/kinds/refuse.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

TEST_CASE("refuse: refuses new connections, and leaves what is connected alone") {
    CHECK(count_fate(judge_many(Refuse{}, 100), Fate::refuse) == 100);
    CHECK(count_fate(judge_many(Refuse{}, 100, {.new_connection = false}), Fate::pass) == 100);
    CHECK(is_likely(count_fate(judge_many(Refuse{.share = {0.7}}), Fate::refuse), trials, 0.7));
}

TEST_CASE("refuse: of requests, it refuses on every connection") {
    const Refuse refuse{.share = {0.7}, .of = Of::request};
    const auto verdicts = judge_many(refuse, trials, {.new_connection = false, .strength = 0.5});
    CHECK(is_likely(count_fate(verdicts, Fate::refuse), trials, 0.35));
}

TEST_CASE("refuse: draws as often whatever its settings") {
    CHECK(draws_of(Refuse{}) == 1);
    CHECK(draws_of(Refuse{.share = {0}, .of = Of::request}) == 1);
}

}  // namespace
}  // namespace shaketable::faults
