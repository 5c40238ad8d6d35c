// What a run is stopped for, from the samples of its processes.
#include "injector/run/watch.h"

#include "tests/injector/live.h"

namespace shaketable::injector {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string scenario_with(const std::string& expect) {
    return "schema: shaketable/v1\nname: watch\nrun: {duration: 60s, warmup: 2s}\nservices:\n"
           "  web: {endpoints: {get: {steps: [{wait: 1ms}]}}}\n"
           "workload: {users: {call: web.get, arrivals: constant(50/s)}}\n"
           "faults: [{id: slow, at: 10s, for: 5s, fault: slow, target: web, factor: 2}]\n"
           "expect: [" +
           expect + "]\n";
}

struct Eye {
    explicit Eye(const std::string& expect) : scenario{scenario_with(expect)} {}
    /// What the load generator says of the second that ends then.
    void see(int second, std::uint32_t succeeded, std::uint32_t failed) {
        LiveSample sample{.at = Time{seconds{second}}, .flows = {}, .services = {}};
        sample.flows.push_back(
            {.started = succeeded + failed, .succeeded = succeeded, .failed = failed});
        watch.add(sample);
    }
    /// Asked when everybody has told of that second.
    std::string reason(int second) {
        return watch.find_stop(Time{seconds{second} + milliseconds{300}}).value_or("");
    }
    std::string scenario;
    Plan plan = *make_plan(live::scenario_of(scenario), {}, {.stand_ins = true});
    Watch watch{plan};
};

const std::string guarded = "{that: success(web.get) > 90%, stop_when_broken_for: 3s}";

TEST_CASE("watch: an expectation that is broken for so long stops the run, and not before") {
    Eye eye{guarded};
    eye.see(1, 50, 0);
    for (int second = 2; second <= 3; ++second) eye.see(second, 10, 40);
    CHECK(eye.reason(3).empty());
    eye.see(4, 10, 40);
    CHECK(eye.reason(4) == "success(web.get) > 90% was broken for 3s");
}

TEST_CASE("watch: one that holds again in between begins anew") {
    Eye eye{guarded};
    for (int second = 1; second <= 20; ++second)
        eye.see(second, second % 3 == 0 ? 50 : 10, second % 3 == 0 ? 0 : 40);
    CHECK(eye.reason(20).empty());
}

TEST_CASE("watch: callers who hear nothing at all are the worst case, not a missing value") {
    Eye eye{guarded};
    for (int second = 1; second <= 3; ++second) eye.see(second, 0, 0);
    CHECK(eye.reason(3) == "success(web.get) > 90% was broken for 3s");
}

TEST_CASE("watch: a step counts when everybody may have told of it") {
    Eye eye{guarded};
    for (int second = 1; second <= 3; ++second) eye.see(second, 10, 40);
    CHECK_FALSE(eye.watch.find_stop(Time{seconds{3} + milliseconds{100}}));
    CHECK(eye.watch.find_stop(Time{seconds{3} + milliseconds{300}}));
}

TEST_CASE("watch: the baseline is what was after the warm-up and before the first fault") {
    Eye good{"success(web.get) > 90% during baseline"};
    good.see(1, 0, 50);  // warm-up
    for (int second = 3; second <= 10; ++second) good.see(second, 50, 0);
    for (int second = 11; second <= 14; ++second) good.see(second, 0, 50);  // the fault
    CHECK_FALSE(good.watch.find_bad_baseline());
    Eye bad{"success(web.get) > 90% during baseline"};
    for (int second = 3; second <= 10; ++second) bad.see(second, 40, 10);
    CHECK(bad.watch.find_bad_baseline() == "success(web.get) > 90% during baseline");
    CHECK_FALSE(Eye{"success(web.get) > 90% during baseline"}.watch.find_bad_baseline());
}

TEST_CASE("watch: a guard that steps cannot judge is a warning") {
    const auto scenario = live::scenario_of(
        scenario_with("{that: p99(web.get) < 1s, stop_when_broken_for: 3s}, " + guarded));
    const Problems problems = Watch::find_unwatched(scenario);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == "W310");
    CHECK(problems[0].field == "expect[0].stop_when_broken_for");
}

}  // namespace
}  // namespace shaketable::injector
