#include "reports/windows.h"

#include <catch2/catch.hpp>

#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using std::chrono::seconds;

namespace {

Time at_second(int second) {
    return Time{seconds{second}};
}
scenarios::Span before(std::string w) {
    return {scenarios::Span::Kind::before, std::move(w), Duration{0}};
}

}  // namespace

TEST_CASE("windows: each kind of span is cut to what is measured") {
    const Record r = small::record({small::broken()});
    const Repeat& repeat = r.repeats.front();
    CHECK(stretches_of(r, repeat, small::during("run")) ==
          Stretches{{at_second(10), at_second(55)}});
    CHECK(stretches_of(r, repeat, small::during("baseline")) ==
          Stretches{{at_second(10), at_second(30)}});
    CHECK(stretches_of(r, repeat, small::during("cut")) ==
          Stretches{{at_second(30), at_second(40)}});
    CHECK(stretches_of(r, repeat, before("cut")) == Stretches{{at_second(10), at_second(30)}});
    CHECK(stretches_of(r, repeat, small::after("cut")) ==
          Stretches{{at_second(40), at_second(55)}});
    CHECK(stretches_of(r, repeat, small::after("cut", seconds{5})) ==
          Stretches{{at_second(45), at_second(55)}});
    CHECK(stretches_of(r, repeat, small::after("cut", seconds{15})).empty());
    CHECK(stretches_of(r, repeat, small::after("cut", forever)).empty());
    CHECK(stretches_of(r, repeat, small::during("nothing")).empty());
    CHECK(after_last_fault(r, repeat) == Stretches{{at_second(40), at_second(55)}});
}

TEST_CASE("windows: occurrences of a fault are one window, joined where they touch") {
    Record r = small::record({small::broken()});
    r.repeats[0].spans = {{"cut", at_second(30), at_second(35)},
                          {"cut", at_second(50), at_second(58)},
                          {"cut", at_second(35), at_second(40)}};
    CHECK(stretches_of(r, r.repeats[0], small::during("cut")) ==
          Stretches{{at_second(30), at_second(40)}, {at_second(50), at_second(55)}});
    CHECK(stretches_of(r, r.repeats[0], small::after("cut")).empty());
    CHECK(stretches_of(r, r.repeats[0], before("cut")) ==
          Stretches{{at_second(10), at_second(30)}});
}

TEST_CASE("windows: totals are those of the segments within, and nothing of the warm-up") {
    const Record r = small::record({small::broken()});
    const Repeat& repeat = r.repeats.front();
    const std::vector<std::uint32_t> rows{small::to_web};
    const Stretches run = stretches_of(r, repeat, small::during("run"));
    CHECK(flow_totals(repeat, run, rows).started == 450);
    CHECK(covered(repeat, run) == seconds{45});
    const Stretches cut = stretches_of(r, repeat, small::during("cut"));
    CHECK(flow_totals(repeat, cut, rows).succeeded() == 20);
    CHECK(service_totals(repeat, cut, small::ledger).arrived == 400);
    const std::vector<std::uint32_t> both{small::to_web, small::to_ledger};
    CHECK(flow_totals(repeat, cut, both).started == 200);
    CHECK(covered(repeat, {}) == Duration{0});
}

TEST_CASE("windows: baseline, fault and rest add up to the run") {
    const Record r = small::record({small::broken()});
    const Repeat& repeat = r.repeats.front();
    const std::vector<std::uint32_t> rows{small::to_ledger};
    FlowTotals sum = flow_totals(repeat, stretches_of(r, repeat, small::during("baseline")), rows);
    sum.merge(flow_totals(repeat, stretches_of(r, repeat, small::during("cut")), rows));
    sum.merge(flow_totals(repeat, stretches_of(r, repeat, small::after("cut")), rows));
    CHECK(sum == flow_totals(repeat, stretches_of(r, repeat, small::during("run")), rows));
}

TEST_CASE("windows: only whole steps lie within a stretch") {
    const Record r = small::record({small::broken()});
    using std::chrono::milliseconds;
    CHECK(steps_within(r, {at_second(10), at_second(12)}) == Steps{10, 12});
    CHECK(steps_within(r, {Time{milliseconds{10'500}}, Time{milliseconds{12'500}}}) ==
          Steps{11, 12});
    CHECK(steps_within(r, {Time{milliseconds{10'500}}, Time{milliseconds{10'900}}}) == Steps{});
}

TEST_CASE("windows: spans are named as they are written") {
    CHECK(describe(small::during("run")) == "over run");
    CHECK(describe(small::during("cut")) == "during cut");
    CHECK(describe(before("cut")) == "before cut");
    CHECK(describe(small::after("cut", seconds{30})) == "after cut + 30s");
}
