#include "policies/retry_budget.h"

#include <vector>

#include <catch2/catch.hpp>

#include "policies/presets.h"
#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

struct Tally {
    double calls = 0;
    double attempts = 0;
    double successes = 0;
    [[nodiscard]] double amplification() const { return attempts / calls; }
    [[nodiscard]] double success() const { return successes / calls; }
};

/// Calls one after the other, one every `gap`, with attempts that fail independently with
/// probability `p`.
Tally run(RetryBudgetMachine& budget, double p, std::uint32_t retries_max, int calls,
          Duration gap = milliseconds{1}, Outcome failure = Outcome::error) {
    Random random = dice(7);
    Tally tally;
    Time now{};
    for (int i = 0; i < calls; ++i, now += gap) {
        ++tally.calls;
        budget.on_call(now);
        RetryGrant last;
        for (std::uint32_t retry = 0;; ++retry) {
            ++tally.attempts;
            budget.on_attempt_start();
            const bool failed = random.chance(p);
            const Outcome outcome = failed ? failure : Outcome::ok;
            budget.on_attempt_end(now, outcome, failed);
            budget.on_retry_end(last);
            if (!failed) {
                ++tally.successes;
                budget.on_call_end(now, true, last);
                break;
            }
            const RetryGrant next =
                retry < retries_max ? budget.try_spend(now, outcome) : RetryGrant{};
            if (!next) {
                budget.on_call_end(now, false, last);
                break;
            }
            last = next;
        }
    }
    return tally;
}

RetryBudget budget_of(std::string_view name) {
    return *preset(name)->retry->budget;
}

TEST_CASE("budget: ten deposits of a tenth are exactly one token") {
    RetryBudgetMachine budget{RetryBudget{.share = Share{0.1}, .tokens = 1}};
    CHECK(budget.try_spend({}, Outcome::error));
    CHECK_FALSE(budget.try_spend({}, Outcome::error));
    for (int i = 0; i < 9; ++i) budget.on_call({});
    CHECK_FALSE(budget.try_spend({}, Outcome::error));
    budget.on_call({});
    CHECK(budget.try_spend({}, Outcome::error));
    CHECK(budget.tokens() == 0);
}

