#include "faults/kinds/loss.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

TEST_CASE("loss: each transmission, retransmissions too, is lost with the share") {
    const auto verdicts = judge_many(Loss{.share = Share{0.3}});
    const auto at_least = [&](int losses) {
        return count_of(verdicts, [&](const Verdict& v) { return v.losses >= losses; });
    };
    CHECK(is_likely(at_least(1), trials, 0.3));
    CHECK(is_likely(at_least(2), trials, 0.09));
    CHECK(is_likely(at_least(3), trials, 0.027));
    CHECK(is_likely(count_of(verdicts, [](const Verdict& v) { return v.response_losses > 0; }),
                    trials, 0.3));
    CHECK(is_likely(
        count_of(verdicts, [](const Verdict& v) { return v.losses > 0 && v.response_losses > 0; }),
        trials, 0.09));
    CHECK(count_fate(verdicts, Fate::pass) == trials);
}

TEST_CASE("loss: nothing gets through where everything is lost") {
    for (const Verdict& verdict : judge_many(Loss{.share = Share{1}}, 50)) {
        REQUIRE(verdict.fate == Fate::swallow);
        REQUIRE(verdict.response_fate == Fate::swallow);
    }
}

TEST_CASE("loss: nothing is lost where the share is 0") {
    for (const Verdict& verdict : judge_many(Loss{.share = Share{0}}, 500))
        REQUIRE(verdict == Verdict{});
}

TEST_CASE("loss: bursts have the long-run share and the length of a Gilbert-Elliott channel") {
    // In the long run bad for p / (p + r) = 1/6 of the time, and for 1 / r = 4 transmissions in a
    // row.
    const Loss loss{.p = Share{0.05}, .r = Share{0.25}};
    int lost = 0;
    int bursts = 0;
    bool was_lost = false;
    for (const Verdict& verdict : judge_many(loss)) {
        for (const int losses : {int{verdict.losses}, int{verdict.response_losses}}) {
            lost += losses > 0;
            bursts += losses > 0 && !was_lost;
            was_lost = losses > 0;
        }
    }
    // Bursts begin with probability (5/6) 0.05 per transmission; successive ones depend on each
    // other hardly at all.
    CHECK(is_likely(bursts, 2 * trials, 5.0 / 6 * 0.05));
    // The state remembers with factor 1 - p - r = 0.7, which makes the variance (1.7 / 0.3) times
    // that of fair dice.
    const double deviation = std::sqrt(2 * trials * (1.0 / 6) * (5.0 / 6) * 1.7 / 0.3);
    CHECK(lost == Approx(2 * trials / 6.0).margin(5 * deviation));
}

TEST_CASE("loss: a retransmission meets the channel one step on") {
    // Once bad, the channel is still bad a step later with probability 1 - r.
    const auto verdicts = judge_many(Loss{.p = Share{0.05}, .r = Share{0.25}});
    const int lost = count_of(verdicts, [](const Verdict& v) { return v.losses > 0; });
    const int twice = count_of(verdicts, [](const Verdict& v) { return v.losses > 1; });
    const int thrice = count_of(verdicts, [](const Verdict& v) { return v.losses > 2; });
    CHECK(is_likely(twice, lost, 0.75));
    CHECK(is_likely(thrice, twice, 0.75));
    CHECK(count_fate(verdicts, Fate::swallow) < lost / 20);
}

TEST_CASE("loss: p without r has no memory, and the losses of each state are its own") {
    const auto verdicts =
        judge_many(Loss{.p = Share{0.4}, .loss_good = Share{0.1}, .loss_bad = Share{0.5}});
    CHECK(is_likely(count_of(verdicts, [](const Verdict& v) { return v.losses > 0; }), trials,
                    0.6 * 0.1 + 0.4 * 0.5));
}

TEST_CASE("loss: the ramp scales the losses") {
    const auto verdicts = judge_many(Loss{.share = Share{0.4}}, trials, {.strength = 0.5});
    CHECK(
        is_likely(count_of(verdicts, [](const Verdict& v) { return v.losses > 0; }), trials, 0.2));
}

TEST_CASE("loss: draws as often whatever its settings") {
    for (const double share : {0.0, 0.3, 1.0}) CHECK(draws_of(Loss{.share = Share{share}}) == 4);
    CHECK(draws_of(Loss{.p = Share{0.5}, .r = Share{0.5}}) == 4);
}

TEST_CASE("loss: has a share, or p and its companions") {
    CHECK_FALSE(Loss{.share = Share{0.1}}.find_problem());
    CHECK_FALSE(Loss{.p = Share{0.1}, .r = Share{0.5}}.find_problem());
    CHECK(Loss{}.find_problem()->code == "E012");
    CHECK(Loss{.r = Share{0.1}}.find_problem()->field == "p");
    CHECK(Loss{.share = Share{0.1}, .p = Share{0.1}}.find_problem()->code == "E014");
    CHECK(Loss{.share = Share{0.1}, .loss_bad = Share{1}}.find_problem()->code == "E014");
}

}  // namespace
}  // namespace shaketable::faults
