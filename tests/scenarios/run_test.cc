// How long, how often, how well known.
#include <catch2/catch.hpp>

#include "scenarios/read.h"

namespace shaketable::scenarios {
namespace {

using std::chrono::seconds;

TEST_CASE("run: a warm-up is a length or auto, and is printed as it was meant") {
    using W = Text<Warmup>;
    CHECK(W::parse("20s")->length == seconds{20});
    CHECK_FALSE(W::parse("20s")->automatic);
    CHECK(W::parse("auto")->automatic);
    CHECK(W::print(*W::parse("auto")) == "auto");
    CHECK(W::print(*W::parse("90s")) == "1m30s");
    CHECK(W::parse("automatic").error().code == "E022");
}

TEST_CASE("run: a precision is a metric, a share to each side, and a span") {
    using P = Text<Precision>;
    const auto precision = P::parse("p99(web.checkout) ± 2% during baseline");
    REQUIRE(precision);
    CHECK(precision->of.metric == Metric::p99);
    CHECK(precision->of.selector.endpoint == "checkout");
    CHECK(precision->of.span.window == "baseline");
    CHECK(precision->of.unit == Unit::seconds);
    CHECK(precision->within == Share{0.02});
    CHECK(P::parse("p99(web.checkout)+-2%")->within == Share{0.02});
    CHECK(*P::parse(P::print(*precision)) == *precision);
    for (const char* bad : {"", "p99(web.checkout)", "p99(web.checkout) < 2%", "p99(web) ± 2",
                            "p99(web) ± 0%", "p99(web) ± 100%", "p99(web) ± 2% sometimes"}) {
        CAPTURE(bad);
        CHECK_FALSE(P::parse(bad));
    }
}

TEST_CASE("run: `until` begins with five repeats and gives up at a thousand, if not told") {
    Run run;
    CHECK(run.repeats_least() == 1);
    CHECK(run.repeats_most() == 1);
    run.until = *Text<Precision>::parse("p99(web.checkout) +- 2%");
    CHECK(run.repeats_least() == 5);
    CHECK(run.repeats_most() == 1000);
    run.repeats = 2000;
    CHECK(run.repeats_most() == 2000);
    run.repeats_max = 3000;
    CHECK(run.repeats_most() == 3000);
    CHECK_FALSE(run.find_problem());
}

TEST_CASE("run: what cannot be is refused") {
    Run run;
    run.repeats_max = 10;
    CHECK(run.find_problem()->code == "E014");
    run.until = *Text<Precision>::parse("p99(web.checkout) +- 2%");
    CHECK_FALSE(run.find_problem());
    run.repeats_max = 4;
    CHECK(run.find_problem()->code == "E023");
    run = {};
    run.duration = seconds{40};
    run.warmup.automatic = true;
    CHECK(run.find_problem()->code == "E023");
    run.sample_every = std::chrono::milliseconds{500};
    CHECK_FALSE(run.find_problem());
}

}  // namespace
}  // namespace shaketable::scenarios
