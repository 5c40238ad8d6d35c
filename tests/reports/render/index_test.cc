#include "reports/render/index.h"

#include <catch2/catch.hpp>

#include "reports/assess.h"
#include "tests/reports/rich_record.h"

using namespace shaketable;
using namespace shaketable::reports;

TEST_CASE("index: a row says how the run went, before, during and after") {
    const scenarios::Scenario scenario = rich::scenario();
    const Record record = rich::record();
    const Findings findings = assess(scenario, record);
    const Provenance provenance = rich::provenance();
    const IndexRow row =
        index_row({&scenario, &record, &findings, &provenance}, "a/b", "a/report.html");
    CHECK(row.scenario == "small");
    CHECK_FALSE(row.hold);
    CHECK(row.expectations == 3);
    CHECK(row.held == 1);
    CHECK(row.success_before == 1);
    CHECK(row.success_during == Approx(0.2));
    CHECK(row.success_after == Approx(0.6));  // one repeat came back, one did not
    CHECK(row.p99_during == Approx(0.2).epsilon(0.01));
    CHECK(row.never_back);
    CHECK(row.recovery == 0);
    CHECK(row.p99s.size() == 60);
    CHECK(row.requests == 1200);
}

TEST_CASE("index: a run without repeats has a row of its own") {
    scenarios::Scenario scenario = rich::scenario();
    Record record;
    const Findings findings;
    const Provenance provenance;
    const IndexRow row = index_row({&scenario, &record, &findings, &provenance}, "", "");
    CHECK(row.success_before == -1);
    CHECK(row.p99s.empty());
    CHECK(to_index({row}).find("<title>runs") != std::string::npos);
}
