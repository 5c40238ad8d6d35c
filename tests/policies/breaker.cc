#include "policies/breaker.h"

#include <catch2/catch.hpp>

#include "policies/presets_endpoint.h"
#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

using State = BreakerMachine::State;
using Permit = BreakerMachine::Permit;

OpenRule rule_of(std::string_view text) {
    return *Text<OpenRule>::parse(text);
}

/// Asks and answers at once. False when rejected.
bool call(BreakerMachine& breaker, Time now, Outcome outcome, Duration latency = milliseconds{5}) {
    Random random = dice();
    const Permit permit = breaker.admit(now, random);
    if (permit.admitted) breaker.observe(now, permit, outcome, latency);
    return permit.admitted;
}

/// 50 calls a second: healthy for `healthy`, then failing. Returns the failures until it opened,
/// and when, after the first.
struct Trip {
    int failures = 0;
    Duration after{0};
};
Trip trip_after(const Breaker& settings, Duration healthy) {
    BreakerMachine breaker{settings};
    const Duration gap = milliseconds{20};
    Time now = at(milliseconds{7});
    for (; now < at(healthy); now += gap) call(breaker, now, Outcome::ok);
    const Time first = now;
    Trip trip;
    while (breaker.state() == State::closed) {
        if (call(breaker, now, Outcome::error)) ++trip.failures;
        trip.after = now - first;
        now += gap;
    }
    return trip;
}

TEST_CASE("breaker: resilience4j opens after exactly 50 failures of a full window of 100") {
    const Trip trip = trip_after(*breaker_preset("resilience4j"), seconds{60});
    CHECK(trip.failures == 50);
    CHECK(trip.after == milliseconds{980});
}

TEST_CASE("breaker: Polly opens after 135 to 150 failures, by how full its oldest slice is") {
    int least = 1000;
    int most = 0;
    for (int start = 60'000; start < 63'000; start += 100) {
        const Trip trip = trip_after(*breaker_preset("polly"), milliseconds{start});
        least = std::min(least, trip.failures);
        most = std::max(most, trip.failures);
    }
    CHECK(least >= 135);
    CHECK(least <= 137);
    CHECK(most <= 150);
    CHECK(most >= 148);
}

TEST_CASE("breaker: Hystrix opens 5 to 5.5 s after a hard failure, at a snapshot") {
    for (int start = 30'000; start < 30'500; start += 40) {
        const Trip trip = trip_after(*breaker_preset("hystrix"), milliseconds{start});
        CHECK(trip.after >= milliseconds{4960});
        CHECK(trip.after <= milliseconds{5540});
    }
}

TEST_CASE("breaker: opens at consecutive errors, which a success interrupts") {
    BreakerMachine breaker{Breaker{.open_at = rule_of("5 consecutive errors")}};
    for (int i = 0; i < 4; ++i) call(breaker, {}, Outcome::timeout);
    call(breaker, {}, Outcome::ok);
    for (int i = 0; i < 4; ++i) call(breaker, {}, Outcome::timeout);
    CHECK(breaker.state() == State::closed);
    call(breaker, {}, Outcome::timeout);
    CHECK(breaker.state() == State::open);
}

TEST_CASE("breaker: more than half is not half") {
    for (const bool or_equal : {false, true}) {
        BreakerMachine breaker{
            Breaker{.open_at = rule_of(or_equal ? "errors >= 50% of 20" : "errors > 50% of 20")}};
        for (int i = 0; i < 20; ++i) call(breaker, {}, i < 10 ? Outcome::ok : Outcome::error);
        CHECK((breaker.state() == State::open) == or_equal);
        CHECK(breaker.error_share() == (or_equal ? 0 : 0.5));
    }
}

TEST_CASE("breaker: below its volume nothing is judged") {
    BreakerMachine breaker{Breaker{.open_at = rule_of("errors > 50% of 20 over 5s")}};
    for (int i = 0; i < 19; ++i) call(breaker, at(milliseconds{i}), Outcome::error);
    CHECK(breaker.state() == State::closed);
    call(breaker, at(milliseconds{20}), Outcome::error);
    CHECK(breaker.state() == State::open);
}

TEST_CASE("breaker: what is older than the window is forgotten") {
    BreakerMachine breaker{Breaker{.open_at = rule_of("errors > 50% of 20 over 5s")}};
    for (int i = 0; i < 19; ++i) call(breaker, at(seconds{1}), Outcome::error);
    for (int i = 0; i < 19; ++i) call(breaker, at(seconds{20}), Outcome::error);
    CHECK(breaker.state() == State::closed);
}

