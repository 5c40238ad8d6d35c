#include <catch2/catch.hpp>

#include "reports/band.h"
#include "reports/metrics/measurement.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using scenarios::Metric;
using small::Phase;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

Measurement recovery(const std::vector<Phase>& phases, scenarios::Span span = small::after("cut"),
                     Metric metric = Metric::time_to_recover) {
    const Record r = small::record({phases});
    return measure(small::scenario(), r, r.repeats[0],
                   small::claim(metric, small::checkout, std::move(span)));
}

/// Healthy, then the fault, then what is given (from 40 s on).
std::vector<Phase> then(std::vector<Phase> rest) {
    std::vector<Phase> phases = small::broken();
    phases.pop_back();
    phases.insert(phases.end(), rest.begin(), rest.end());
    return phases;
}
Phase bad(int from, int to) {
    return {from, to, 0.5};
}
Phase good(int from, int to) {
    return {from, to};
}

}  // namespace

TEST_CASE("time_to_recover: 0 where all is well as soon as the fault ends") {
    const Measurement m = recovery(small::broken());
    CHECK(m.value == Approx(0));
    CHECK_FALSE(m.at_least);
}

TEST_CASE("time_to_recover: counts from the end of the fault to the end of the last bad step") {
    CHECK(recovery(then({bad(40, 43), good(43, 60)})).value == Approx(3));
}

TEST_CASE("time_to_recover: less than ten good seconds in a row are no recovery") {
    CHECK(recovery(then({good(40, 42), bad(42, 43), good(43, 60)})).value == Approx(3));
    const Measurement m = recovery(then({good(40, 49), bad(49, 50), good(50, 60)}));
    CHECK(m.at_least);
    CHECK(m.value == Approx(15));  // the cool-down is not looked at
}

TEST_CASE("time_to_recover: exactly ten good seconds before the cool-down are enough") {
    const Measurement m = recovery(then({bad(40, 45), good(45, 55), bad(55, 60)}));
    CHECK_FALSE(m.at_least);
    CHECK(m.value == Approx(5));
}

TEST_CASE("time_to_recover: without recovery the value is what was watched") {
    const Measurement m = recovery(small::metastable());
    CHECK(m.at_least);
    CHECK(m.value == Approx(15));
}

TEST_CASE("time_to_recover: answers that are right and three times as slow are outside the band") {
    const Measurement m = recovery(then({{40, 44, 1.0, milliseconds{60}}, good(44, 60)}));
    CHECK(m.value == Approx(4));
    CHECK(recovery(then({{40, 44, 1.0, milliseconds{39}}, good(44, 60)})).value == Approx(0));
}

TEST_CASE("time_to_recover: over run it counts from the end of the last fault") {
    CHECK(recovery(then({bad(40, 42), good(42, 60)}), {}).value == Approx(2));
    Record r = small::record({small::healthy()});
    r.repeats[0] = small::repeat(small::healthy(), small::scenario(), false);
    const Measurement none = measure(small::scenario(), r, r.repeats[0],
                                     small::claim(Metric::time_to_recover, small::checkout));
    CHECK(none.absence == Absence::no_window);
    CHECK(none.reason == "no fault happened");
}

TEST_CASE("time_to_recover: a fault to the end of the run leaves no recovery") {
    Record r = small::record({small::broken()});
    for (NamedSpan& s : r.repeats[0].spans)
        if (s.name == "cut") s.end = Time{seconds{60}};
    const Measurement m =
        measure(small::scenario(), r, r.repeats[0],
                small::claim(Metric::time_to_recover, small::checkout, small::after("cut")));
    CHECK(m.at_least);
    CHECK(m.value == Approx(0));
}

TEST_CASE("time_to_recover: nobody calling after the fault is no recovery either") {
    Record r = small::record({small::broken()});
    for (std::size_t k = 40; k < 60; ++k) r.repeats[0].flow_samples[small::to_web][k] = {};
    const Measurement m =
        measure(small::scenario(), r, r.repeats[0],
                small::claim(Metric::time_to_recover, small::checkout, small::after("cut")));
    CHECK(m.absence == Absence::no_samples);
    CHECK(m.reason == "no requests to web.checkout after cut");
}

TEST_CASE("band: one point or three deviations below the baseline, twice its median above") {
    const Record r = small::record({small::broken()});
    const std::vector<std::uint32_t> rows{small::to_web};
    auto steps = step_totals(r.repeats[0], rows);
    const auto steady = baseline_band(r, r.repeats[0], steps);
    REQUIRE(steady);
    CHECK(steady->success_least == Approx(0.99));
    CHECK(steady->p50_most == Approx(0.04));
    for (std::size_t k = 10; k < 30; k += 2) {  // 100% and 80% by turns
        steps[k].succeeded = 8;
        steps[k].failed = 2;
    }
    const auto noisy = baseline_band(r, r.repeats[0], steps);
    REQUIRE(noisy);
    CHECK(noisy->success_least == Approx(0.9 - 3 * 0.1 * std::sqrt(20.0 / 19)));
}

TEST_CASE("band: steps without answers are outside when calls began, and neither when none did") {
    const Band band{0.99, 0.04};
    CHECK(place_of({10, 10, 0, 10, 0.02, 0.03}, band) == BandSide::inside);
    CHECK(place_of({10, 9, 1, 10, 0.02, 0.03}, band) == BandSide::outside);
    CHECK(place_of({10, 10, 0, 10, 0.05, 0.06}, band) == BandSide::outside);
    CHECK(place_of({10, 0, 0, 10, -1, -1}, band) == BandSide::outside);
    CHECK(place_of({0, 0, 0, 0, -1, -1}, band) == BandSide::neither);
    CHECK(place_of({10, 0, 10, 10, -1, -1}, {-0.1, 0.04}) == BandSide::outside);
}

TEST_CASE("band: a baseline without calls has none") {
    const Record r = small::record({small::broken()});
    CHECK_FALSE(baseline_band(r, r.repeats[0], std::vector<StepTotals>(60)));
}

TEST_CASE("time_to_detect: to the end of the first step outside the band") {
    CHECK(recovery(small::broken(), small::after("cut"), Metric::time_to_detect).value ==
          Approx(1));
    std::vector<Phase> slow = small::broken();
    slow[0].to = 33;  // the fault is felt three seconds late
    slow[1].from = 33;
    CHECK(recovery(slow, small::after("cut"), Metric::time_to_detect).value == Approx(4));
    const Measurement never_felt =
        recovery(small::healthy(), small::after("cut"), Metric::time_to_detect);
    CHECK(never_felt.at_least);
    CHECK(never_felt.value == Approx(25));
}

TEST_CASE("step totals: medians of several flows are weighted by their successes") {
    Record r = small::record({small::broken()});
    auto& samples = r.repeats[0].flow_samples;
    samples[0][0] = {10, 10, 0, 10, 0.1F, 0.2F};
    samples[1][0] = {30, 30, 0, 30, 0.5F, 0.6F};
    const std::vector<std::uint32_t> rows{0, 1};
    const StepTotals step = step_totals(r.repeats[0], rows).front();
    CHECK(step.started == 40);
    CHECK(step.p50 == Approx(0.4));
    CHECK(step.p99 == Approx(0.5));
}
