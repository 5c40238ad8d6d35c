#include <cmath>
#include <limits>
#include <utility>

#include <catch2/catch.hpp>

#include "base/distribution.h"
#include "base/law.h"
#include "tests/base/laws_for_test.h"

using namespace shaketable;
using namespace std::chrono_literals;

namespace {

Distribution read(std::string_view text) {
    return Text<Distribution>::parse(text).value();
}
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("law: means and deviations known by hand") {
    for (const LawCase& c : law_cases) {
        CAPTURE(c.text);
        const Distribution law = read(c.text);
        if (c.mean >= 0) CHECK(law.mean() == Approx(c.mean).epsilon(1e-9));
        if (c.deviation >= 0)
            CHECK(law.deviation() == Approx(c.deviation).margin(1e-18).epsilon(1e-6));
    }
}

TEST_CASE("law: a law has the quantiles it was written with") {
    const Distribution two = read("lognormal(p50=18ms p99=70ms)");
    CHECK(two.quantile(0.5) == Approx(0.018).epsilon(1e-12));
    CHECK(two.quantile(0.99) == Approx(0.07).epsilon(1e-12));
    CHECK(read("lognormal(p99=70ms p50=18ms)").quantile(0.99) == Approx(0.07).epsilon(1e-12));
    CHECK(read("lognormal(p90=3ms p99.9=9ms)").quantile(0.999) == Approx(0.009).epsilon(1e-12));
    const Distribution mixed = read("lognormal(mean=20ms p99=100ms)");
    CHECK(mixed.mean() == Approx(0.02).epsilon(1e-12));
    CHECK(mixed.quantile(0.99) == Approx(0.1).epsilon(1e-12));
    const Distribution below = read("lognormal(mean=20ms p90=15ms)");
    CHECK(below.mean() == Approx(0.02).epsilon(1e-12));
    CHECK(below.quantile(0.9) == Approx(0.015).epsilon(1e-12));
    for (const auto& [text, p999] : {std::pair{"lognormal(sd=10ms p99.9=90ms)", 0.09},
                                     std::pair{"lognormal(sd=10ms p99.9=12ms)", 0.012}}) {
        const Distribution law = read(text);
        CHECK(law.deviation() == Approx(0.01).epsilon(1e-9));
        CHECK(law.quantile(0.999) == Approx(p999).epsilon(1e-9));
    }
    const Distribution cv = read("lognormal(cv=0.5 p95=9ms)");
    CHECK(cv.deviation() / cv.mean() == Approx(0.5).epsilon(1e-12));
    CHECK(cv.quantile(0.95) == Approx(0.009).epsilon(1e-12));
    const Distribution spread = read("lognormal(sd=3ms sigma=0.7)");
    CHECK(spread.deviation() == Approx(0.003).epsilon(1e-12));
    CHECK(read("normal(p50=50ms p99=60ms)").quantile(0.99) == Approx(0.06).epsilon(1e-9));
    CHECK(read("normal(mean=50ms p99=60ms)").quantile(0.5) == Approx(0.05).epsilon(1e-9));
    CHECK(read("normal(sd=1ms p90=60ms)").quantile(0.9) == Approx(0.06).epsilon(1e-9));
    CHECK(read("normal(cv=0.01 p90=60ms)").quantile(0.9) == Approx(0.06).epsilon(1e-9));
    CHECK(read("normal(cv=0.01 sd=1ms)").mean() == Approx(0.1).epsilon(1e-9));
}

TEST_CASE("law: where two lognormals fit, the narrower one is meant") {
    // s^2/2 - z s + ln 2 = 0 has the solutions 0.31996 and 4.33274.
    const Distribution law = read("lognormal(mean=10ms p99=20ms)");
    CHECK(detail::solve(law)->b == Approx(0.31996).epsilon(1e-4));
    CHECK(detail::solve(read("lognormal(mean=10ms p99=10ms)"))->b == 0);
}

TEST_CASE("law: quantile and cumulative are each other's inverse") {
    for (const LawCase& c : law_cases) {
        const Distribution law = read(c.text);
        const detail::SolvedLaw solved{law};
        for (const double p : {0.001, 0.1, 0.5, 0.9, 0.96, 0.999}) {
            CAPTURE(c.text, p);
            const double x = law.quantile(p) * 1e9;
            CHECK(detail::cumulative(solved, x * (1 + 1e-9)) >= p - 1e-9);
            CHECK(detail::cumulative(solved, x * (1 - 1e-7)) <= p + 1e-9);
        }
    }
}

TEST_CASE("law: quantiles known in closed form") {
    CHECK(read("exponential(mean=5ms)").quantile(0.5) ==
          Approx(0.005 * std::log(2.0)).epsilon(1e-13));
    CHECK(read("weibull(shape=2 scale=5ms)").quantile(0.9) ==
          Approx(0.005 * std::sqrt(std::log(10.0))).epsilon(1e-13));
    CHECK(read("pareto(min=5ms alpha=2)").quantile(0.75) == Approx(0.01).epsilon(1e-13));
    CHECK(read("uniform(5ms 9ms)").quantile(0.25) == Approx(0.006).epsilon(1e-13));
    CHECK(read("erlang(k=1 mean=5ms)").quantile(0.5) ==
          Approx(0.005 * std::log(2.0)).epsilon(1e-9));
    CHECK(read("mixture(50%:1ms 50%:3ms)").quantile(0.5) == 0.001);
    CHECK(read("mixture(50%:1ms 50%:3ms)").quantile(0.500001) == 0.003);
    CHECK(read("mixture(95%:5ms 5%:uniform(50ms 90ms))").quantile(0.975) ==
          Approx(0.07).epsilon(1e-9));
    CHECK(read("mixture(0%:1s 100%:1ms)").quantile(0.999) == 0.001);
}

TEST_CASE("law: a normal cut at 0 has a larger mean and a smaller deviation") {
    // Mean 0 before the cut: half a normal, with mean sqrt(2/pi) and variance 1 - 2/pi.
    const Distribution half = read("normal(mean=0 sd=10ms)");
    const double pi = std::acos(-1.0);
    CHECK(half.mean() == Approx(0.01 * std::sqrt(2 / pi)).epsilon(1e-12));
    CHECK(half.deviation() == Approx(0.01 * std::sqrt(1 - 2 / pi)).epsilon(1e-12));
    CHECK(half.quantile(0.5) == Approx(0.01 * 0.6744897501960817).epsilon(1e-9));
}

TEST_CASE("law: heavy tails have no moments") {
    CHECK(read("pareto(min=1ms alpha=1)").mean() == infinity);
    CHECK(read("pareto(min=1ms alpha=0.5)").deviation() == infinity);
    CHECK(read("pareto(min=1ms alpha=2)").deviation() == infinity);
    CHECK(std::isfinite(read("pareto(min=1ms alpha=2)").mean()));
    const Distribution mixed = read("mixture(50%:1ms 50%:pareto(min=1ms alpha=1))");
    CHECK(mixed.mean() == infinity);
    CHECK(mixed.deviation() == infinity);
    CHECK(std::isfinite(read("mixture(100%:1ms 0%:pareto(min=1ms alpha=1))").mean()));
}

TEST_CASE("law: a balanced hyperexponential carries half of the mean in each branch") {
    for (const double cv : {1.0, 1.5, 4.0, 1000.0}) {
        Distribution law;
        law.law = Law::hyperexponential;
        law.parameters = {{"mean", 5ms, 0}, {"cv", 0ns, cv}};
        const auto [first, second, share] = detail::solve(law).value();
        CHECK(share * first == Approx(2.5e6).epsilon(1e-12));
        CHECK((1 - share) * second == Approx(2.5e6).epsilon(1e-9));
        CHECK(law.deviation() / law.mean() == Approx(cv).epsilon(1e-6));
    }
}

TEST_CASE("law: an empirical law is its samples") {
    Distribution law = read("empirical(x.csv)");
    CHECK(std::isnan(law.mean()));
    CHECK(std::isnan(law.quantile(0.5)));
    law.samples = {1ms, 2ms, 3ms, 6ms};
    CHECK(law.mean() == Approx(0.003));
    CHECK(law.deviation() == Approx(std::sqrt(3.5) * 1e-3));
    CHECK(law.quantile(0.25) == 0.001);
    CHECK(law.quantile(0.26) == 0.002);
    CHECK(law.quantile(0.999) == 0.006);
    CHECK(law.quantile(1e-9) == 0.001);
}
