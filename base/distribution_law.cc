#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/distribution.h"
#include "base/law.h"
#include "base/math.h"
#include "base/special.h"

namespace shaketable {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nanosecond = 1e-9;

using detail::SolvedLaw;

/// Mean and standard deviation in nanoseconds.
struct Moments {
    double mean;
    double deviation;
};

/// Of a normal that is drawn again while it is below 0.
Moments truncated_normal(double mean, double sd) {
    if (sd == 0) return {mean, 0};
    constexpr double one_by_root_two_pi = 0.39894228040143267794;
    const double alpha = mean / sd;  // sds between the cut and the mean
    const double hazard =
        one_by_root_two_pi * stable_exp(-0.5 * alpha * alpha) / detail::normal_share(alpha);
    const double variance = 1 - hazard * (hazard + alpha);
    return {mean + sd * hazard, sd * std::sqrt(variance > 0 ? variance : 0)};
}

Moments weibull(double scale, double shape) {
    const double first = stable_log_gamma(1 + 1 / shape);
    const double second = stable_log_gamma(1 + 2 / shape);
    const double mean = scale * stable_exp(first);
    return {mean, mean * std::sqrt(detail::exp_minus_one(second - 2 * first))};
}

Moments pareto(double least, double alpha) {
    if (alpha <= 1) return {infinity, infinity};
    const double mean = least * alpha / (alpha - 1);
    if (alpha <= 2) return {mean, infinity};
    return {mean, mean / std::sqrt(alpha * (alpha - 2))};
}

Moments empirical(const std::vector<Duration>& samples) {
    const auto size = static_cast<double>(samples.size());
    double mean = 0;
    for (const Duration d : samples) mean += static_cast<double>(d.count());
    mean /= size;  // NaN without samples: the file was not read
    double variance = 0;
    for (const Duration d : samples) {
        const double gap = static_cast<double>(d.count()) - mean;
        variance += gap * gap;
    }
    return {mean, std::sqrt(variance / size)};
}

Moments moments_of(const SolvedLaw& d);

/// Of laws chosen by weight: the variance is the mean of the variances and the variance of the
/// means.
Moments mixture(const SolvedLaw& d) {
    double mean = 0;
    for (std::size_t i = 0; i < d.parts.size(); ++i)
        if (d.written->weights[i] > 0) mean += d.written->weights[i] * moments_of(d.parts[i]).mean;
    if (mean == infinity) return {infinity, infinity};
    double variance = 0;
    for (std::size_t i = 0; i < d.parts.size(); ++i) {
        if (d.written->weights[i] == 0) continue;
        const Moments part = moments_of(d.parts[i]);
        const double gap = part.mean - mean;
        variance += d.written->weights[i] * (part.deviation * part.deviation + gap * gap);
    }
    return {mean, std::sqrt(variance)};
}

Moments moments_of(const SolvedLaw& d) {
    const auto [a, b, c] = d.numbers;
    switch (d.written->law) {
        case Law::constant:
            return {a, 0};
        case Law::exponential:
            return {a, a};
        case Law::lognormal: {
            const double mean = stable_exp(a + 0.5 * b * b);
            return {mean, mean * std::sqrt(detail::exp_minus_one(b * b))};
        }
        case Law::normal:
            return truncated_normal(a, b);
        case Law::uniform:
            return {0.5 * (a + b), (b - a) / std::sqrt(12.0)};
        case Law::erlang:
        case Law::gamma:
            return {a * b, a * std::sqrt(b)};
        case Law::weibull:
            return weibull(a, b);
        case Law::pareto:
            return pareto(a, b);
        case Law::hyperexponential: {
            const double mean = c * a + (1 - c) * b;
            const double square = 2 * (c * a * a + (1 - c) * b * b);
            return {mean, std::sqrt(square - mean * mean)};
        }
        case Law::mixture:
            return mixture(d);
        case Law::empirical:
            return empirical(d.written->samples);
    }
    return {0, 0};
}

/// The smallest double above `low` with `p` of the mass at or below it. Precondition: the mass at
/// `high` suffices.
double bisect(const SolvedLaw& d, double p, double low, double high) {
    for (int i = 0; i < 200; ++i) {
        const double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high) break;
        (detail::cumulative(d, middle) >= p ? high : low) = middle;
    }
    return high;
}

double quantile_of(const SolvedLaw& d, double p);

double mixture_quantile(const SolvedLaw& d, double p) {
    double low = infinity;
    double high = 0;
    for (std::size_t i = 0; i < d.parts.size(); ++i) {
        if (d.written->weights[i] == 0) continue;
        const double part = quantile_of(d.parts[i], p);
        low = std::min(low, part);
        high = std::max(high, part);
    }
    if (high == infinity) return high;
    // The parts' own rounding may leave either end a little short.
    if (detail::cumulative(d, low) >= p) return low;
    return bisect(d, p, low, high);
}

