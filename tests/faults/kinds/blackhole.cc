#include "faults/kinds/blackhole.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

TEST_CASE("blackhole: hits every request by default, and the share of them else") {
    CHECK(count_fate(judge_many(Blackhole{}, 100), Fate::swallow) == 100);
    CHECK(is_likely(count_fate(judge_many(Blackhole{.share = {0.2}}), Fate::swallow), trials, 0.2));
    CHECK(is_likely(
        count_fate(judge_many(Blackhole{.share = {0.2}}, trials, {.strength = 0.5}), Fate::swallow),
        trials, 0.1));
}

TEST_CASE("blackhole: a connection that is hit is hit with all its requests") {
    const Judge judge{Blackhole{.share = {0.5}, .of = Of::connection}};
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
        hit += first == Fate::swallow;
    }
    CHECK(is_likely(hit, 2'000, 0.5));
}

TEST_CASE("blackhole: connections opened before it are spared where existing is false") {
    const Judge judge{Blackhole{.existing = false}};
    FaultState state{.start = Time{10s}};
    Random random{RandomKey{1}};
    CHECK(judge.judge({.connection_opened = Time{9s}}, state, random).fate == Fate::pass);
    CHECK(judge.judge({.connection_opened = Time{10s}}, state, random).fate == Fate::swallow);
    CHECK(Judge{Blackhole{}}.judge({.connection_opened = Time{9s}}, state, random).fate ==
          Fate::swallow);
}

TEST_CASE("blackhole: silence can have an end, which takes time") {
    CHECK(judge_many(Blackhole{.close_after = std::chrono::seconds{2}}, 1)[0] ==
          Verdict{.fate = Fate::swallow, .close_after = std::chrono::seconds{2}});
    CHECK(judge_many(Blackhole{}, 1)[0].close_after == forever);
    CHECK(Blackhole{.close_after = Duration{0}}.find_problem()->field == "close_after");
    CHECK_FALSE(Blackhole{}.find_problem());
}

TEST_CASE("blackhole: draws as often whatever its settings") {
    for (const Share share : {Share{0}, Share{0.5}, Share{1}})
        for (const Of of : {Of::request, Of::connection})
            CHECK(draws_of(Blackhole{.share = share, .of = of}) == 1);
}

}  // namespace
}  // namespace shaketable::faults
