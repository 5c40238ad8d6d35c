#include "reports/why.h"

#include <catch2/catch.hpp>

#include "reports/saturation.h"
#include "tests/reports/small_record.h"

using namespace shaketable;
using namespace shaketable::reports;
using std::chrono::seconds;

namespace {

std::string told(const Record& record) {
    std::string all;
    for (const std::string& sentence : explain_why(small::scenario(), record)) {
        CHECK(sentence.back() == '.');
        all += (all.empty() ? "" : " ") + sentence;
    }
    return all;
}
bool says(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "why: names the effect, the service that was saturated, the retries, the waste and the "
    "recovery") {
    const std::string text = told(small::record({small::broken(), small::broken()}));
    CHECK(says(text,
               "20.0% of the calls to web.checkout succeeded (100% before), with a p99 of 200 ms"));
    CHECK(
        says(text,
             "ledger was saturated first, as soon as cut began: its workers were all held, and 50 "
             "requests waited at the peak."));
    CHECK(says(text, "web -> ledger.append made 4.00 tries a call (1.00 before)"));
    CHECK(says(text, "ledger got 40.0 requests a second, 4.00 times its baseline."));
    CHECK(says(text, "60.0% of the work of ledger was for callers who had already left."));
    CHECK(says(
        text,
        "web.checkout was inside its baseline band as soon as the last fault had ended in 2 of 2"));
    CHECK_FALSE(says(text, "metastable"));
}

TEST_CASE(
    "why: a system that stays down long after the fault is called metastable, with what keeps it "
    "down") {
    scenarios::Scenario s = small::scenario();
    s.run.duration = seconds{90};
    std::vector<small::Phase> phases = small::metastable();
    phases.back().to = 90;
    const std::string text = told(small::record({phases}, s));
    CHECK(says(text,
               "web.checkout had not recovered when the run ended, 45.0 s after the last fault was "
               "gone."));
    CHECK(says(
        text,
        "it is metastable. What keeps it down: web -> ledger.append made 4.00 tries a call (1.00 "
        "before) and 60.0% of the work of ledger was for nobody."));
}

TEST_CASE("why: ten seconds without recovery are too few to call it metastable") {
    CHECK_FALSE(says(told(small::record({small::metastable()})), "metastable"));
}

TEST_CASE("why: says what breakers, budgets and shedding did") {
    Record r = small::record({small::broken()});
    for (Segment& segment : r.repeats[0].segments) {
        if (segment.start != Time{seconds{30}}) continue;
        FlowTotals& f = segment.flows[small::to_ledger];
        f.tries[static_cast<std::size_t>(Outcome::breaker_open)] = 100;
        f.tries[static_cast<std::size_t>(Outcome::shed)] = 50;
        f.budget_denied = 300;
    }
    CHECK(
        says(told(r),
             "Meanwhile open breakers refused 20.0% of all tries, load shedding and limits refused "
             "10.0% of all tries and retry budgets denied 50.0% of the retries wanted."));
}

TEST_CASE("why: replicas that were away are counted") {
    Record r = small::record({small::broken()});
    for (std::size_t k = 32; k < 36; ++k) r.repeats[0].service_samples[small::web][k].up = 1;
    CHECK(says(told(r), "web had 1 of its 2 replicas able to serve meanwhile."));
    for (std::size_t k = 32; k < 36; ++k) r.repeats[0].service_samples[small::web][k].up = 0;
    CHECK(says(told(r), "web had none of its 2 replicas able to serve meanwhile."));
}

TEST_CASE("why: a run without faults says so and names the busiest service") {
    Record r = small::record({small::healthy()});
    r.fault_ids.clear();
    r.repeats[0] = small::repeat(small::healthy(), small::scenario(), false);
    CHECK(told(r) ==
          "No fault was active. The busiest service was ledger, with 25.0% of its workers held on "
          "average.");
}

TEST_CASE("saturation: a service that was saturated before the fault is not blamed on it") {
    std::vector<small::Phase> phases = small::broken();
    phases[0].utilization = 1;
    CHECK(find_saturation(small::record({phases}), "cut").empty());
    CHECK(find_saturation(small::record({small::healthy()}), "cut").empty());
}

TEST_CASE("saturation: one saturated step alone is chance") {
    std::vector<small::Phase> phases = small::healthy();
    phases = {{0, 33}, {33, 34, 1, small::milliseconds{20}, 1, 1.0}, {34, 60}};
    CHECK(find_saturation(small::record({phases}), "cut").empty());
}

TEST_CASE("saturation: the order is that of time, and it must be so in most repeats") {
    Record r = small::record({small::broken(), small::broken()});
    for (Repeat& repeat : r.repeats)
        for (std::size_t k = 34; k < 38; ++k) repeat.service_samples[small::web][k].utilization = 1;
    const auto found = find_saturation(r, "cut");
    REQUIRE(found.size() == 2);
    CHECK(found[0].service == small::ledger);
    CHECK(found[1].service == small::web);
    CHECK(found[1].after == 4);
    for (std::size_t k = 34; k < 38; ++k)
        r.repeats[0].service_samples[small::web][k].utilization = 0;
    CHECK(find_saturation(r, "cut").size() == 1);
}
