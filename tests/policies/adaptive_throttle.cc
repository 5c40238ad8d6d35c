#include "policies/adaptive_throttle.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

/// 1000 calls a second against a callee that accepts so many a second and rejects the rest; sent
/// per second after 5 min.
double sent_per_second(const AdaptiveThrottle& settings, int accepted_per_second) {
    AdaptiveThrottleMachine throttle{settings};
    Random random = dice();
    int sent = 0;
    for (int second = 0; second < 600; ++second) {
        int left = accepted_per_second;
        for (int i = 0; i < 1000; ++i) {
            const Time now = at(seconds{second} + milliseconds{i});
            if (!throttle.admit(now, random)) continue;
            if (second >= 300) ++sent;
            throttle.observe(now, left-- > 0 ? Outcome::ok : Outcome::shed);
        }
    }
    return sent / 300.0;
}

TEST_CASE(
    "throttle: the SRE book's sends twice what is accepted, local rejects among the requests") {
    CHECK(sent_per_second(AdaptiveThrottle{}, 100) == Approx(200).epsilon(0.05));
}

TEST_CASE("throttle: Envoy's refuses at most 80%") {
    CHECK(sent_per_second(AdaptiveThrottle{.rule = ThrottleRule::envoy}, 20) ==
          Approx(200).epsilon(0.05));
}

// Local rejects are not in n: in the steady state the share p solves p = 1 - (s / f) / 0.95, f =
// 1000 (1 - p), so f^2 = 1000 s / 0.95.
TEST_CASE("throttle: Envoy's does not count what it refused itself") {
    CHECK(sent_per_second(AdaptiveThrottle{.rule = ThrottleRule::envoy}, 100) ==
          Approx(324.4).epsilon(0.05));
}

TEST_CASE("throttle: refuses nothing while all is accepted, nor below its least rate") {
    CHECK(sent_per_second(AdaptiveThrottle{}, 1000) == 1000);
    AdaptiveThrottle quiet{.rate_min = Rate{2000}};
    CHECK(sent_per_second(quiet, 0) == 1000);
}

TEST_CASE("throttle: more aggression refuses more at the same success") {
    const auto share = [](double aggression) {
        AdaptiveThrottleMachine t{
            AdaptiveThrottle{.rule = ThrottleRule::envoy, .aggression = aggression}};
        for (int i = 0; i < 100; ++i) t.observe({}, i < 50 ? Outcome::ok : Outcome::error);
        return t.reject_share();
    };
    const double linear = (100 - 50 / 0.95) / 101;
    CHECK(share(1) == Approx(linear));
    CHECK(share(2) == Approx(std::sqrt(linear)));
}

TEST_CASE("throttle: an application's own error is accepted by the SRE book's, not by Envoy's") {
    for (const ThrottleRule rule : {ThrottleRule::sre, ThrottleRule::envoy}) {
        AdaptiveThrottleMachine t{AdaptiveThrottle{.rule = rule}};
        Random random = dice();
        for (int i = 0; i < 100; ++i)
            if (t.admit({}, random)) t.observe({}, Outcome::error, 500);
        CHECK((t.reject_share() > 0) == (rule == ThrottleRule::envoy));
    }
}

TEST_CASE("throttle: impossible settings are refused at their field") {
    CHECK(AdaptiveThrottle{}.find_problem() == std::nullopt);
    const AdaptiveThrottle mixed{.rule = ThrottleRule::envoy, .factor = 2.0};
    CHECK(mixed.find_problem()->field == "factor");
    CHECK(AdaptiveThrottle{.threshold = Share{0.9}}.find_problem()->field == "threshold");
}

}  // namespace
}  // namespace shaketable::policies