TEST_CASE("breaker: mean calls to open of a window of ten at 30% failures (2^10-state chain)") {
    const Breaker settings{.open_at = rule_of("errors >= 50% of 10")};
    Random random = dice();
    double calls = 0;
    const int runs = 20'000;
    for (int r = 0; r < runs; ++r) {
        BreakerMachine breaker{settings};
        for (; breaker.state() == State::closed; ++calls)
            call(breaker, {}, random.chance(0.3) ? Outcome::error : Outcome::ok);
    }
    CHECK(calls / runs == Approx(34.8016146).epsilon(0.02));
}

TEST_CASE("breaker: ten probes at 30% failures close with the binomial's probability") {
    const Breaker settings{.open_at = rule_of("errors >= 50% of 10"),
                           .half_open_after = seconds{5}};
    Random random = dice();
    int closed = 0;
    const int runs = 50'000;
    for (int r = 0; r < runs; ++r) {
        BreakerMachine breaker{settings};
        for (int i = 0; i < 10; ++i) call(breaker, {}, Outcome::error);
        for (int i = 0; i < 10; ++i)
            call(breaker, at(seconds{6}), random.chance(0.3) ? Outcome::error : Outcome::ok);
        REQUIRE(breaker.state() != State::half_open);
        closed += breaker.state() == State::closed;
    }
    CHECK(static_cast<double>(closed) / runs == Approx(0.849731667).epsilon(0.01));
}

// Renewal reward; calls are answered at once.
TEST_CASE("breaker: share of rejected calls over many cycles of opening and closing") {
    BreakerMachine breaker{
        Breaker{.open_at = rule_of("errors >= 50% of 10"), .half_open_after = seconds{5}}};
    Random random = dice();
    Time now{};
    int rejected = 0;
    const int calls = 1'000'000;
    for (int i = 0; i < calls; ++i) {
        now += from_seconds(random.exponential() / 10);
        rejected += !call(breaker, now, random.chance(0.3) ? Outcome::error : Outcome::ok);
    }
    CHECK(static_cast<double>(rejected) / calls == Approx(0.558209943).epsilon(0.01));
}

TEST_CASE("breaker: half-open strictly after the wait with resilience4j, at its end with Polly") {
    for (const bool polly : {false, true}) {
        BreakerMachine breaker{Breaker{.open_at = rule_of("2 consecutive errors"),
                                       .half_open_after = seconds{5},
                                       .strictly_after = !polly}};
        Random random = dice();
        call(breaker, {}, Outcome::error);
        call(breaker, {}, Outcome::error);
        CHECK_FALSE(breaker.admit(at(milliseconds{4999}), random).admitted);
        const Permit at_end = breaker.admit(at(seconds{5}), random);
        CHECK(at_end.admitted == polly);
        CHECK(at_end.changed == polly);
        CHECK(breaker.admit(at(seconds{5}) + nanoseconds{1}, random).changed == !polly);
        CHECK(breaker.state() == State::half_open);
    }
}

TEST_CASE("breaker: Hystrix lets one probe through; success closes, failure opens again") {
    for (const bool success : {true, false}) {
        BreakerMachine breaker{
            Breaker{.preset = "hystrix", .open_at = rule_of("errors >= 50% of 20 over 10s")}};
        Random random = dice();
        for (int i = 0; i < 40; ++i) call(breaker, at(milliseconds{10}), Outcome::error);
        CHECK(breaker.state() == State::closed);  // not before the next snapshot
        CHECK_FALSE(breaker.admit(at(milliseconds{600}), random).admitted);
        CHECK(breaker.state() == State::open);
        const Time later = at(milliseconds{5501});  // five seconds from the snapshot at 500 ms
        const Permit probe = breaker.admit(later, random);
        CHECK(probe.admitted);
        CHECK(probe.probe);
        CHECK_FALSE(breaker.admit(later, random).admitted);
        const auto reaction =
            breaker.observe(later, probe, success ? Outcome::ok : Outcome::error, milliseconds{1});
        CHECK(reaction.changed);
        CHECK(reaction.state == (success ? State::closed : State::open));
    }
}

