#include <set>

#include <catch2/catch.hpp>

#include "reports/metrics/metric.h"
#include "scenarios/metric_words.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using scenarios::Metric;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// The small system with its fault; `change` may touch the record first.
template <class Change>
Measurement measured(scenarios::Claim claim, Change change) {
    Record record = small::record({small::broken()});
    change(record);
    return measure(small::scenario(), record, record.repeats.front(), claim);
}
Measurement measured(scenarios::Claim claim) {
    return measured(std::move(claim), [](Record&) {});
}
double value_of(const scenarios::Claim& claim) {
    const Measurement m = measured(claim);
    CAPTURE(m.reason);
    REQUIRE(m.absence == Absence::none);
    return m.value;
}
/// The segment of the fault.
Segment& cut_of(Record& record) {
    for (Segment& s : record.repeats[0].segments)
        if (s.start == Time{seconds{30}}) return s;
    FAIL("no segment begins with the fault");
    return record.repeats[0].segments.front();
}
std::uint64_t& count(std::array<std::uint64_t, outcome_count>& by, Outcome o) {
    return by[static_cast<std::size_t>(o)];
}

}  // namespace

TEST_CASE("metrics: the table has each metric once, with the unit that the language reads") {
    std::set<Metric> seen;
    for (const MetricRow& row : metric_table) {
        CAPTURE(std::string{name_of(row.metric)});
        CHECK(seen.insert(row.metric).second);
        CHECK(row.unit == scenarios::word_of(row.metric).unit);
        CHECK_FALSE(row.formula.empty());
        CHECK_FALSE(row.doc.empty());
        CHECK(&row_of(row.metric) == &row);
    }
    CHECK(seen.size() == enum_names(Metric{}).size());
}

TEST_CASE("metrics: quantiles, mean and max are of successful calls") {
    for (const Metric m :
         {Metric::p50, Metric::p90, Metric::p95, Metric::p99, Metric::p999, Metric::p9999}) {
        CHECK(value_of(small::claim(m, small::checkout, small::during("baseline"))) ==
              Approx(0.02).epsilon(0.004));
        CHECK(value_of(small::claim(m, small::checkout, small::during("cut"))) ==
              Approx(0.2).epsilon(0.004));
    }
    CHECK(value_of(small::claim(Metric::p99, small::checkout)) == Approx(0.2).epsilon(0.004));
    CHECK(value_of(small::claim(Metric::p50, small::checkout)) == Approx(0.02).epsilon(0.004));
    CHECK(value_of(small::claim(Metric::max, small::checkout)) == 0.2);
    CHECK(value_of(small::claim(Metric::mean, small::checkout)) ==
          Approx((350 * 0.02 + 20 * 0.2) / 370));
    CHECK(measured(small::claim(Metric::p99, small::checkout)).samples == 370);
}

TEST_CASE("metrics: apdex counts tolerating calls half and failed ones not at all") {
    scenarios::Claim c = small::claim(Metric::apdex, small::checkout, small::during("cut"));
    c.threshold = milliseconds{300};
    CHECK(value_of(c) == Approx(0.2));  // two of ten, both satisfied
    c.threshold = milliseconds{60};
    CHECK(value_of(c) == Approx(0.1));  // 200 ms is within 4 x 60 ms
    c.threshold = milliseconds{40};
    CHECK(value_of(c) == 0);
    c.threshold.reset();
    CHECK(value_of(c) == Approx(0.2));  // 500 ms
}

TEST_CASE("metrics: answers are shares of the calls that settled, without those taken back") {
    const auto with_outcomes = [](Record& r) {
        auto& settled = cut_of(r).flows[small::to_web].settled;
        settled = {};
        count(settled, Outcome::ok) = 30;
        count(settled, Outcome::degraded) = 10;
        count(settled, Outcome::error) = 5;
        count(settled, Outcome::unreachable) = 3;
        count(settled, Outcome::timeout) = 20;
        count(settled, Outcome::queue_full) = 9;
        count(settled, Outcome::breaker_open) = 8;
        count(settled, Outcome::rate_limited) = 7;
        count(settled, Outcome::shed) = 4;
        count(settled, Outcome::limited) = 2;
        count(settled, Outcome::bulkhead_full) = 1;
        count(settled, Outcome::expired) = 1;
        count(settled, Outcome::cancelled) = 50;
    };
    const auto share = [&](Metric m) {
        const Measurement got =
            measured(small::claim(m, small::checkout, small::during("cut")), with_outcomes);
        CHECK(got.samples == 100);
        return got.value;
    };
    CHECK(share(Metric::success) == Approx(0.40));
    CHECK(share(Metric::errors) == Approx(0.08));
    CHECK(share(Metric::timeouts) == Approx(0.20));
    CHECK(share(Metric::rejected) == Approx(0.32));
    CHECK(share(Metric::degraded) == Approx(0.10));
}

