#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using std::chrono::seconds;

namespace {

Time at(int second) {
    return Time{seconds{second}};
}

bool has(const std::vector<Time>& cuts, Time t) {
    return std::find(cuts.begin(), cuts.end(), t) != cuts.end();
}

}  // namespace

TEST_CASE("cuts: a run is cut at warm-up, cool-down, faults, windows and offsets of claims") {
    scenarios::Scenario s = small::scenario();
    s.windows.entries = {{"rush", {seconds{12}, seconds{17}}}};
    scenarios::Expectation e;
    e.that =
        small::claim(scenarios::Metric::success, small::checkout, small::after("cut", seconds{3}));
    s.expect = {e};
    const std::vector<NamedSpan> faults{{"cut", at(30), at(40)}};
    CHECK(cut_times(s, faults) ==
          std::vector<Time>{at(0), at(10), at(12), at(17), at(30), at(40), at(43), at(55), at(60)});
}

TEST_CASE("cuts: baseline ends where the first fault begins, and is the run without faults") {
    const scenarios::Scenario s = small::scenario();
    CHECK(named_spans(s, {{"b", at(40), at(45)}, {"a", at(20), at(30)}}) ==
          std::vector<NamedSpan>{{"baseline", at(10), at(20)},
                                 {"run", at(10), at(55)},
                                 {"b", at(40), at(45)},
                                 {"a", at(20), at(30)}});
    CHECK(named_spans(s, {}).front() == NamedSpan{"baseline", at(10), at(55)});
}

TEST_CASE("cuts: a fault within the warm-up leaves no baseline") {
    const auto spans = named_spans(small::scenario(), {{"early", at(5), at(12)}});
    CHECK(spans.front().name == "run");
}

TEST_CASE("cuts: offsets past the end of the run and windows outside it cut nothing") {
    scenarios::Scenario s = small::scenario();
    s.windows.entries = {{"late", {seconds{70}, seconds{80}}}};
    scenarios::Expectation e;
    e.that =
        small::claim(scenarios::Metric::success, small::checkout, small::after("cut", forever));
    s.expect = {e};
    const std::vector<Time> cuts = cut_times(s, {{"cut", at(30), at(40)}});
    CHECK(cuts.back() == at(60));
    CHECK(std::is_sorted(cuts.begin(), cuts.end()));
    CHECK_FALSE(has(cuts, at(70)));
}
