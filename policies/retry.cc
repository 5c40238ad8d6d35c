#include "policies/retry.h"

#include <algorithm>

namespace shaketable::policies {
namespace {

constexpr Duration default_base = std::chrono::milliseconds{25};

/// base * factor^exponent, or anything above `max`; multiplied step by step, so that it is the same
/// everywhere.
[[nodiscard]] double grow(double base, double factor, std::uint32_t exponent, double max) noexcept {
    double v = base;
    for (std::uint32_t i = 0; i < exponent && v < max && v > 0 && factor > 1; ++i) v *= factor;
    return v;
}

/// The wait before jitter, in nanoseconds.
[[nodiscard]] double envelope(const BackoffRule& r, std::uint32_t n) noexcept {
    double v = r.base;
    switch (r.growth) {
        case Growth::exponential:
            v = grow(r.base, r.factor, n - 1, r.max);
            break;
        case Growth::constant:
            break;
        case Growth::linear:
            v = r.base * n;
            break;
        case Growth::envoy:
            // `max + base` as the bound: the power is past max only when it is past max + base.
            v = grow(r.base, r.factor, n, r.max + r.base) - r.base;
            break;
        case Growth::aws_simulator:
            v = grow(r.base, r.factor, n, r.max);
            break;
    }
    return std::min(v, r.max);
}

[[nodiscard]] Duration round_to_time(double ns) noexcept {
    constexpr double longest = 8.64e15;  // 100 days, as every drawn time
    return Duration{static_cast<std::int64_t>(std::clamp(ns, 0.0, longest) + 0.5)};
}

}  // namespace

std::optional<Problem> Backoff::find_problem() const {
    const Duration first = base.value_or(default_base);
    if (first < Duration::zero()) return problem_of("base", "E024", "base must not be negative");
    if (factor && !(*factor >= 1 && *factor <= 1000))
        return problem_of("factor", "E023", "factor must be from 1 to 1000");
    if (max && *max < first)
        return problem_of("max", "E023", "max is shorter than the first wait",
                          "give a max of at least `base`");
    if (spread && jitter != Jitter::plus_minus)
        return problem_of("spread", "E014", "only `jitter: plus-minus` has a spread");
    if (spread && !(spread->fraction >= 0 && spread->fraction <= 1))
        return problem_of("spread", "E023", "spread must be from 0% to 100%");
    if (growth && jitter == Jitter::decorrelated)
        return problem_of("growth", "E014", "decorrelated jitter grows by itself",
                          "leave out `growth`");
    return std::nullopt;
}

std::optional<Problem> Retry::find_problem() const {
    if (retries && *retries > 1000)
        return problem_of("retries", "E023", "retries must be at most 1000");
    if (probability && !(probability->fraction >= 0 && probability->fraction <= 1))
        return problem_of("probability", "E023", "probability must be from 0% to 100%");
    return std::nullopt;
}

BackoffRule::BackoffRule(const Backoff& written) {
    const Duration first = written.base.value_or(default_base);
    base = static_cast<double>(first.count());
    max = written.max ? static_cast<double>(written.max->count()) : 10 * base;
    factor = written.factor.value_or(2.0);
    spread = written.spread.value_or(Share{0.2}).fraction;
    jitter = written.jitter.value_or(Jitter::none);
    growth = written.growth.value_or(Growth::exponential);
}

Duration next_wait(const BackoffRule& rule, std::uint32_t n, Duration previous, Random& random) {
    const double v = envelope(rule, n == 0 ? 1 : n);
    switch (rule.jitter) {
        case Jitter::none:
            return round_to_time(v);
        case Jitter::full:
            return round_to_time(v * random.uniform());
        case Jitter::equal:
            return round_to_time(v / 2 + v / 2 * random.uniform());
        case Jitter::exponential:
            return round_to_time(v * random.exponential());
        case Jitter::plus_minus:
            return round_to_time(v * (1 + rule.spread * (2 * random.uniform() - 1)));
        case Jitter::decorrelated: {
            const double last = std::max(static_cast<double>(previous.count()), rule.base);
            const double drawn = rule.base + (3 * last - rule.base) * random.uniform();
            return round_to_time(std::min(rule.max, drawn));
        }
    }
    return Duration::zero();
}

Duration next_wait(const Backoff& written, std::uint32_t n, Duration previous, Random& random) {
    return next_wait(BackoffRule{written}, n, previous, random);
}

RetryRule::RetryRule(const Retry& written)
    : retries{written.retries.value_or(2)},
      when{written.when.empty()
               ? std::vector{RetryOn::timeout, RetryOn::unavailable, RetryOn::error_5xx}
               : written.when},
      backoff{written.backoff.value_or(Backoff{})},
      probability{written.probability.value_or(Share{1}).fraction} {}

}  // namespace shaketable::policies