TEST_CASE(
    "metrics: rate and goodput are per second of the window, or a number where the limit is one") {
    CHECK(value_of(small::claim(Metric::rate, small::checkout, small::during("cut"))) ==
          Approx(10));
    CHECK(value_of(small::claim(Metric::goodput, small::checkout, small::during("cut"))) ==
          Approx(2));
    scenarios::Claim c = small::claim(Metric::rate, small::checkout, small::during("cut"));
    c.unit = scenarios::Unit::count;
    c.metric = Metric::rate;
    CHECK(value_of(c) == 100);
}

TEST_CASE("metrics: attempts are tries for each call begun") {
    CHECK(value_of(small::claim(Metric::attempts, small::append, small::during("cut"))) == 4);
    CHECK(value_of(small::claim(Metric::attempts, small::append, small::during("baseline"))) == 1);
}

TEST_CASE("metrics: load factor is arrivals per workload request, against the baseline") {
    CHECK(value_of(small::claim(Metric::load_factor, small::the_ledger, small::during("cut"))) ==
          Approx(4));
    CHECK(value_of(small::claim(Metric::load_factor, small::the_ledger,
                                small::during("baseline"))) == Approx(1));
    // Twice as many users is no amplification.
    const Measurement doubled = measured(
        small::claim(Metric::load_factor, small::the_ledger, small::during("cut")), [](Record& r) {
            cut_of(r).flows[small::to_web].started *= 2;
            cut_of(r).services[small::ledger].arrived = 200;
        });
    CHECK(doubled.value == Approx(1));
}

TEST_CASE("metrics: wasted is the share of worker time for callers who had left") {
    CHECK(value_of(small::claim(Metric::wasted, small::the_ledger, small::during("cut"))) ==
          Approx(0.6));
    const Measurement by_requests = measured(
        small::claim(Metric::wasted, small::the_ledger, small::during("cut")), [](Record& r) {
            ServiceTotals& s = cut_of(r).services[small::ledger];
            s.work = s.wasted_work = Duration{0};
            s.completed = 50;
            s.wasted = 10;
        });
    CHECK(by_requests.value == Approx(0.2));
}

TEST_CASE("metrics: saturation is the most unless the mean is asked for") {
    const auto both = [](Metric m, double most, double mean) {
        scenarios::Claim c = small::claim(m, small::the_ledger);
        c.aggregate = scenarios::Aggregate::max;
        CHECK(value_of(c) == Approx(most));
        c.aggregate = scenarios::Aggregate::none;
        CHECK(value_of(c) == Approx(most));
        c.aggregate = scenarios::Aggregate::mean;
        CHECK(value_of(c) == Approx(mean));
    };
    both(Metric::queue, 50, 500.0 / 45);
    both(Metric::busy, 8, (35 * 2 + 10 * 8) / 45.0);
    both(Metric::connections, 58, (35 * 2 + 10 * 58) / 45.0);
    both(Metric::utilization, 1, (35 * 0.25 + 10) / 45);
}

TEST_CASE("metrics: a service without a limit on its workers has no utilization") {
    const Measurement m = measured(small::claim(Metric::utilization, {"", "web", "", ""}));
    CHECK(m.absence == Absence::no_samples);
    CHECK(m.reason == "no counted workers of web over run");
}

TEST_CASE("metrics: breakers are open for a share of the time of all of them") {
    scenarios::Scenario s = small::scenario();
    s.services.entries[0].value.replicas.zones = {{"", 2}};
    Record r = small::record({small::broken()}, s);
    cut_of(r).flows[small::to_ledger].breaker_open = seconds{5};
    const Measurement m =
        measure(s, r, r.repeats[0],
                small::claim(Metric::breaker_open, small::append, small::during("cut")));
    CHECK(m.value == Approx(5.0 / (10 * 2)));
}

TEST_CASE("metrics: retries, shed and hedged are shares, rates or numbers, as the limit is") {
    const auto with = [](Record& r) {
        FlowTotals& f = cut_of(r).flows[small::to_ledger];
        f.hedges = 7;
        f.duplicates = 3;
        count(f.tries, Outcome::shed) = 10;
        count(f.tries, Outcome::limited) = 5;
        count(f.tries, Outcome::rate_limited) = 1;
    };
    const auto value = [&](Metric m, scenarios::Unit unit) {
        scenarios::Claim c = small::claim(m, small::append, small::during("cut"));
        c.unit = unit;
        return measured(c, with).value;
    };
    CHECK(value(Metric::retries, scenarios::Unit::share) == Approx(3));
    CHECK(value(Metric::retries, scenarios::Unit::count) == 300);
    CHECK(value(Metric::retries, scenarios::Unit::per_second) == Approx(30));
    CHECK(value(Metric::shed, scenarios::Unit::share) == Approx(16.0 / 400));
    CHECK(value(Metric::hedged, scenarios::Unit::share) == Approx(0.07));
    CHECK(value(Metric::duplicates, scenarios::Unit::share) == Approx(0.03));
    CHECK(value(Metric::duplicates, scenarios::Unit::count) == 3);
}