TEST_CASE(
    "breaker: resilience4j lets ten probes through at once and decides when all are answered") {
    BreakerMachine breaker{*breaker_preset("resilience4j")};
    Random random = dice();
    for (int i = 0; i < 100; ++i) call(breaker, {}, Outcome::error);
    REQUIRE(breaker.state() == State::open);
    const Time later = at(seconds{61});
    std::vector<Permit> probes;
    for (Permit p = breaker.admit(later, random); p.admitted; p = breaker.admit(later, random))
        probes.push_back(p);
    CHECK(probes.size() == 10);
    for (int i = 0; i < 9; ++i) {
        breaker.observe(later, probes[static_cast<std::size_t>(i)], Outcome::error,
                        milliseconds{1});
        CHECK(breaker.state() == State::half_open);
    }
    CHECK(breaker.observe(later, probes[9], Outcome::error, milliseconds{1}).changed);
    CHECK(breaker.state() == State::open);
}

TEST_CASE("breaker: a probe never answered blocks half-open for good, unless there is a limit") {
    for (const bool limited : {false, true}) {
        Breaker settings{
            .open_at = rule_of("2 consecutive errors"), .half_open_after = seconds{1}, .probes = 1};
        if (limited) settings.probe_timeout = seconds{10};
        BreakerMachine breaker{settings};
        Random random = dice();
        call(breaker, {}, Outcome::error);
        call(breaker, {}, Outcome::error);
        CHECK(breaker.admit(at(seconds{2}), random).admitted);
        CHECK_FALSE(breaker.admit(at(seconds{500}), random).admitted);
        CHECK((breaker.state() == State::open) == limited);
    }
}

TEST_CASE("breaker: an abandoned probe gives its place to another") {
    BreakerMachine breaker{Breaker{
        .open_at = rule_of("2 consecutive errors"), .half_open_after = seconds{1}, .probes = 1}};
    Random random = dice();
    call(breaker, {}, Outcome::error);
    call(breaker, {}, Outcome::error);
    const Permit probe = breaker.admit(at(seconds{2}), random);
    CHECK_FALSE(breaker.admit(at(seconds{2}), random).admitted);
    breaker.abandon(probe);
    CHECK(breaker.admit(at(seconds{2}), random).admitted);
}

TEST_CASE("breaker: an answer to a call from before it opened decides, or is ignored, as is set") {
    for (const Stragglers stragglers : {Stragglers::ignore, Stragglers::count}) {
        BreakerMachine breaker{Breaker{.open_at = rule_of("2 consecutive errors"),
                                       .half_open_after = seconds{1},
                                       .probes = 1,
                                       .probe_rule = ProbeRule::every,
                                       .stragglers = stragglers}};
        Random random = dice();
        const Permit early = breaker.admit({}, random);
        call(breaker, {}, Outcome::error);
        call(breaker, {}, Outcome::error);
        CHECK(breaker.admit(at(seconds{2}), random).probe);
        breaker.observe(at(seconds{2}), early, Outcome::ok, seconds{2});
        const bool counts = stragglers == Stragglers::count;
        CHECK(breaker.state() == (counts ? State::closed : State::half_open));
    }
}

TEST_CASE("breaker: answers that come while it is open change nothing") {
    BreakerMachine breaker{Breaker{.open_at = rule_of("2 consecutive errors")}};
    Random random = dice();
    const Permit early = breaker.admit({}, random);
    call(breaker, {}, Outcome::error);
    call(breaker, {}, Outcome::error);
    CHECK_FALSE(breaker.observe({}, early, Outcome::ok, {}).changed);
    CHECK(breaker.state() == State::open);
}

TEST_CASE("breaker: opens when too many are slow, slow being longer than the limit") {
    const Breaker settings{.open_at = rule_of("slow >= 100% of 10"), .slow_after = seconds{1}};
    BreakerMachine exact{settings};
    for (int i = 0; i < 20; ++i) call(exact, {}, Outcome::ok, seconds{1});
    CHECK(exact.state() == State::closed);
    BreakerMachine slow{settings};
    for (int i = 0; i < 10; ++i) call(slow, {}, Outcome::ok, seconds{1} + nanoseconds{1});
    CHECK(slow.state() == State::open);
}

TEST_CASE("breaker: counts only what is named as an error") {
    BreakerMachine breaker{
        Breaker{.open_at = rule_of("2 consecutive errors"), .counts = {OutcomeClass::error_5xx}}};
    Random random = dice();
    for (int i = 0; i < 5; ++i)
        breaker.observe({}, breaker.admit({}, random), Outcome::error, {}, 404);
    CHECK(breaker.state() == State::closed);
    for (int i = 0; i < 2; ++i)
        breaker.observe({}, breaker.admit({}, random), Outcome::error, {}, 500);
    CHECK(breaker.state() == State::open);
}

