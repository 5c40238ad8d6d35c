/// What a law is called, which parameters it takes, and the numbers it is drawn with; this room
/// only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/distribution.h"
#include "base/result.h"

namespace shaketable::detail {

enum class ParameterKind : std::uint8_t { time, number, share };

struct ParameterSpec {
    std::string_view name;
    ParameterKind kind = ParameterKind::time;
};

struct LawSpec {
    std::string_view name;
    Law law;
    std::span<const ParameterSpec> parameters;  ///< in the order in which `explain` tells them
    std::size_t positional;  ///< so many of them may be written without name, in order
    std::string_view takes;  ///< for messages: "lognormal takes ..."
    std::string_view example;
};

inline constexpr std::array constant_parameters{ParameterSpec{"time"}};
inline constexpr std::array exponential_parameters{ParameterSpec{"mean"}};
inline constexpr std::array lognormal_parameters{
    ParameterSpec{"mean"}, ParameterSpec{"sd"},    ParameterSpec{"cv", ParameterKind::number},
    ParameterSpec{"p50"},  ParameterSpec{"p90"},   ParameterSpec{"p95"},
    ParameterSpec{"p99"},  ParameterSpec{"p99.9"}, ParameterSpec{"sigma", ParameterKind::number}};
inline constexpr std::array normal_parameters{
    ParameterSpec{"mean"}, ParameterSpec{"sd"},   ParameterSpec{"cv", ParameterKind::number},
    ParameterSpec{"p50"},  ParameterSpec{"p90"},  ParameterSpec{"p95"},
    ParameterSpec{"p99"},  ParameterSpec{"p99.9"}};
inline constexpr std::array uniform_parameters{ParameterSpec{"min"}, ParameterSpec{"max"}};
inline constexpr std::array erlang_parameters{ParameterSpec{"k", ParameterKind::number},
                                              ParameterSpec{"mean"}};
inline constexpr std::array gamma_parameters{ParameterSpec{"shape", ParameterKind::number},
                                             ParameterSpec{"mean"}, ParameterSpec{"sd"},
                                             ParameterSpec{"cv", ParameterKind::number}};
inline constexpr std::array weibull_parameters{ParameterSpec{"shape", ParameterKind::number},
                                               ParameterSpec{"mean"}, ParameterSpec{"scale"}};
inline constexpr std::array pareto_parameters{ParameterSpec{"min"},
                                              ParameterSpec{"alpha", ParameterKind::number}};
inline constexpr std::array hyperexponential_parameters{
    ParameterSpec{"mean"}, ParameterSpec{"cv", ParameterKind::number},
    ParameterSpec{"p", ParameterKind::share}, ParameterSpec{"mean1"}, ParameterSpec{"mean2"}};

inline constexpr std::array<LawSpec, 12> law_specs{{
    {"constant", Law::constant, constant_parameters, 1, "a time", "constant(5ms)"},
    {"exponential", Law::exponential, exponential_parameters, 1, "mean", "exponential(mean=5ms)"},
    {"lognormal", Law::lognormal, lognormal_parameters, 0,
     "two of mean, sd, cv, sigma, p50, p90, p95, p99, p99.9", "lognormal(p50=18ms p99=70ms)"},
    {"normal", Law::normal, normal_parameters, 0, "two of mean, sd, cv, p50, p90, p95, p99, p99.9",
     "normal(mean=5ms sd=1ms)"},
    {"uniform", Law::uniform, uniform_parameters, 2, "min and max", "uniform(5ms 9ms)"},
    {"erlang", Law::erlang, erlang_parameters, 0, "k and mean", "erlang(k=3 mean=5ms)"},
    {"gamma", Law::gamma, gamma_parameters, 0, "two of shape, mean, sd, cv",
     "gamma(shape=2 mean=5ms)"},
    {"weibull", Law::weibull, weibull_parameters, 0, "shape and one of mean, scale",
     "weibull(shape=0.7 mean=5ms)"},
    {"pareto", Law::pareto, pareto_parameters, 0, "min and alpha", "pareto(min=5ms alpha=2.5)"},
    {"hyperexponential", Law::hyperexponential, hyperexponential_parameters, 0,
     "mean and cv, or p, mean1 and mean2", "hyperexponential(mean=5ms cv=2)"},
    {"mixture", Law::mixture, {}, 0, "shares and laws", "mixture(95%:5ms 5%:uniform(50ms 90ms))"},
    {"empirical", Law::empirical, {}, 0, "a file", "empirical(latencies.csv)"},
}};

[[nodiscard]] constexpr const LawSpec& spec_of(Law law) noexcept {
    return law_specs[static_cast<std::size_t>(law)];
}

/// Longest time a law may be given; what a Sampler caps at.
inline constexpr Duration longest_law_time{8'640'000'000'000'000};
inline constexpr int mixture_depth_max = 8;
inline constexpr std::size_t mixture_parts_max = 1000;

/// The numbers a law is drawn with. Times in nanoseconds.
///
/// | law | a | b | c |
/// |---|---|---|---|
/// | constant | time | | |
/// | exponential | mean | | |
/// | lognormal | mean of the logarithm | sigma | |
/// | normal | mean, untruncated | sd, untruncated | |
/// | uniform | min | max | |
/// | erlang, gamma | scale | shape (k) | |
/// | weibull | scale | shape | |
/// | pareto | min | alpha | |
/// | hyperexponential | first mean | second mean | share of the first |
struct LawNumbers {
    double a = 0;
    double b = 0;
    double c = 0;
};

/// Solves the written parameters for the law's own.
///
/// Errors: E023 too long, E032 impossible, E033 too few or too many; `field` names the parameter,
/// "" the whole law.
[[nodiscard]] Result<LawNumbers> solve(const Distribution& distribution);

/// A distribution with its numbers solved once, parts included. Refers to the distribution, which
/// must outlive it.
struct SolvedLaw {
    /// Precondition: read without problem.
    explicit SolvedLaw(const Distribution& distribution);

    const Distribution* written;
    LawNumbers numbers;
    std::vector<SolvedLaw> parts{};
};

/// The mass at or below `time` (nanoseconds).
[[nodiscard]] double cumulative(const SolvedLaw& law, double time);

}  // namespace shaketable::detail
