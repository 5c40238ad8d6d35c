#include <catch2/catch.hpp>

#include "reports/assess.h"
#include "reports/metrics/measurement.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using scenarios::Metric;
using small::Phase;
using std::chrono::seconds;

namespace {

Measurement measured(const std::vector<Phase>& phases, Metric metric, scenarios::Span span = {}) {
    const Record r = small::record({phases});
    return measure(small::scenario(), r, r.repeats[0],
                   small::claim(metric, small::checkout, std::move(span)));
}

Finding share_of(const std::vector<std::vector<Phase>>& repeats) {
    scenarios::Scenario s = small::scenario();
    scenarios::Expectation e;
    e.that = small::claim(Metric::collapse, small::checkout, small::after("cut"));
    e.that.comparison = scenarios::Comparison::less;
    e.that.limit = 0.5;
    s.expect = {e};
    return assess(s, small::record(repeats)).expectations.front();
}

}  // namespace

TEST_CASE("collapse: goodput below half of the baseline's, in the span or the last quarter") {
    CHECK(measured(small::broken(), Metric::collapse, small::during("cut")).value == 1);
    CHECK(measured(small::broken(), Metric::collapse, small::after("cut")).value == 0);
    CHECK(measured(small::broken(), Metric::collapse).value == 0);
    CHECK(measured(small::metastable(), Metric::collapse).value == 1);
    CHECK(measured({{0, 30}, {30, 60, 0.5}}, Metric::collapse).value == 0);
}

TEST_CASE("collapse: nobody calling is no collapse, and without a baseline there is no value") {
    Record r = small::record({small::broken()});
    for (std::size_t k = 40; k < 60; ++k) r.repeats[0].flow_samples[small::to_web][k] = {};
    CHECK(
        measure(small::scenario(), r, r.repeats[0], small::claim(Metric::collapse, small::checkout))
            .absence == Absence::no_samples);
    CHECK(measured({{0, 60, 0.0}}, Metric::collapse).absence == Absence::no_samples);
    CHECK(measured({{0, 60, 0.0}}, Metric::time_to_collapse).absence == Absence::no_samples);
}

TEST_CASE("collapse: over repeats it is a share with Wilson's interval") {
    const Finding some =
        share_of({small::broken(), small::broken(), small::metastable(), small::broken()});
    CHECK(some.value.mean == Approx(0.25));
    const Interval wilson = wilson_interval(1, 4);
    CHECK(some.value.low == Approx(wilson.low));
    CHECK(some.value.high == Approx(wilson.high));
    CHECK(some.uncertain);
    const Finding none = share_of({small::broken(), small::broken()});
    CHECK(none.value.mean == 0);
    CHECK(none.value.high == Approx(wilson_interval(0, 2).high));
}

TEST_CASE("time_to_collapse: from the start of the span to ten seconds below half") {
    CHECK(measured(small::broken(), Metric::time_to_collapse, small::during("cut")).value ==
          Approx(0));
    CHECK(measured(small::broken(), Metric::time_to_collapse).value == Approx(20));
    CHECK(
        measured({{0, 33}, {33, 60, 0.2}}, Metric::time_to_collapse, small::during("cut")).value ==
        Approx(3));
}

TEST_CASE("time_to_collapse: less than ten seconds in a row are none") {
    const Measurement m = measured({{0, 30}, {30, 39, 0.2}, {39, 60}}, Metric::time_to_collapse);
    CHECK(m.at_least);
    CHECK(m.value == Approx(45));
}

TEST_CASE("time_to_collapse: a claim that it is long is judged by those that collapsed") {
    scenarios::Scenario s = small::scenario();
    scenarios::Expectation e;
    e.that = small::claim(Metric::time_to_collapse, small::checkout);
    e.that.comparison = scenarios::Comparison::greater;
    e.that.limit = 100;
    s.expect = {e};
    const auto verdict = [&](const std::vector<std::vector<Phase>>& repeats) {
        return assess(s, small::record(repeats)).expectations.front().verdict;
    };
    CHECK(verdict({small::healthy(), small::healthy()}) == Verdict::hold);
    CHECK(verdict({small::healthy(), small::metastable()}) == Verdict::broken);
}
