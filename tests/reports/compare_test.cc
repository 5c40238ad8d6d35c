#include "reports/compare.h"

#include <catch2/catch.hpp>

#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using small::Phase;

namespace {

/// A scenario of no expectations and a record of it, kept where a view can point at them.
struct Run {
    scenarios::Scenario scenario = small::scenario();
    Record record;
    Findings findings{};
    Provenance provenance{};
    [[nodiscard]] RunView view() const { return {&scenario, &record, &findings, &provenance}; }
};

/// One repeat per share of success while the fault lasts.
Run run_of(const std::vector<double>& shares, std::uint64_t seed = 7) {
    std::vector<std::vector<Phase>> repeats;
    for (const double share : shares) {
        repeats.push_back(small::broken());
        repeats.back()[1].success = share;
    }
    Run run{.record = small::record(repeats)};
    run.record.seed = seed;
    return run;
}

Difference figure_of(const std::vector<Difference>& all, std::string_view part) {
    for (const Difference& d : all)
        if (d.figure.find(part) != std::string::npos) return d;
    FAIL("no figure " << part);
    return {};
}

Difference success_of(const Run& a, const Run& b) {
    return figure_of(compare(a.view(), b.view(), {}), "success(");
}

}  // namespace

TEST_CASE("compare: a run differs from itself in nothing") {
    const Run run = run_of({0.2, 0.3, 0.4});
    for (const Difference& d : compare(run.view(), run.view(), {})) {
        INFO(d.figure);
        CHECK(d.change == Change::none_seen);
        CHECK(!is_regression(d));
    }
}

TEST_CASE("compare: repeats of the same dice are compared in pairs") {
    // Each repeat is better by the same, though repeats differ far more among themselves.
    const Run a = run_of({0.1, 0.4, 0.7}), b = run_of({0.2, 0.5, 0.8});
    const Difference paired = success_of(a, b);
    CHECK(paired.paired);
    CHECK(paired.change == Change::better);
    CHECK(paired.difference.low == Approx(paired.difference.mean).margin(1e-9));

    const Difference apart = success_of(a, run_of({0.2, 0.5, 0.8}, 8));
    CHECK(!apart.paired);
    CHECK(apart.change == Change::none_seen);
    CHECK(apart.difference.mean == Approx(paired.difference.mean));
    CHECK(apart.difference.low < 0);
    CHECK(apart.difference.high > 0);
}

TEST_CASE("compare: worse is what lies in the bad direction, and a regression") {
    const Run good = run_of({0.8, 0.81, 0.79}), bad = run_of({0.2, 0.21, 0.22}, 8);
    CHECK(success_of(good, bad).change == Change::worse);
    CHECK(is_regression(success_of(good, bad)));
    CHECK(success_of(bad, good).change == Change::better);
    CHECK(!is_regression(success_of(bad, good)));
}

TEST_CASE("compare: without repeats the tolerance judges, and what is beyond it is outside") {
    // A fault of 10 of the 45 s that count: 1% of its calls are 0.2 points of all.
    const Run a = run_of({0.50});
    const Difference near = success_of(a, run_of({0.52}));
    CHECK(near.difference.n == 1);
    CHECK(near.allowed == 0.02);
    CHECK(near.change == Change::none_seen);
    const Difference far = success_of(a, run_of({0.30}));
    CHECK(far.change == Change::outside);
    CHECK(is_regression(far));
    CHECK(!is_regression(success_of(run_of({0.30}), a)));
}

TEST_CASE("compare: an expectation is compared in its own window, by its left side") {
    Run a = run_of({0.5, 0.5}), b = run_of({0.9, 0.9});
    scenarios::Expectation e;
    e.that = small::claim(scenarios::Metric::success, small::checkout, small::during("cut"));
    e.that.text = "success(web.checkout) >= 40% during cut";
    e.that.comparison = scenarios::Comparison::at_least;
    e.that.unit = scenarios::Unit::share;
    a.scenario.expect = {e};
    e.that.text = "success(web.checkout) >= 80% during cut";
    b.scenario.expect = {e};
    const auto all = compare(a.view(), b.view(), {});
    const Difference d = figure_of(all, "during cut");
    CHECK(d.figure == "success(web.checkout) during cut");
    CHECK(d.a.mean == Approx(0.5));
    CHECK(d.b.mean == Approx(0.9));
    CHECK(std::count_if(all.begin(), all.end(),
                        [&](const Difference& one) { return one.figure == d.figure; }) == 1);
}

TEST_CASE("compare: what only one run knows is missing, and says in which") {
    const Run a = run_of({0.5});
    Run b = run_of({0.5});
    for (FlowKey& flow : b.record.flows)
        if (flow.from_workload) flow.endpoint = "other";
    const Difference d = figure_of(compare(a.view(), b.view(), {}), "checkout");
    CHECK(d.change == Change::missing);
    CHECK(d.note.starts_with("second: "));
    CHECK(!is_regression(d));
}

TEST_CASE("compare: many figures of equal runs raise no alarm more often than one in twenty runs") {
    // 200 pairs of runs that differ by nothing but dice; each figure alone is wrong in one of
    // twenty, all together may be too: 10 alarms expected at most, 3 sigma above are 20.
    std::uint64_t dice = 1;
    const auto draw = [&] {
        dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
        return 0.3 + 0.4 * static_cast<double>(dice >> 33U) / static_cast<double>(1U << 31U);
    };
    int alarms = 0;
    for (int i = 0; i < 200; ++i) {
        const Run a = run_of({draw(), draw(), draw(), draw()});
        const Run b = run_of({draw(), draw(), draw(), draw()}, 8);
        bool any = false;
        for (const Difference& d : compare(a.view(), b.view(), {}))
            any = any || d.change != Change::none_seen;
        alarms += any ? 1 : 0;
    }
    CHECK(alarms <= 20);
}
