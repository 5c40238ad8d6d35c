/// A law for times: as written in the scenario (`Distribution`), and ready to draw from
/// (`Sampler`).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/random.h"
#include "base/units.h"

namespace shaketable {

enum class Law : std::uint8_t {
    constant,
    exponential,
    lognormal,
    normal,
    uniform,
    erlang,
    gamma,
    weibull,
    pareto,
    hyperexponential,
    mixture,
    empirical
};

/// As written: `lognormal(p50=18ms p99=70ms)`. Keeps the user's parameters, so that printing it is
/// exact.
///
/// Two readings to know: the parameters of `normal` are those of the law before it is cut at 0,
/// while `mean()` and the others are of what is drawn; and where two lognormals fit (mean and p99,
/// sd and p99.9), the narrower one is meant.
struct Distribution {
    /// One `name=value`. Positional arguments get the law's own names (`uniform(a b)`: "min",
    /// "max").
    struct Parameter {
        std::string name;
        Duration time{0};   ///< where the parameter is a time
        double number = 0;  ///< where it is a bare number (k, alpha, shape, cv, a share)
        bool operator==(const Parameter&) const = default;
    };
    Law law = Law::constant;
    std::vector<Parameter> parameters;
    std::vector<double> weights;      ///< of a mixture, one per part: they sum to 1
    std::vector<Distribution> parts;  ///< of a mixture
    std::string file;                 ///< of `empirical(file.csv)`, as written
    std::vector<Duration> samples;    ///< of `empirical`, filled by the reader; sorted

    Distribution() = default;              ///< `0`
    Distribution(Duration constant_time);  // NOLINT(google-explicit-constructor): `5ms` is a law
    template <class Rep, class Period>     // and so is a time in coarser units
    Distribution(std::chrono::duration<Rep, Period> constant_time)  // NOLINT
        : Distribution(Duration{constant_time}) {}

    /// In seconds; +inf where the law has none (pareto alpha <= 1); NaN for an `empirical` without
    /// samples. Precondition of this and the next two: read without problem.
    [[nodiscard]] double mean() const;
    /// Standard deviation in seconds; +inf where there is none.
    [[nodiscard]] double deviation() const;
    /// The smallest time that has `p` of the mass at or below it, in seconds; 0 < p < 1.
    [[nodiscard]] double quantile(double p) const;
    [[nodiscard]] bool is_constant() const { return law == Law::constant; }
    /// Member by member; written out of line, because clang 14 cannot default a recursive
    /// comparison.
    bool operator==(const Distribution&) const;
};

/// Ready to draw. No allocation per draw; results are >= 0 and capped at 100 days.
class Sampler {
  public:
    Sampler() = default;
    /// Precondition: the distribution was read without problem; an `empirical` has its samples.
    explicit Sampler(const Distribution& distribution);

    [[nodiscard]] Duration draw(Random& random) const {
        if (law_ == Law::constant) return constant_;
        if (law_ == Law::exponential) return to_time(a_ * random.exponential());
        return draw_other(random);
    }
    [[nodiscard]] bool is_constant() const noexcept { return law_ == Law::constant; }
    [[nodiscard]] Duration constant() const noexcept { return constant_; }

  private:
    [[nodiscard]] Duration draw_other(Random& random) const;
    /// From nanoseconds as a double, rounded, clamped to [0, 100 days].
    [[nodiscard]] static Duration to_time(double ns) noexcept {
        constexpr double longest = 8.64e15;
        return Duration{static_cast<std::int64_t>((ns < longest ? ns : longest) + 0.5)};
    }

    Law law_ = Law::constant;
    Duration constant_{0};
    double a_ = 0;  ///< per law; in nanoseconds where it is a time
    double b_ = 0;
    double c_ = 0;
    std::vector<std::pair<double, Sampler>> parts_{};  ///< cumulative weight and law
    std::vector<Duration> samples_{};
};

/// Popularity of keys: `zipf(n=10000 s=1.1)` or `uniform(n=500)`. Draws a key number 0 .. n-1, 0
/// the most popular.
struct KeyDistribution {
    std::uint32_t n = 1;  ///< number of keys, 1 .. 100,000,000
    double s = 0;         ///< exponent of Zipf's law; 0 = uniform
    bool operator==(const KeyDistribution&) const = default;
};

/// Source: W. Hörmann, G. Derflinger, "Rejection-inversion to generate variates from monotone
/// discrete distributions", 1996.
class KeySampler {
  public:
    KeySampler() = default;
    explicit KeySampler(const KeyDistribution& keys);
    [[nodiscard]] std::uint32_t draw(Random& random) const;

  private:
    KeyDistribution keys_{};
    double h_x1_ = 0;
    double h_n_ = 0;
    double threshold_ = 0;
};

/// The rows of a file for `empirical`, sorted: one duration with its unit a line, `#` comments,
/// empty lines and one header line allowed. Errors: E034 with line and column (from 1) of the bad
/// row, or without any row.
[[nodiscard]] Result<std::vector<Duration>> parse_samples(std::string_view csv_text);

/// Commas or spaces separate parameters. Printing uses spaces only, so that YAML never cuts the
/// text.
///
/// Errors: E030 unknown distribution, E031 parentheses do not match (YAML cut the text at a comma),
/// E032 parameters that cannot be, E033 too few, too many, unknown or doubled parameters; E020 to
/// E025 of a value.
template <>
struct Text<Distribution> {
    static constexpr std::string_view name = "distribution";
    static constexpr std::string_view example = "lognormal(p50=18ms p99=70ms)";
    static Result<Distribution> parse(std::string_view text);
    static std::string print(const Distribution& value);
};
template <>
struct Text<KeyDistribution> {
    static constexpr std::string_view name = "key distribution";
    static constexpr std::string_view example = "zipf(n=10000 s=1.1)";
    static Result<KeyDistribution> parse(std::string_view text);
    static std::string print(const KeyDistribution& value);
};

}  // namespace shaketable
