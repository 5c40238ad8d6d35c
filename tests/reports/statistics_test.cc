#include "reports/statistics.h"

#include <array>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "base/random.h"

using namespace shaketable;
using namespace shaketable::reports;

TEST_CASE("statistics: Student's t agrees with known values to 1e-6") {
    struct Known {
        double p;
        std::uint32_t dof;
        double t;
    };
    // Closed forms for 1 and 2 degrees of freedom; the others from scipy.stats.t.ppf.
    constexpr std::array known{
        Known{0.975, 1, 12.706204736174707},  Known{0.975, 2, 4.302652729749462},
        Known{0.975, 3, 3.182446305283708},   Known{0.975, 4, 2.776445105197794},
        Known{0.975, 5, 2.570581835636197},   Known{0.975, 9, 2.262157162798205},
        Known{0.975, 10, 2.228138851986273},  Known{0.975, 29, 2.045229642132703},
        Known{0.975, 30, 2.042272456301238},  Known{0.975, 99, 1.984216951586395},
        Known{0.975, 120, 1.979930405082422}, Known{0.95, 9, 1.833112932653634},
        Known{0.995, 9, 3.249835541592142},   Known{0.9995, 5, 6.868826625877228}};
    for (const Known& k : known) {
        CAPTURE(k.p, k.dof);
        CHECK(std::fabs(t_quantile(k.p, k.dof) - k.t) < 1e-6);
    }
    CHECK(std::fabs(t_quantile(0.975, 100'000'000) - 1.959963984540054) < 1e-6);
}

TEST_CASE(
    "statistics: t falls steadily with the degrees of freedom, also where the method changes") {
    double before = t_quantile(0.975, 1);
    for (std::uint32_t dof = 2; dof < 1'200; ++dof) {
        const double t = t_quantile(0.975, dof);
        REQUIRE(t < before);
        REQUIRE(t > 1.959963984540054);
        before = t;
    }
    // 500 is the last by inversion, 501 the first by expansion: the step between them is that of
    // its neighbours.
    const double step = t_quantile(0.975, 500) - t_quantile(0.975, 501);
    const double next = t_quantile(0.975, 501) - t_quantile(0.975, 502);
    CHECK(std::fabs(step - next) < 1e-7);
}

TEST_CASE("statistics: t is symmetric") {
    CHECK(t_quantile(0.5, 7) == 0);
    CHECK(t_quantile(0.025, 7) == -t_quantile(0.975, 7));
}

TEST_CASE("statistics: mean and sample deviation") {
    const std::array values{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0};
    CHECK(mean_of(values) == 5);
    CHECK(deviation_of(values) == Approx(std::sqrt(32.0 / 7)));
    CHECK(deviation_of(std::array{3.0}) == 0);
}

TEST_CASE("statistics: the interval of a mean is t s / sqrt n on both sides") {
    const std::array values{10.0, 12.0, 14.0};
    const Estimate e = estimate_of(values);
    CHECK(e.n == 3);
    CHECK(e.mean == 12);
    CHECK(e.half_width() == Approx(4.302652729749462 * 2 / std::sqrt(3.0)));
    CHECK(e.high - e.mean == Approx(e.mean - e.low));
}

TEST_CASE("statistics: one value has no interval, none has no estimate, infinity no interval") {
    CHECK_FALSE(estimate_of(std::array{3.0}).has_interval());
    CHECK(estimate_of(std::array{3.0}).mean == 3);
    CHECK(estimate_of({}).n == 0);
    const Estimate e = estimate_of(std::array{1.0, std::numeric_limits<double>::infinity()});
    CHECK(std::isinf(e.mean));
    CHECK_FALSE(e.has_interval());
}

TEST_CASE("statistics: an interval is cut off where values cannot be") {
    const Estimate e = estimate_within(std::array{0.98, 1.0}, 0, 1);
    CHECK(e.high == 1);
    CHECK(e.low < 0.98);
    CHECK(e.half_width() == e.mean - e.low);
}

TEST_CASE("statistics: 95 percent intervals cover a normal mean in 95 percent of the trials") {
    Random random{random_key(5, 0, "coverage", "test")};
    int covered = 0;
    constexpr int trials = 4'000;
    for (int i = 0; i < trials; ++i) {
        std::array<double, 5> values{};
        for (double& v : values) v = 100 + random.normal();
        const Estimate e = estimate_of(values);
        covered += e.low <= 100 && 100 <= e.high ? 1 : 0;
    }
    CHECK(covered > trials * 0.94);  // 3 sd = 1%
    CHECK(covered < trials * 0.96);
}

TEST_CASE("statistics: Wilson's interval agrees with known values") {
    const Interval all = wilson_interval(10, 10);
    CHECK(all.low == Approx(0.722467).epsilon(1e-5));
    CHECK(all.high == 1);
    const Interval half = wilson_interval(5, 10);
    CHECK(half.low == Approx(0.236593).epsilon(1e-5));
    CHECK(half.high == Approx(0.763407).epsilon(1e-5));
    CHECK(wilson_interval(0, 10).low == 0);
    CHECK(wilson_interval(0, 0) == Interval{0, 1});
}
