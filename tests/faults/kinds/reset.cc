#include "faults/kinds/reset.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("reset: hits every request by default, and the share of them else") {
    CHECK(count_fate(judge_many(Reset{}, 100), Fate::reset) == 100);
    CHECK(is_likely(count_fate(judge_many(Reset{.share = {0.2}}), Fate::reset), trials, 0.2));
    CHECK(is_likely(
        count_fate(judge_many(Reset{.share = {0.2}}, trials, {.strength = 0.5}), Fate::reset),
        trials, 0.1));
}

TEST_CASE("reset: a connection that is hit is hit with all its requests") {
    const Judge judge{Reset{.share = {0.5}, .of = Of::connection}};
    FaultState state{.key = {3}};
    int hit = 0;
    for (std::uint64_t connection = 0; connection < 2'000; ++connection) {
        Fate first = Fate::pass;
        for (std::uint64_t i = 0; i < 3; ++i) {
            Random random = Random::at(state.key, connection * 3 + i);
            const Verdict verdict = judge.judge(
                {.ordinal = connection * 3 + i, .connection = connection}, state, random);
            if (i == 0) first = verdict.fate;
            REQUIRE(verdict.fate == first);
        }
        hit += first == Fate::reset;
    }
    CHECK(is_likely(hit, 2'000, 0.5));
}

TEST_CASE("reset: connections opened before it are spared where existing is false") {
    const Judge judge{Reset{.existing = false}};
    FaultState state{.start = Time{10s}};
    Random random{RandomKey{1}};
    CHECK(judge.judge({.connection_opened = Time{9s}}, state, random).fate == Fate::pass);
    CHECK(judge.judge({.connection_opened = Time{10s}}, state, random).fate == Fate::reset);
    CHECK(Judge{Reset{}}.judge({.connection_opened = Time{9s}}, state, random).fate == Fate::reset);
}

TEST_CASE("reset: can come a while after the crossing began") {
    CHECK(judge_many(Reset{.after = 5ms}, 1)[0] == Verdict{.fate = Fate::reset, .delay = 5ms});
}

TEST_CASE("reset: draws as often whatever its settings") {
    for (const Share share : {Share{0}, Share{0.5}, Share{1}})
        for (const Of of : {Of::request, Of::connection})
            CHECK(draws_of(Reset{.share = share, .of = of}) == 1);
}

}  // namespace
}  // namespace shaketable::faults
