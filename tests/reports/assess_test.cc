#include "reports/assess.h"

#include <catch2/catch.hpp>

#include "reports/checks.h"
#include "reports/verdict.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using scenarios::Comparison;
using scenarios::FindingSeverity;
using scenarios::Metric;
using small::Phase;
using std::chrono::seconds;

namespace {

scenarios::Expectation success_of_cut(double limit, Comparison comparison = Comparison::at_least) {
    scenarios::Expectation e;
    e.that = small::claim(Metric::success, small::checkout, small::during("cut"));
    e.that.comparison = comparison;
    e.that.limit = limit;
    e.that.unit = scenarios::Unit::share;
    return e;
}

/// One repeat per share of success during the fault.
Record with_success(const std::vector<double>& shares) {
    std::vector<std::vector<Phase>> repeats;
    for (const double share : shares) {
        repeats.push_back(small::broken());
        repeats.back()[1].success = share;
    }
    return small::record(repeats);
}

Finding judged(const scenarios::Expectation& e, const Record& record) {
    scenarios::Scenario s = small::scenario();
    s.expect = {e};
    return assess(s, record).expectations.front();
}

bool any_note(const Finding& f, const std::string& part) {
    for (const std::string& note : f.notes)
        if (note.find(part) != std::string::npos) return true;
    return false;
}

/// Empties the fault's segment of a repeat.
void silence(Record& record, std::size_t repeat) {
    for (Segment& s : record.repeats[repeat].segments)
        if (s.start == Time{seconds{30}}) s.flows.assign(2, {});
}

}  // namespace

TEST_CASE("assess: a claim is judged on the mean over repeats and counted by repeat") {
    const Record r = with_success({0.9, 0.8, 0.7});
    const Finding holds = judged(success_of_cut(0.75), r);
    CHECK(holds.verdict == Verdict::hold);
    CHECK(holds.value.mean == Approx(0.8));
    CHECK(holds.value.n == 3);
    CHECK(holds.judged == 3);
    CHECK(holds.held == 2);
    CHECK(holds.samples == 300);
    CHECK(holds.values.size() == 3);
    const Finding broken = judged(success_of_cut(0.85), r);
    CHECK(broken.verdict == Verdict::broken);
    CHECK(broken.fails());
    CHECK(broken.held == 1);
}

TEST_CASE("assess: a claim is uncertain where the limit lies within the interval") {
    CHECK(judged(success_of_cut(0.75), with_success({0.9, 0.8, 0.7})).uncertain);
    CHECK_FALSE(judged(success_of_cut(0.1), with_success({0.9, 0.8, 0.7})).uncertain);
    CHECK_FALSE(judged(success_of_cut(0.9), with_success({0.9})).uncertain);
    CHECK_FALSE(judged(success_of_cut(0.9), with_success({0.9, 0.9})).uncertain);
}

TEST_CASE("assess: severity warn never fails a run") {
    scenarios::Expectation e = success_of_cut(0.99);
    e.severity = FindingSeverity::warn;
    const Finding f = judged(e, with_success({0.5}));
    CHECK(f.verdict == Verdict::warned);
    CHECK_FALSE(f.fails());
}

TEST_CASE("assess: no samples is a failure, with its reason") {
    Record r = with_success({0.9});
    silence(r, 0);
    const Finding f = judged(success_of_cut(0.5), r);
    CHECK(f.verdict == Verdict::no_samples);
    CHECK(f.fails());
    CHECK(f.notes == std::vector<std::string>{"no requests to web.checkout during cut"});
}

TEST_CASE("assess: no samples in one repeat fails as well, unless it is allowed") {
    Record r = with_success({0.9, 0.9});
    silence(r, 1);
    scenarios::Expectation e = success_of_cut(0.5);
    CHECK(judged(e, r).verdict == Verdict::no_samples);
    CHECK(any_note(judged(e, r), "no requests to web.checkout during cut in 1 of 2 repeats"));
    e.allow_empty = true;
    CHECK(judged(e, r).verdict == Verdict::hold);
    silence(r, 0);
    const Finding empty = judged(e, r);
    CHECK(empty.verdict == Verdict::hold);
    CHECK(empty.judged == 0);
}