TEST_CASE("breaker: the wait grows with openings in a row, up to its maximum, and starts afresh") {
    BreakerMachine breaker{Breaker{.open_at = rule_of("1 consecutive errors"),
                                   .half_open_after = seconds{1},
                                   .strictly_after = false,
                                   .open_factor = 2.0,
                                   .open_max = seconds{3},
                                   .probes = 1}};
    Time now{};
    call(breaker, now, Outcome::error);
    for (const int wait : {1, 2, 3, 3}) {
        CHECK_FALSE(call(breaker, now + seconds{wait} - nanoseconds{1}, Outcome::ok));
        now += seconds{wait};
        CHECK(call(breaker, now, Outcome::error));
    }
    now += seconds{3};
    CHECK(call(breaker, now, Outcome::ok));
    CHECK(breaker.state() == State::closed);
    CHECK(call(breaker, now, Outcome::error));
    CHECK(call(breaker, now + seconds{1}, Outcome::ok));
}

TEST_CASE("breaker: closing forgets what was before") {
    BreakerMachine breaker{Breaker{.open_at = rule_of("errors >= 50% of 10 over 1m"),
                                   .half_open_after = seconds{1},
                                   .probes = 1}};
    for (int i = 0; i < 10; ++i) call(breaker, {}, Outcome::error);
    CHECK(call(breaker, at(seconds{2}), Outcome::ok));
    REQUIRE(breaker.state() == State::closed);
    for (int i = 0; i < 9; ++i) call(breaker, at(seconds{2}), Outcome::error);
    CHECK(breaker.state() == State::closed);
}

TEST_CASE("breaker: one that refuses retries lets first tries through, which close it again") {
    Breaker settings;
    settings.open_at = rule_of("2 consecutive errors");
    settings.half_open_after = seconds{1};
    settings.probes = 1;
    settings.refuses = Refuses::retries;
    BreakerMachine breaker{settings};
    Random random = dice();
    const auto first_try = [&](Duration when, Outcome outcome) {
        const Permit permit = breaker.admit(at(when), random, true);
        if (permit.admitted) breaker.observe(at(when), permit, outcome, milliseconds{5});
        return permit.admitted;
    };
    CHECK(call(breaker, at(milliseconds{10}), Outcome::error));
    CHECK(call(breaker, at(milliseconds{20}), Outcome::error));
    CHECK(breaker.state() == State::open);
    CHECK_FALSE(call(breaker, at(milliseconds{30}), Outcome::ok));
    CHECK(first_try(milliseconds{40}, Outcome::ok));
    CHECK(breaker.state() == State::open);  // before its time an answer says nothing
    CHECK(first_try(milliseconds{1100}, Outcome::ok));
    CHECK(breaker.state() == State::closed);

    settings.refuses = Refuses::all;
    BreakerMachine strict{settings};
    for (const int ms : {10, 20}) call(strict, at(milliseconds{ms}), Outcome::error);
    CHECK_FALSE(strict.admit(at(milliseconds{30}), random, true).admitted);
}

TEST_CASE("breaker: a preset is overridden field by field") {
    const Breaker merged = with_preset(Breaker{.preset = "polly", .half_open_after = seconds{9}});
    CHECK(merged.half_open_after == seconds{9});
    CHECK(merged.open_at == rule_of("errors >= 10% of 100 over 30s"));
    CHECK(merged.preset.empty());
}

TEST_CASE("breaker: impossible settings are refused at their field") {
    CHECK(Breaker{}.find_problem() == std::nullopt);
    CHECK(Breaker{.preset = "hystrx"}.find_problem()->hint == "did you mean \"hystrix\"?");
    CHECK(Breaker{.slices = 5}.find_problem()->field == "slices");
    const Breaker snapshots{.open_at = rule_of("errors > 50% of 20"), .evaluate_every = seconds{1}};
    CHECK(snapshots.find_problem()->field == "evaluate_every");
    CHECK(Breaker{.half_open_after = Duration{0}}.find_problem()->field == "half_open_after");
    CHECK(Breaker{.probes = 2, .probes_at_once = 3}.find_problem()->field == "probes_at_once");
    for (const std::string& name : breaker_preset_names())
        CHECK(Breaker{.preset = name}.find_problem() == std::nullopt);
}

}  // namespace
}  // namespace shaketable::policies