TEST_CASE("metrics: what was done twice in a live run is not known, and not none") {
    const Measurement live =
        measured(small::claim(Metric::duplicates, small::append, small::during("cut")),
                 [](Record& r) { r.world = "live"; });
    CHECK(live.absence == Absence::no_samples);
}

TEST_CASE("metrics: a budget is spent by the retries it denies") {
    const scenarios::Claim c =
        small::claim(Metric::budget_spent, small::append, small::during("cut"));
    CHECK(measured(c).value == 0);
    CHECK(measured(c, [](Record& r) {
              cut_of(r).flows[small::to_ledger].budget_denied = 100;
          }).value == Approx(0.25));
}

TEST_CASE("metrics: an error budget of 90 percent is spent eight times by 80 percent of failures") {
    scenarios::Claim c = small::claim(Metric::error_budget, small::checkout, small::during("cut"));
    c.objective = Share{0.9};
    CHECK(value_of(c) == Approx(8));
    c.objective = Share{1};
    CHECK(measured(c).at_least);
    c.span = small::during("baseline");
    CHECK(measured(c).value == 0);
}

TEST_CASE("metrics: the burn rate is that of the worst lookback") {
    scenarios::Claim c = small::claim(Metric::burn_rate, small::checkout);
    c.objective = Share{0.9};
    c.lookback = seconds{5};
    CHECK(value_of(c) == Approx(8));
    c.lookback = seconds{20};
    CHECK(value_of(c) == Approx(4));
    c.lookback = seconds{1000};
    CHECK(value_of(c) == Approx(0.8 * 10 / 45 / 0.1));
}

TEST_CASE("metrics: a window without samples has no value and says so") {
    const auto silent = [](Record& r) {
        cut_of(r).flows.assign(2, {});
        cut_of(r).services.assign(2, {});
    };
    const Measurement m =
        measured(small::claim(Metric::success, small::checkout, small::during("cut")), silent);
    CHECK(m.absence == Absence::no_samples);
    CHECK(m.reason == "no requests to web.checkout during cut");
    for (const MetricRow& row : metric_table) {
        if (row.metric == Metric::time_to_recover || row.metric == Metric::time_to_detect ||
            row.metric == Metric::time_to_fill || row.metric == Metric::time_to_empty ||
            row.metric == Metric::burn_rate || row.metric == Metric::time_to_collapse)
            continue;  // these read the time series, which still has its samples
        const bool service = row.subject == "service";
        const Measurement none =
            measured(small::claim(row.metric, service ? small::the_ledger : small::append,
                                  small::during("cut")),
                     silent);
        CAPTURE(std::string{name_of(row.metric)});
        CHECK(none.absence == Absence::no_samples);
    }
}

TEST_CASE("metrics: calls that all failed have no latency") {
    const Measurement m = measured(small::claim(Metric::p99, small::checkout, small::during("cut")),
                                   [](Record& r) { cut_of(r).flows[small::to_web].latency = {}; });
    CHECK(m.absence == Absence::no_samples);
    CHECK(m.reason == "no successful requests to web.checkout during cut");
}

TEST_CASE("metrics: a fault that did not happen is nothing to judge, a missing baseline is") {
    const auto without = [](std::string name) {
        return [name](Record& r) {
            std::erase_if(r.repeats[0].spans, [&](const NamedSpan& s) { return s.name == name; });
        };
    };
    const Measurement cut = measured(
        small::claim(Metric::success, small::checkout, small::during("cut")), without("cut"));
    CHECK(cut.absence == Absence::no_window);
    CHECK(cut.reason == "cut did not happen");
    const Measurement baseline =
        measured(small::claim(Metric::success, small::checkout, small::during("baseline")),
                 without("baseline"));
    CHECK(baseline.absence == Absence::no_samples);
    CHECK(baseline.reason == "no baseline: a fault begins before the warm-up ends");
    const Measurement late =
        measured(small::claim(Metric::success, small::checkout, small::after("cut", seconds{15})));
    CHECK(late.absence == Absence::no_samples);
    CHECK(late.reason == "no time after cut + 15s within what is measured");
}

TEST_CASE("metrics: a selector takes the flows of its caller, endpoint and zone") {
    Record r = small::record({small::broken()});
    r.flows[0].from_zone = "eu-1a";
    CHECK(measure(small::scenario(), r, r.repeats[0],
                  small::claim(Metric::success, {"", "web", "", "eu-1b"}))
              .reason == "no requests to web from eu-1b over run");
    CHECK(measure(small::scenario(), r, r.repeats[0],
                  small::claim(Metric::rate, {"", "web", "", "eu-1a"}))
              .value == Approx(10));
    CHECK(measure(small::scenario(), r, r.repeats[0],
                  small::claim(Metric::rate, {"users", "web", "", ""}))
              .value == Approx(10));
    CHECK(measure(small::scenario(), r, r.repeats[0],
                  small::claim(Metric::rate, {"ledger", "web", "", ""}))
              .absence == Absence::no_samples);
}
