#include "policies/presets_endpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/quantity.h"
#include "policies/merge.h"

namespace shaketable::policies {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

[[nodiscard]] OpenRule errors_rule(double share, std::uint32_t volume) {
    OpenRule rule;
    rule.errors = ShareTest{Share{share}, true};
    rule.volume_min = volume;
    return rule;
}

/// Source: HystrixCommandProperties, HystrixCircuitBreaker, HealthCountsStream (500 ms snapshots of
/// complete buckets).
[[nodiscard]] Breaker hystrix_breaker() {
    OpenRule rule = errors_rule(0.5, 20);
    rule.window = seconds{10};
    return {.open_at = rule,
            .slices = 20,
            .evaluate_every = milliseconds{500},
            .half_open_after = seconds{5},
            .strictly_after = true,
            .probes = 1,
            .probe_rule = ProbeRule::every,
            .stragglers = Stragglers::count};
}

/// Source: CircuitBreakerConfig, CircuitBreakerStateMachine.
[[nodiscard]] Breaker resilience4j_breaker() {
    OpenRule rule = errors_rule(0.5, 100);
    rule.slow = ShareTest{Share{1}, true};
    rule.window_calls = 100;
    return {.open_at = rule,
            .slow_after = seconds{60},
            .half_open_after = seconds{60},
            .strictly_after = true,
            .probes = 10,
            .probe_rule = ProbeRule::share,
            .stragglers = Stragglers::count};
}

/// Source: Polly.Core CircuitBreakerStrategyOptions, RollingHealthMetrics (ten slices of 3 s).
[[nodiscard]] Breaker polly_breaker() {
    OpenRule rule = errors_rule(0.1, 100);
    rule.window = seconds{30};
    return {.open_at = rule,
            .slices = 10,
            .half_open_after = seconds{5},
            .strictly_after = false,
            .probes = 1,
            .probe_rule = ProbeRule::every,
            .stragglers = Stragglers::count};
}

/// Source: linkerd2-proxy, failure accrual by consecutive failures; its defaults in the linkerd
/// documentation.
[[nodiscard]] Breaker linkerd_breaker() {
    OpenRule rule;
    rule.consecutive = 7;
    return {.open_at = rule,
            .half_open_after = seconds{1},
            .strictly_after = false,
            .open_factor = 2.0,
            .open_max = seconds{60},
            .open_jitter = Share{0.5},
            .probes = 1,
            .probe_rule = ProbeRule::every,
            .stragglers = Stragglers::ignore};
}

/// Source: outlier_detection.proto.
[[nodiscard]] OutlierEjection envoy_ejection() {
    return {.consecutive = 5,
            .sweep = seconds{10},
            .ejection_time = seconds{30},
            .ejection_max = seconds{300},
            .growth = EjectionGrowth::linear,
            .jitter = EjectionJitter::none,
            .comes_back = EjectionReturn::sweep,
            .ejected_max = Share{0.1},
            .deviations = 1.9,
            .volume_min = 100,
            .hosts_min = 5};
}

/// Source: FailureAccrualFactory.Param, FailureAccrualPolicy (hybrid of success rate and
/// consecutive failures).
[[nodiscard]] OutlierEjection finagle_ejection() {
    return {.consecutive = 5,
            .ejection_time = seconds{5},
            .ejection_max = seconds{300},
            .growth = EjectionGrowth::exponential,
            .jitter = EjectionJitter::equal,
            .comes_back = EjectionReturn::probe,
            .ejected_max = Share{1},
            .deviations = 0.0,
            .success_ema_min = Share{0.8},
            .ema_window = seconds{30},
            .ema_volume_min = 5};
}

[[nodiscard]] OutlierEjection linkerd_ejection() {
    return {.consecutive = 7,
            .ejection_time = seconds{1},
            .ejection_max = seconds{60},
            .growth = EjectionGrowth::exponential,
            .jitter = EjectionJitter::upward,
            .comes_back = EjectionReturn::probe,
            .ejected_max = Share{1},
            .deviations = 0.0};
}

}  // namespace

std::optional<Breaker> breaker_preset(std::string_view name) {
    if (name == "hystrix") return hystrix_breaker();
    if (name == "resilience4j") return resilience4j_breaker();
    if (name == "polly") return polly_breaker();
    if (name == "linkerd") return linkerd_breaker();
    return std::nullopt;
}

std::optional<OutlierEjection> ejection_preset(std::string_view name) {
    if (name == "envoy") return envoy_ejection();
    if (name == "finagle") return finagle_ejection();
    if (name == "linkerd") return linkerd_ejection();
    return std::nullopt;
}

std::vector<std::string> breaker_preset_names() {
    return {"hystrix", "linkerd", "polly", "resilience4j"};
}

std::vector<std::string> ejection_preset_names() {
    return {"envoy", "finagle", "linkerd"};
}

Problem unknown_preset(std::string_view name, const std::vector<std::string>& known) {
    const std::string near = nearest(name, known);
    Problem problem = problem_of("preset", "E107", fmt::format("unknown preset \"{}\"", name),
                                 near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
    problem.notes.push_back(fmt::format("presets: {}", fmt::join(known, ", ")));
    return problem;
}

Breaker with_preset(const Breaker& written) {
    const auto below = breaker_preset(written.preset);
    if (!below) return written;
    Breaker result = merged(written, *below);
    result.preset.clear();
    return result;
}

OutlierEjection with_preset(const OutlierEjection& written) {
    const auto below = ejection_preset(written.preset);
    if (!below) return written;
    OutlierEjection result = merged(written, *below);
    result.preset.clear();
    return result;
}

}  // namespace shaketable::policies
