#include "policies/presets.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/quantity.h"
#include "policies/merge.h"
#include "policies/presets_endpoint.h"

namespace shaketable::policies {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] EdgePolicy hystrix() {
    EdgePolicy p;
    p.breaker = *breaker_preset("hystrix");
    p.bulkhead = Bulkhead{.connections = Count{10}, .pending = Count{0}};
    p.timeout = Timeout{.attempt = seconds{1}};
    return p;
}

/// Retry(CircuitBreaker(TimeLimiter(Bulkhead))): the breaker counts attempts.
[[nodiscard]] EdgePolicy resilience4j() {
    EdgePolicy p;
    p.retry = Retry{.retries = 2,
                    .when = {RetryOn::any},
                    .backoff = Backoff{.base = milliseconds{500}, .growth = Growth::constant}};
    p.breaker = *breaker_preset("resilience4j");
    p.bulkhead = Bulkhead{.connections = Count{25}, .pending = Count{0}};
    p.timeout = Timeout{.attempt = seconds{1}};
    p.order = {PolicyKind::retry, PolicyKind::breaker, PolicyKind::rate_limit, PolicyKind::timeout,
               PolicyKind::bulkhead};
    return p;
}

[[nodiscard]] EdgePolicy polly() {
    EdgePolicy p;
    p.retry = Retry{.retries = 3,
                    .when = {RetryOn::any},
                    .backoff = Backoff{.base = seconds{2}, .growth = Growth::constant}};
    p.breaker = *breaker_preset("polly");
    p.timeout = Timeout{.attempt = seconds{30}};
    return p;
}

[[nodiscard]] EdgePolicy polly_hedging() {
    EdgePolicy p;
    p.hedge =
        Hedge{.after = HedgeDelay{seconds{2}}, .extra = 1, .cancel = HedgeCancel::on_completion};
    p.cancel = Cancel{.mode = CancelMode::propagate};
    return p;
}

[[nodiscard]] RetryBudget concurrent_budget(double share) {
    return {.share = Share{share}, .rule = BudgetRule::concurrent, .retries_min = 3};
}

[[nodiscard]] EdgePolicy envoy() {
    EdgePolicy p;
    p.retry = Retry{.retries = 1,
                    .when = {RetryOn::timeout, RetryOn::unavailable, RetryOn::error_5xx},
                    .backoff = Backoff{.base = milliseconds{25},
                                       .factor = 2.0,
                                       .max = milliseconds{250},
                                       .jitter = Jitter::full,
                                       .growth = Growth::envoy},
                    .budget = concurrent_budget(0)};
    p.bulkhead = Bulkhead{.connections = Count{1024}, .pending = Count{1024}};
    p.timeout = Timeout{.total = seconds{15}};
    return p;
}

[[nodiscard]] EdgePolicy envoy_budget() {
    EdgePolicy p = envoy();
    p.retry->budget = concurrent_budget(0.2);
    return p;
}

[[nodiscard]] EdgePolicy istio() {
    EdgePolicy p = envoy();
    p.retry->retries = 2;
    p.retry->when = {RetryOn::unavailable};
    return p;
}

[[nodiscard]] RetryBudget grpc_budget() {
    return {.rule = BudgetRule::grpc, .tokens = 10, .deposit = 0.1};
}

[[nodiscard]] EdgePolicy grpc() {
    EdgePolicy p;
    p.deadline = Deadline{.mode = DeadlineMode::propagate};
    p.cancel = Cancel{.mode = CancelMode::propagate};
    p.retry = Retry{.retries = 3,
                    .when = {RetryOn::unavailable},
                    .backoff = Backoff{.base = milliseconds{100},
                                       .factor = 2.0,
                                       .max = seconds{1},
                                       .jitter = Jitter::plus_minus},
                    .budget = grpc_budget()};
    return p;
}