TEST_CASE(
    "budget: a plain 10% adds a tenth to the load of a dead callee, and ten retries at first") {
    RetryBudgetMachine budget{RetryBudget{.share = Share{0.1}}};
    const Tally t = run(budget, 1, 3, 10'000);
    CHECK(t.attempts == 10'000 + 1'000 + 10 - 1);  // the first deposit finds the bucket full
}

TEST_CASE("budget: SRE's ratio of 10% amplifies 1.1 times at worst") {
    RetryBudgetMachine budget{budget_of("sre")};
    CHECK(run(budget, 1, 2, 200'000).amplification() == Approx(1.1).epsilon(0.001));
}

TEST_CASE("budget: the ratio forgets what is older than its time") {
    RetryBudgetMachine budget{
        RetryBudget{.share = Share{0.1}, .rule = BudgetRule::ratio, .ttl = seconds{10}}};
    for (int i = 0; i < 100; ++i) budget.on_call(at(seconds{1}));
    CHECK(budget.try_spend(at(seconds{2}), Outcome::error));
    CHECK_FALSE(budget.try_spend(at(seconds{30}), Outcome::error));
}

TEST_CASE("budget: gRPC's throttle retries only above half of its tokens (Markov chain)") {
    RetryBudgetMachine mild{budget_of("grpc")};
    const Tally t = run(mild, 0.05, 3, 2'000'000);
    CHECK(t.amplification() == Approx(1.05209348).epsilon(0.005));
    CHECK(t.success() == Approx(0.99948881).epsilon(0.005));
    RetryBudgetMachine heavy{budget_of("grpc")};
    const Tally u = run(heavy, 0.2, 3, 2'000'000);
    CHECK(u.amplification() == Approx(1.00000145).epsilon(0.005));
    CHECK(u.success() == Approx(0.80000116).epsilon(0.005));
}

TEST_CASE("budget: gRPC charges retryable failures only, never below nothing") {
    RetryBudgetMachine budget{budget_of("grpc")};
    for (int i = 0; i < 50; ++i) {
        budget.on_attempt_start();
        budget.on_attempt_end({}, Outcome::error, false);
    }
    CHECK(budget.tokens() == 10);
    for (int i = 0; i < 50; ++i) {
        budget.on_attempt_start();
        budget.on_attempt_end({}, Outcome::error, true);
    }
    CHECK(budget.tokens() == 0);
    for (int i = 0; i < 51; ++i) {
        CHECK_FALSE(budget.try_spend({}, Outcome::error));
        budget.on_attempt_start();
        budget.on_attempt_end({}, Outcome::ok, false);
    }
    CHECK(budget.try_spend({}, Outcome::error));  // 5.1 of 10
}

TEST_CASE("budget: AWS's standard mode in its steady state (chain of 501 states)") {
    RetryBudgetMachine mild{budget_of("aws-sdk")};
    const Tally t = run(mild, 0.2, 2, 1'000'000);
    CHECK(t.amplification() == Approx(1.24).epsilon(0.01));
    CHECK(t.success() == Approx(0.992).epsilon(0.01));
    RetryBudgetMachine heavy{budget_of("aws-sdk")};
    const Tally u = run(heavy, 0.5, 2, 1'000'000);
    CHECK(u.amplification() == Approx(1.2).epsilon(0.01));
    CHECK(u.success() == Approx(0.6).epsilon(0.01));
    RetryBudgetMachine fresh{budget_of("aws-sdk-2026")};
    CHECK(run(fresh, 0.5, 2, 1'000'000).amplification() == Approx(1.07142857).epsilon(0.01));
}

TEST_CASE(
    "budget: AWS's 500 tokens pay for 100 retries, 50 after timeouts, 35 in the mode of 2026") {
    RetryBudgetMachine errors{budget_of("aws-sdk")};
    CHECK(run(errors, 1, 2, 10'000).attempts == 10'100);
    RetryBudgetMachine timeouts{budget_of("aws-sdk")};
    CHECK(run(timeouts, 1, 2, 10'000, milliseconds{1}, Outcome::timeout).attempts == 10'050);
    RetryBudgetMachine fresh{budget_of("aws-sdk-2026")};
    CHECK(run(fresh, 1, 2, 10'000).attempts == 10'035);
    RetryBudgetMachine throttled{budget_of("aws-sdk-2026")};
    CHECK(run(throttled, 1, 2, 10'000, milliseconds{1}, Outcome::rate_limited).attempts == 10'100);
}

TEST_CASE("budget: AWS refunds the last cost of a retry that succeeded; Go adds a token to it") {
    for (const bool go : {false, true}) {
        RetryBudgetMachine budget{budget_of(go ? "aws-sdk-go" : "aws-sdk")};
        const RetryGrant first = budget.try_spend({}, Outcome::error);
        budget.on_retry_end(first);
        const RetryGrant last = budget.try_spend({}, Outcome::timeout);
        budget.on_retry_end(last);
        CHECK(budget.tokens() == 485);
        budget.on_call_end({}, true, last);
        CHECK(budget.tokens() == (go ? 496 : 495));
        budget.on_call_end({}, true, {});
        CHECK(budget.tokens() == (go ? 497 : 496));
        budget.on_call_end({}, false, {});
        CHECK(budget.tokens() == (go ? 497 : 496));
    }
}

TEST_CASE("budget: deposits per call, strictly more than a token wanted (Brooker's code, chain)") {
    const RetryBudget settings{.tokens = 5, .deposit = 0.125, .strict = true};
    RetryBudgetMachine mild{settings};
    const Tally t = run(mild, 0.1, 3, 2'000'000);
    CHECK(t.amplification() == Approx(1.10305413).epsilon(0.005));
    CHECK(t.success() == Approx(0.992748716).epsilon(0.005));
    RetryBudgetMachine heavy{settings};
    const Tally u = run(heavy, 0.5, 3, 2'000'000);
    CHECK(u.amplification() == Approx(1.125).epsilon(0.005));
    CHECK(u.success() == Approx(0.5625).epsilon(0.005));
}

TEST_CASE("budget: deposits per success retry less when it matters: 1 / (1 - phi (1 - p))") {
    RetryBudgetMachine budget{
        RetryBudget{.tokens = 5, .deposit = 0.125, .deposit_on = DepositOn::success}};
    CHECK(run(budget, 0.5, 3, 2'000'000).amplification() == Approx(1.06666667).epsilon(0.005));
}

TEST_CASE("budget: Finagle's allows a fifth of the calls and ten a second more") {
    RetryBudgetMachine busy{budget_of("finagle")};
    const double seconds_run = 200;
    const Tally t = run(busy, 1, 100, 200'000, milliseconds{1});
    CHECK((t.attempts - t.calls) / seconds_run == Approx(210).epsilon(0.05));
    RetryBudgetMachine quiet{budget_of("finagle")};
    const Tally u = run(quiet, 1, 1, 10'000, milliseconds{100});
    CHECK((u.attempts - u.calls) / 1000 == Approx(10).epsilon(0.05));
}

TEST_CASE("budget: Finagle's reserve may be used at once, and not again before its time is over") {
    RetryBudgetMachine budget{budget_of("finagle")};
    int granted = 0;
    while (budget.try_spend(at(seconds{1}), Outcome::error)) ++granted;
    CHECK(granted == 100);
    CHECK_FALSE(budget.try_spend(at(seconds{9}), Outcome::error));
    CHECK(budget.try_spend(at(seconds{12}), Outcome::error));
}

TEST_CASE("budget: Envoy's counts retries in progress, back-off included") {
    RetryBudgetMachine budget{budget_of("envoy-budget")};
    for (int i = 0; i < 19; ++i) budget.on_attempt_start();
    std::vector<RetryGrant> grants;
    for (RetryGrant g = budget.try_spend({}, Outcome::error); g;
         g = budget.try_spend({}, Outcome::error))
        grants.push_back(g);
    CHECK(grants.size() == 3);  // 20 % of 19 is less than the three that are always allowed
    for (int i = 0; i < 6; ++i) budget.on_attempt_start();
    CHECK(budget.try_spend({}, Outcome::error));  // five of 25
    CHECK(budget.try_spend({}, Outcome::error));
    CHECK_FALSE(budget.try_spend({}, Outcome::error));
    budget.on_retry_end(grants.front());
    CHECK(budget.try_spend({}, Outcome::error));
    CHECK(budget.retries_in_progress() == 5);
}

TEST_CASE("budget: Envoy's max_retries is three in progress whatever the load") {
    RetryBudgetMachine budget{budget_of("envoy")};
    for (int i = 0; i < 1000; ++i) budget.on_attempt_start();
    int granted = 0;
    while (budget.try_spend({}, Outcome::error)) ++granted;
    CHECK(granted == 3);
}

TEST_CASE("budget: a setting its rule does not look at is refused, not ignored") {
    CHECK(RetryBudget{}.find_problem() == std::nullopt);
    const RetryBudget idle{.rule = BudgetRule::grpc, .ttl = seconds{1}};
    CHECK(idle.find_problem()->field == "ttl");
    const RetryBudget aws{.share = Share{0.1}, .rule = BudgetRule::aws};
    CHECK(aws.find_problem()->field == "share");
    const RetryBudget twice{.share = Share{0.1}, .deposit = 0.1};
    CHECK(twice.find_problem()->field == "deposit");
    CHECK(RetryBudget{.tokens = 0}.find_problem()->field == "tokens");
}

}  // namespace
}  // namespace shaketable::policies
