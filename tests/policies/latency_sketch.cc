#include "policies/latency_sketch.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("latency sketch: quantiles of a uniform law are within 2%") {
    LatencySketch sketch{60'000};
    Random random = dice();
    for (int i = 0; i < 50'000; ++i) sketch.add(from_seconds(0.1 * random.uniform()));
    for (const double p : {0.1, 0.5, 0.9, 0.99})
        CHECK(in_ms(sketch.quantile(p)) == Approx(100 * p).epsilon(0.02));
}

TEST_CASE("latency sketch: one value comes back to within a bin, from nanoseconds to days") {
    for (const Duration d :
         {Duration{3}, Duration{900}, Duration{microseconds{7}}, Duration{milliseconds{33}},
          Duration{seconds{77}}, Duration{std::chrono::hours{50}}}) {
        LatencySketch sketch{100};
        sketch.add(d);
        const auto found = static_cast<double>(sketch.quantile(0.5).count());
        const auto wanted = static_cast<double>(d.count());
        CHECK(found == Approx(wanted).epsilon(0.125).margin(128));
    }
}

TEST_CASE("latency sketch: remembers at most what it was told to") {
    LatencySketch sketch{1'000};
    for (int i = 0; i < 10'000; ++i) {
        sketch.add(milliseconds{1});
        REQUIRE(sketch.count() <= 1'000);
    }
    sketch.clear();
    CHECK(sketch.count() == 0);
}

}  // namespace
}  // namespace shaketable::policies