/// A failed send starts the next one at once when it is non-fatal; the throttle gates hedges too.
[[nodiscard]] EdgePolicy grpc_hedging() {
    EdgePolicy p;
    p.deadline = Deadline{.mode = DeadlineMode::propagate};
    p.cancel = Cancel{.mode = CancelMode::propagate};
    p.hedge = Hedge{.after = HedgeDelay{milliseconds{500}},
                    .extra = 3,
                    .cancel = HedgeCancel::on_completion,
                    .next_on = {OutcomeClass::unavailable}};
    p.retry = Retry{.retries = 0, .when = {RetryOn::unavailable}, .budget = grpc_budget()};
    return p;
}

[[nodiscard]] RetryBudget finagle_budget() {
    return {.share = Share{0.2},
            .rule = BudgetRule::finagle,
            .ttl = seconds{10},
            .min_per_second = Rate{10}};
}

[[nodiscard]] EdgePolicy finagle() {
    EdgePolicy p;
    p.retry = Retry{.retries = 1000,
                    .when = {RetryOn::unavailable},
                    .backoff = Backoff{.base = Duration::zero()},
                    .budget = finagle_budget()};
    return p;
}

/// BackupRequestFilter with a maximal extra load of 1 %.
[[nodiscard]] EdgePolicy finagle_backup() {
    EdgePolicy p;
    HedgeDelay delay;
    delay.percentile = 99;
    p.hedge = Hedge{.after = delay,
                    .extra = 1,
                    .after_min = milliseconds{1},
                    .cancel = HedgeCancel::on_completion,
                    .budget = Share{0.01}};
    p.cancel = Cancel{.mode = CancelMode::propagate};
    return p;
}

[[nodiscard]] EdgePolicy linkerd() {
    EdgePolicy p;
    p.retry = Retry{.retries = 1000,
                    .when = {RetryOn::error_5xx, RetryOn::unavailable},
                    .backoff = Backoff{.base = Duration::zero()},
                    .budget = finagle_budget()};
    p.breaker = *breaker_preset("linkerd");
    return p;
}

[[nodiscard]] EdgePolicy aws_sdk() {
    EdgePolicy p;
    p.retry = Retry{
        .retries = 2,
        .when = {RetryOn::timeout, RetryOn::unavailable, RetryOn::throttled, RetryOn::error_5xx},
        .backoff =
            Backoff{.base = seconds{1}, .factor = 2.0, .max = seconds{20}, .jitter = Jitter::full},
        .budget = RetryBudget{.rule = BudgetRule::aws,
                              .tokens = 500,
                              .deposit = 1.0,
                              .deposit_on = DepositOn::first_success,
                              .cost = 5,
                              .timeout_cost = 10}};
    return p;
}

[[nodiscard]] EdgePolicy aws_sdk_go() {
    EdgePolicy p = aws_sdk();
    p.retry->budget->deposit_on = DepositOn::success;
    return p;
}

[[nodiscard]] EdgePolicy aws_sdk_2026() {
    EdgePolicy p = aws_sdk();
    p.retry->backoff->base = milliseconds{50};
    p.retry->budget->cost = 14;
    p.retry->budget->timeout_cost = 14;
    p.retry->budget->throttle_cost = 5;
    return p;
}

[[nodiscard]] EdgePolicy sre() {
    EdgePolicy p;
    p.deadline = Deadline{.mode = DeadlineMode::propagate};
    p.cancel = Cancel{.mode = CancelMode::propagate};
    p.retry =
        Retry{.retries = 2, .budget = RetryBudget{.share = Share{0.1}, .rule = BudgetRule::ratio}};
    p.throttle = AdaptiveThrottle{.rule = ThrottleRule::sre};
    return p;
}

