#include "policies/hedge.h"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "base/math.h"
#include "policies/presets.h"
#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

HedgeDelay percentile(double p) {
    HedgeDelay delay;
    delay.percentile = p;
    return delay;
}

TEST_CASE("hedge: a fixed delay is known from the first call on") {
    const HedgeMachine hedge{Hedge{.after = HedgeDelay{milliseconds{20}}}};
    CHECK(hedge.delay() == milliseconds{20});
    CHECK(HedgeMachine{Hedge{}}.delay() == seconds{2});
}

TEST_CASE("hedge: a percentile is unknown until there are samples enough for it") {
    HedgeMachine p95{Hedge{.after = percentile(95)}};
    for (int i = 0; i < 19; ++i) p95.observe(milliseconds{10});
    CHECK(p95.delay() == forever);
    p95.observe(milliseconds{10});
    CHECK(in_ms(p95.delay()) == Approx(10).epsilon(0.125));
    HedgeMachine p99{Hedge{.after = percentile(99)}};
    for (int i = 0; i < 99; ++i) p99.observe(milliseconds{10});
    CHECK(p99.delay() == forever);
    p99.observe(milliseconds{10});
    CHECK(p99.delay() != forever);
}

TEST_CASE("hedge: after p95 of a lognormal law it sends 5% more and cuts p99 to 66.7 ms") {
    HedgeMachine hedge{Hedge{.after = percentile(95)}};
    Random random = dice();
    const auto draw = [&] { return from_seconds(0.010 * stable_exp(random.normal())); };
    for (int i = 0; i < 5'000; ++i) hedge.observe(draw());
    int extra = 0;
    std::vector<double> latencies;
    const int calls = 400'000;
    for (int i = 0; i < calls; ++i) {
        hedge.on_call();
        Duration latency = draw();
        hedge.observe(latency);
        if (latency > hedge.delay() && hedge.try_spend(0)) {
            ++extra;
            latency = std::min(latency, hedge.delay() + draw());
        }
        latencies.push_back(in_ms(latency));
    }
    const auto p99 = latencies.begin() + calls * 99 / 100;
    std::nth_element(latencies.begin(), p99, latencies.end());
    CHECK(static_cast<double>(extra) / calls == Approx(0.05).epsilon(0.05));
    CHECK(*p99 == Approx(66.6658143).epsilon(0.03));
}

TEST_CASE("hedge: after 20 ms, an exponential law of 10 ms has a mean of 9.32 ms") {
    HedgeMachine hedge{Hedge{.after = HedgeDelay{milliseconds{20}}}};
    Random random = dice();
    double sum = 0;
    const int calls = 1'000'000;
    for (int i = 0; i < calls; ++i) {
        Duration latency = from_seconds(0.010 * random.exponential());
        if (latency > hedge.delay() && hedge.try_spend(0))
            latency = std::min(latency, hedge.delay() + from_seconds(0.010 * random.exponential()));
        sum += in_ms(latency);
    }
    CHECK(sum / calls == Approx(9.32332358).epsilon(0.005));
}

TEST_CASE("hedge: a percentile forgets what was long ago") {
    HedgeMachine hedge{Hedge{.after = percentile(95)}};
    for (int i = 0; i < 5'000; ++i) hedge.observe(milliseconds{10});
    for (int i = 0; i < 20'000; ++i) hedge.observe(milliseconds{100});
    CHECK(in_ms(hedge.delay()) == Approx(100).epsilon(0.125));
}

TEST_CASE("hedge: a percentile is never less than the least delay") {
    HedgeMachine hedge{Hedge{.after = percentile(95)}};
    for (int i = 0; i < 100; ++i) hedge.observe(microseconds{50});
    CHECK(hedge.delay() == milliseconds{1});
}

TEST_CASE("hedge: no more extra sends than allowed") {
    HedgeMachine hedge{Hedge{.extra = 2}};
    CHECK(hedge.try_spend(0));
    CHECK(hedge.try_spend(1));
    CHECK_FALSE(hedge.try_spend(2));
}

TEST_CASE("hedge: a budget of 5% allows ten at once and one in twenty in the long run") {
    HedgeMachine hedge{Hedge{.budget = Share{0.05}}};
    int extra = 0;
    for (int i = 0; i < 10'000; ++i) {
        hedge.on_call();
        extra += hedge.try_spend(0);
    }
    CHECK(extra == 509);
}

TEST_CASE(
    "hedge: with gRPC a non-fatal failure sends the next at once, a fatal one settles the call") {
    const HedgeMachine hedge{*preset("grpc-hedging")->hedge};
    CHECK(hedge.sends_next_on(Outcome::error, 503));
    CHECK_FALSE(hedge.sends_next_on(Outcome::error, 500));
    CHECK(HedgeMachine{Hedge{}}.sends_next_on(Outcome::error, 500));
    CHECK(HedgeMachine{Hedge{}}.cancel() == HedgeCancel::on_completion);
}

TEST_CASE("hedge: its delay is written as a time or as a percentile") {
    using T = Text<HedgeDelay>;
    CHECK(T::parse("20ms")->fixed == milliseconds{20});
    CHECK(T::parse("p99.9")->percentile == 99.9);
    CHECK(T::print(*T::parse("p99.9")) == "p99.9");
    CHECK(T::print(*T::parse("20ms")) == "20ms");
    CHECK(T::parse("p100").error().code == "E023");
    CHECK(T::parse("p").error().code == "E023");
    CHECK_FALSE(T::parse("20"));
}

TEST_CASE("hedge: impossible settings are refused at their field") {
    CHECK(Hedge{}.find_problem() == std::nullopt);
    CHECK(Hedge{.extra = 0}.find_problem()->field == "extra");
    CHECK(Hedge{.after_min = milliseconds{1}}.find_problem()->field == "after_min");
    CHECK(Hedge{.budget = Share{0}}.find_problem()->field == "budget");
}

}  // namespace
}  // namespace shaketable::policies