double gamma_quantile(const SolvedLaw& d, double p, double start) {
    double high = start;
    while (detail::cumulative(d, high) < p && high < 1e290) high *= 2;
    return bisect(d, p, 0, high);
}

double quantile_of(const SolvedLaw& d, double p) {
    const auto [a, b, c] = d.numbers;
    switch (d.written->law) {
        case Law::constant:
            return a;
        case Law::exponential:
            return -a * detail::log_one_plus(-p);
        case Law::lognormal:
            return stable_exp(a + b * normal_quantile(p));
        case Law::normal: {
            if (b == 0) return a;
            const double below = detail::normal_share(-a / b);
            return std::max(0.0, a + b * normal_quantile(below + p * (1 - below)));
        }
        case Law::uniform:
            return a + p * (b - a);
        case Law::erlang:
        case Law::gamma:
            return gamma_quantile(d, p, a * b);
        case Law::weibull:
            return a * stable_pow(-detail::log_one_plus(-p), 1 / b);
        case Law::pareto:
            return a * stable_exp(-detail::log_one_plus(-p) / b);
        case Law::hyperexponential:
            return bisect(d, p, 0, -std::max(a, b) * detail::log_one_plus(-p) * (1 + 1e-12));
        case Law::mixture:
            return mixture_quantile(d, p);
        case Law::empirical: {
            if (d.written->samples.empty()) return std::numeric_limits<double>::quiet_NaN();
            const auto size = static_cast<double>(d.written->samples.size());
            const auto rank = static_cast<std::size_t>(std::ceil(p * size));
            const std::size_t index =
                std::min(std::max<std::size_t>(rank, 1), d.written->samples.size());
            return static_cast<double>(d.written->samples[index - 1].count());
        }
    }
    return 0;
}

}  // namespace

namespace detail {

SolvedLaw::SolvedLaw(const Distribution& distribution) : written{&distribution} {
    const Result<LawNumbers> solved = solve(distribution);
    SHAKETABLE_CHECK(solved.has_value(), "a distribution was used that has a problem");
    numbers = *solved;
    for (const Distribution& part : distribution.parts) parts.emplace_back(part);
}

double cumulative(const SolvedLaw& d, double time) {
    const auto [a, b, c] = d.numbers;
    if (time < 0) return 0;
    const auto exponential = [time](double mean) { return -exp_minus_one(-time / mean); };
    switch (d.written->law) {
        case Law::constant:
            return time >= a ? 1 : 0;
        case Law::exponential:
            return exponential(a);
        case Law::lognormal:
            if (b == 0) return time >= stable_exp(a) ? 1 : 0;
            return time == 0 ? 0 : normal_share((stable_log(time) - a) / b);
        case Law::normal: {
            if (b == 0) return time >= a ? 1 : 0;
            const double below = normal_share(-a / b);
            return (normal_share((time - a) / b) - below) / (1 - below);
        }
        case Law::uniform:
            if (time >= b) return 1;
            return time <= a ? 0 : (time - a) / (b - a);
        case Law::erlang:
        case Law::gamma:
            return gamma_share(b, time / a);
        case Law::weibull:
            return time == 0 ? 0 : -exp_minus_one(-stable_pow(time / a, b));
        case Law::pareto:
            return time <= a ? 0 : 1 - stable_pow(a / time, b);
        case Law::hyperexponential:
            return c * exponential(a) + (1 - c) * exponential(b);
        case Law::mixture: {
            double total = 0;
            for (std::size_t i = 0; i < d.parts.size(); ++i)
                total += d.written->weights[i] * cumulative(d.parts[i], time);
            return total;
        }
        case Law::empirical: {
            const auto end = std::upper_bound(
                d.written->samples.begin(), d.written->samples.end(), time,
                [](double t, Duration s) { return t < static_cast<double>(s.count()); });
            return static_cast<double>(end - d.written->samples.begin()) /
                   static_cast<double>(d.written->samples.size());
        }
    }
    return 0;
}

}  // namespace detail

Distribution::Distribution(Duration constant_time) {
    // Without parameter for 0, so that it equals a default distribution, which is what printing it
    // reads back to.
    if (constant_time.count() != 0) parameters.push_back({.name = "time", .time = constant_time});
}

double Distribution::mean() const {
    return moments_of(SolvedLaw{*this}).mean * nanosecond;
}

double Distribution::deviation() const {
    return moments_of(SolvedLaw{*this}).deviation * nanosecond;
}

double Distribution::quantile(double p) const {
    return quantile_of(SolvedLaw{*this}, p) * nanosecond;
}

bool Distribution::operator==(const Distribution& other) const {
    return law == other.law && parameters == other.parameters && weights == other.weights &&
           parts == other.parts && file == other.file && samples == other.samples;
}

}  // namespace shaketable