constexpr std::array table{
    Preset{"aws-sdk", "AWS SDKs, standard retry mode before 2026",
           "botocore retries/standard.py: 3 attempts, U(0,1) * min(2^i, 20) s, 500 tokens",
           aws_sdk},
    Preset{"aws-sdk-2026", "AWS SDKs, standard retry mode of 2026",
           "botocore STANDARD_RETRY_MODE_VERSION 2.1: 50 ms base, a retry costs 14, after "
           "throttling 5",
           aws_sdk_2026},
    Preset{"aws-sdk-go", "AWS SDK for Go v2: as aws-sdk, and every success deposits a token",
           "aws-sdk-go-v2 aws/ratelimit and aws/retry", aws_sdk_go},
    Preset{"envoy", "Envoy's router and circuit thresholds, with retries switched on",
           "Envoy documentation: num_retries 1, full jitter of (2^N - 1) * 25 ms, max_retries 3, "
           "route timeout 15 s",
           envoy},
    Preset{"envoy-budget", "as envoy, with retry_budget in place of max_retries",
           "Envoy circuit_breaker.proto: budget_percent 20, min_retry_concurrency 3", envoy_budget},
    Preset{"finagle", "Finagle's requeues within its retry budget",
           "Finagle RetryBudget.scala: ttl 10 s, 10 per second, 20 %", finagle},
    Preset{"finagle-backup", "Finagle's backup requests with 1 % extra load",
           "Finagle BackupRequestFilter.scala: sent at p(1 - load), at least 1 ms", finagle_backup},
    Preset{"grpc", "gRPC retries with throttling",
           "gRPC proposal A6, its example: 4 attempts, 0.1 s to 1 s, tokens 10 / 0.1", grpc},
    Preset{"grpc-hedging", "gRPC hedging with throttling",
           "gRPC proposal A6, its example: 4 attempts, hedgingDelay 500 ms", grpc_hedging},
    Preset{"hystrix", "Hystrix command with thread pool",
           "HystrixCommandProperties: 1 s timeout, pool 10, 50 % of 20 in 10 s, 5 s sleep window",
           hystrix},
    Preset{"istio", "Istio's default retries over Envoy's",
           "Istio VirtualService HTTPRetry: attempts 2 (excluding the first), 25 ms base", istio},
    Preset{"linkerd", "linkerd's ServiceProfile retries and its consecutive-failure breaker",
           "linkerd2-proxy: budget 20 %, 10 per second, 10 s; 7 consecutive failures, 1 s to 60 s",
           linkerd},
    Preset{"polly", "Polly v8 retry, breaker and timeout",
           "Polly.Core: 3 retries of 2 s, ratio 0.1 of 100 in 30 s, break 5 s, timeout 30 s",
           polly},
    Preset{"polly-hedging", "Polly v8 hedging",
           "Polly.Core HedgingStrategyOptions: 1 extra after 2 s", polly_hedging},
    Preset{"resilience4j", "resilience4j's defaults (its rate limiter, 50 per 500 ns, left out)",
           "RetryConfig, CircuitBreakerConfig, TimeLimiterConfig, BulkheadConfig", resilience4j},
    Preset{"sre", "the SRE book's client: three attempts, a 10 % ratio, adaptive throttling",
           "SRE book ch. 21 \"Deciding to retry\", \"Client-side throttling\"; ch. 22 on deadlines",
           sre},
};

}  // namespace

std::span<const Preset> presets() noexcept {
    return table;
}

Result<EdgePolicy> preset(std::string_view name) {
    std::vector<std::string> names;
    for (const Preset& p : table) {
        if (p.name == name) return p.make();
        names.emplace_back(p.name);
    }
    return Unexpected{unknown_preset(name, names)};
}

EdgePolicy with_preset(const EdgePolicy& written) {
    EdgePolicy result = written;
    if (result.breaker) result.breaker = with_preset(*result.breaker);
    if (!result.preset.empty()) {
        auto below = preset(result.preset);
        SHAKETABLE_CHECK(below.has_value(), "with_preset: the preset's name is known");
        // A breaker with a preset of its own is complete: nothing of the edge's preset belongs into
        // it.
        if (written.breaker && !written.breaker->preset.empty()) below->breaker.reset();
        result = merged(result, *below);
        result.preset.clear();
    }
    return result;
}

}  // namespace shaketable::policies
