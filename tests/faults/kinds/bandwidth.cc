#include "faults/kinds/bandwidth.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

TEST_CASE("bandwidth: caps the edge, or each connection") {
    CHECK(judge_many(BandwidthCap{.rate = {1000}}, 1)[0] == Verdict{.edge_rate = 1000});
    CHECK(judge_many(BandwidthCap{.rate = {1000}, .per = BandwidthCap::Per::connection}, 1)[0] ==
          Verdict{.connection_rate = 1000});
}

TEST_CASE("bandwidth: the ramp narrows the pipe and never lifts the cap before its time") {
    double last = unlimited_rate;
    for (const double strength : {0.0, 0.1, 0.5, 1.0}) {
        const double cap =
            judge_many(BandwidthCap{.rate = {1000}}, 1, {.strength = strength})[0].edge_rate;
        CHECK(cap <= last);
        last = cap;
    }
    CHECK(last == 1000);
}

TEST_CASE("bandwidth: draws nothing") {
    CHECK(draws_of(BandwidthCap{.rate = {1000}}) == 0);
}

TEST_CASE("bandwidth: a rate of 0 is refused") {
    CHECK(BandwidthCap{}.find_problem()->field == "rate");
    CHECK_FALSE(BandwidthCap{.rate = {1}}.find_problem());
}

}  // namespace
}  // namespace shaketable::faults