TEST_CASE("assess: repeats without the fault are left out; without it in any, nothing was shown") {
    Record r = with_success({0.9, 0.9});
    const auto drop_fault = [&](std::size_t i) {
        r.repeats[i] = small::repeat(small::healthy(), small::scenario(), false);
    };
    drop_fault(1);
    const Finding f = judged(success_of_cut(0.5), r);
    CHECK(f.verdict == Verdict::hold);
    CHECK(f.judged == 1);
    CHECK(any_note(f, "cut did not happen in 1 of 2 repeats, which are left out"));
    drop_fault(0);
    const Finding none = judged(success_of_cut(0.5), r);
    CHECK(none.verdict == Verdict::no_samples);
    CHECK(none.notes == std::vector<std::string>{"cut did not happen"});
}

TEST_CASE("assess: not recovered before the end is broken, whatever the limit") {
    scenarios::Expectation e;
    e.that = small::claim(Metric::time_to_recover, small::checkout, small::after("cut"));
    e.that.comparison = Comparison::less;
    e.that.limit = 3600;
    const Finding all = judged(e, small::record({small::metastable()}));
    CHECK(all.verdict == Verdict::broken);
    CHECK(all.open_ended == 1);
    CHECK(all.notes ==
          std::vector<std::string>{"had not recovered when the run ended (15 s later)"});
    const Finding one = judged(e, small::record({small::broken(), small::metastable()}));
    CHECK(one.verdict == Verdict::broken);
    CHECK(one.held == 1);
    CHECK(one.uncertain);
    CHECK(any_note(one, "in 1 of 2 repeats"));
    CHECK(judged(e, small::record({small::broken()})).verdict == Verdict::hold);
}

TEST_CASE("assess: a quantile of few samples says so") {
    scenarios::Expectation e = success_of_cut(1);
    e.that.metric = Metric::p99;
    e.that.comparison = Comparison::less;
    CHECK(any_note(judged(e, with_success({0.9})),
                   "few samples: 90 in a repeat, where p99 wants 1000"));
    e.that.metric = Metric::p50;
    CHECK(judged(e, with_success({0.9})).notes.empty());
}

TEST_CASE("assess: a fault that touched nothing is a warning of its own") {
    Record r = with_success({0.9, 0.9});
    CHECK(find_faults_without_effect(r).empty());
    r.repeats[1].fault_hits = {0};
    const auto notices = find_faults_without_effect(r);
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].kind == "inert-fault");
    CHECK(notices[0].text == "fault cut was active and touched no traffic in 1 of 2 repeats");
    CHECK(notices[0].severity == FindingSeverity::warn);
    r.repeats.assign(1, small::repeat(small::healthy(), small::scenario(), false));
    REQUIRE(find_faults_without_effect(r).size() == 1);
    CHECK(find_faults_without_effect(r)[0].text == "fault cut did not happen in any repeat");
}

TEST_CASE("assess: books that do not balance are an error") {
    Record r = with_success({0.9});
    CHECK(find_broken_conservation(r).empty());
    r.repeats[0].in_flight = 1;
    REQUIRE(find_broken_conservation(r).size() == 1);
    CHECK(find_broken_conservation(r)[0].severity == FindingSeverity::error);
    r.repeats[0].in_flight = 0;
    r.repeats[0].segments[0].flows[small::to_ledger].settled[0] += 1'000;
    REQUIRE(find_broken_conservation(r).size() == 1);
    CHECK(find_broken_conservation(r)[0].subject == "web -> ledger.append");
}

TEST_CASE("assess: the exit code is 0 only if nothing of severity error was found") {
    Findings f;
    CHECK(exit_code(f) == 0);
    f.notices = {{"inert-fault", FindingSeverity::warn, "cut", ""}};
    CHECK(exit_code(f) == 0);
    f.expectations.emplace_back();
    f.expectations[0].verdict = Verdict::warned;
    CHECK(exit_code(f) == 0);
    f.expectations[0].verdict = Verdict::no_samples;
    CHECK(exit_code(f) == 1);
    f.expectations[0].expectation.severity = FindingSeverity::warn;
    CHECK(exit_code(f) == 0);
    f.expectations[0].verdict = Verdict::broken;
    CHECK(exit_code(f) == 1);
    f.expectations.clear();
    f.notices[0].severity = FindingSeverity::error;
    CHECK(exit_code(f) == 1);
}
