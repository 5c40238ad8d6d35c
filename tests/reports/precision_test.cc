#include "reports/precision.h"

#include <catch2/catch.hpp>

#include "reports/assess.h"
#include "tests/reports/small_record.h"

namespace shaketable::reports {
namespace {

using scenarios::Metric;

scenarios::Scenario wanting(double within) {
    scenarios::Scenario s = small::scenario();
    s.run.until = scenarios::Precision{
        .of = small::claim(Metric::success, small::checkout, small::during("cut")),
        .within = Share{within}};
    return s;
}
Record with_success(const std::vector<double>& shares) {
    std::vector<std::vector<small::Phase>> repeats;
    for (const double share : shares) repeats.push_back({{0, 30}, {30, 40, share}, {40, 60}});
    return small::record(repeats);
}

TEST_CASE("precision: the half-width of the interval against the mean") {
    const Known known = how_well_known(wanting(0.5), with_success({0.4, 0.6}));
    // t(0.975, 1) = 12.706; s = 0.1414; 12.706 * 0.1414 / sqrt(2) / 0.5
    CHECK(known.within == Approx(2.5412).epsilon(1e-3));
    CHECK_FALSE(known.is_well_enough);
    CHECK(how_well_known(wanting(0.5), with_success({0.5, 0.5})).is_well_enough);
    CHECK_FALSE(how_well_known(wanting(0.5), with_success({0.5})).is_well_enough);
}

TEST_CASE("precision: the next look is a quarter to twice as many repeats later, up to the most") {
    scenarios::Run run = wanting(0.02).run;
    const auto next = [&](std::uint32_t repeats, double within) {
        return repeats_wanted(run, {.estimate = {}, .repeats = repeats, .within = within});
    };
    CHECK(next(100, 0.021) == 125);
    CHECK(next(100, 0.025) == 172);
    CHECK(next(100, 0.5) == 200);
    CHECK(next(900, std::numeric_limits<double>::infinity()) == 1000);
    run.repeats_max = 120;
    CHECK(next(100, 0.5) == 120);
}

TEST_CASE("precision: what was not reached is said") {
    const auto notices = [](double within) {
        return assess(wanting(within), with_success({0.4, 0.6})).notices;
    };
    REQUIRE(notices(0.02).size() == 1);
    CHECK(notices(0.02).front().kind == "not-converged");
    CHECK(notices(0.02).front().text.starts_with("NOT CONVERGED"));
    CHECK(notices(0.99).size() == 1);
}

}  // namespace
}  // namespace shaketable::reports
