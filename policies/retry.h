/// Tries again, after a while, as often as it may.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"
#include "base/random.h"
#include "policies/outcome_class.h"
#include "policies/retry_budget.h"

namespace shaketable::policies {

/// `when:` names classes of outcomes.
using RetryOn = OutcomeClass;

enum class Jitter : std::uint8_t {
    none,
    full,          ///< U(0, v)
    equal,         ///< v/2 + U(0, v/2)
    decorrelated,  ///< min(max, U(base, 3 * previous)), previous = base at first; `growth` has no
                   ///< say
    plus_minus,    ///< v * U(1 - spread, 1 + spread)
    exponential,   ///< Exp(mean v): customers who try again as if they had forgotten
};

constexpr auto enum_names(Jitter) {
    using P = std::pair<std::string_view, Jitter>;
    return std::array{P{"none", Jitter::none},
                      P{"full", Jitter::full},
                      P{"equal", Jitter::equal},
                      P{"decorrelated", Jitter::decorrelated},
                      P{"plus-minus", Jitter::plus_minus},
                      P{"exponential", Jitter::exponential}};
}

/// The wait v before the n-th retry (n from 1), before jitter; never more than `max`.
enum class Growth : std::uint8_t {
    exponential,    ///< base * factor^(n-1)
    constant,       ///< base
    linear,         ///< base * n
    envoy,          ///< base * (factor^n - 1)
    aws_simulator,  ///< base * factor^n: its first wait is already doubled
};

constexpr auto enum_names(Growth) {
    using P = std::pair<std::string_view, Growth>;
    return std::array{P{"exponential", Growth::exponential}, P{"constant", Growth::constant},
                      P{"linear", Growth::linear}, P{"envoy", Growth::envoy},
                      P{"aws-simulator", Growth::aws_simulator}};
}

/// `backoff: 2s` is the base. Without jitter unless written, so that what is written is what
/// happens.
///
/// Source: M. Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015 (full, equal,
/// decorrelated); gRPC proposal A6 (plus-minus); Envoy router documentation, x-envoy-max-retries
/// (envoy).
struct Backoff {
    static constexpr std::string_view kind = "backoff";
    static constexpr std::string_view summary = "how long to wait before trying again";

    std::optional<Duration> base{};  ///< >= 0; default 25 ms
    std::optional<double> factor{};  ///< >= 1; default 2
    std::optional<Duration> max{};   ///< >= base; default 10 * base
    std::optional<Jitter> jitter{};  ///< default none
    std::optional<Share> spread{};   ///< of plus-minus; default 20 %
    std::optional<Growth> growth{};  ///< default exponential

    static constexpr auto fields() {
        return fields_of(
            field("base", &Backoff::base, "the first wait, before jitter; default 25ms"),
            field("factor", &Backoff::factor, "from one wait to the next; default 2"),
            field("max", &Backoff::max,
                  "longest wait, before plus-minus and exponential jitter; default 10 x base"),
            field("jitter", &Backoff::jitter,
                  "none (default), full, equal, decorrelated, plus-minus or exponential"),
            field("spread", &Backoff::spread, "half-width of plus-minus; default 20%"),
            field("growth", &Backoff::growth,
                  "exponential (default), constant, linear, envoy or aws-simulator"));
    }
    static constexpr auto shorthand() { return &Backoff::base; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Backoff&) const = default;
};

/// `retry: 2` or `retry: {retries: 2, when: [timeout, 5xx], backoff: 25ms, budget: 10%}`.
struct Retry {
    static constexpr std::string_view kind = "retry";
    static constexpr std::string_view summary = "tries again, after a while, as often as it may";

    std::optional<std::uint32_t> retries{};  ///< tries after the first one; default 2; <= 1,000
    std::vector<RetryOn> when{};             ///< default: timeout, unavailable, 5xx
    std::optional<Backoff> backoff{};     ///< default: 25 ms, doubling, at most 250 ms, no jitter
    std::optional<RetryBudget> budget{};  ///< default: no limit but `retries`
    std::optional<Share> probability{};   ///< of each retry that is due; default 100 %

    static constexpr auto fields() {
        return fields_of(
            field("retries", &Retry::retries, "tries after the first one; default 2"),
            field("when", &Retry::when,
                  "outcomes worth another try; default: timeout, unavailable, 5xx"),
            field("backoff", &Retry::backoff,
                  "the wait before each retry; default 25ms, doubling, at most 250ms"),
            field("budget", &Retry::budget, "what retries may add to the load; default: no limit"),
            field("probability", &Retry::probability,
                  "share of the failures that are tried again; default 100%"));
    }
    static constexpr auto shorthand() { return &Retry::retries; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Retry&) const = default;
};

/// A Backoff with its defaults filled in.
struct BackoffRule {
    double base = 0;  ///< nanoseconds
    double max = 0;   ///< nanoseconds
    double factor = 2;
    double spread = 0;
    Jitter jitter = Jitter::none;
    Growth growth = Growth::exponential;

    BackoffRule() : BackoffRule(Backoff{}) {}
    explicit BackoffRule(const Backoff& written);
};

/// The wait before the n-th retry (n >= 1). `previous`: the wait before the one before, 0 for n = 1
/// (decorrelated needs it). Draws once, or not at all where jitter is none. Result >= 0.
[[nodiscard]] Duration next_wait(const BackoffRule& rule, std::uint32_t n, Duration previous,
                                 Random& random);
[[nodiscard]] Duration next_wait(const Backoff& written, std::uint32_t n, Duration previous,
                                 Random& random);

/// A Retry with its defaults filled in, ready for the hot path. The budget is a machine of its own.
struct RetryRule {
    std::uint32_t retries = 0;
    OutcomeMask when{};
    BackoffRule backoff{};
    double probability = 1;

    RetryRule() = default;  ///< never retries
    explicit RetryRule(const Retry& written);
};

[[nodiscard]] inline bool is_retryable(const RetryRule& rule, Outcome outcome,
                                       int status = 0) noexcept {
    return rule.when.contains(outcome, status);
}

/// Does the caller feel like another try? Draws once, or not at all where it always does.
[[nodiscard]] inline bool is_willing(const RetryRule& rule, Random& random) {
    return rule.probability >= 1 || random.chance(rule.probability);
}

}  // namespace shaketable::policies
