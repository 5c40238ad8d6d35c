#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "base/decimal.h"
#include "base/law.h"
#include "base/math.h"
#include "base/quantity.h"
#include "base/special.h"

namespace shaketable::detail {
namespace {

/// The parameters as written, asked by name. Times in nanoseconds.
struct Given {
    const Distribution& law;

    [[nodiscard]] const Distribution::Parameter* find(std::string_view name) const {
        for (const auto& p : law.parameters)
            if (p.name == name) return &p;
        return nullptr;
    }
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    [[nodiscard]] double time(std::string_view name) const {
        const auto* p = find(name);
        return p == nullptr ? 0 : static_cast<double>(p->time.count());
    }
    [[nodiscard]] double number(std::string_view name) const {
        const auto* p = find(name);
        return p == nullptr ? 0 : p->number;
    }
    [[nodiscard]] std::string text(std::string_view name) const {
        const auto* p = find(name);
        return p == nullptr ? "" : std::string{name} + "=" + Text<Duration>::print(p->time);
    }
};

Unexpected<Problem> impossible(std::string_view field, std::string message, std::string hint = {}) {
    return {problem_of(field, "E032", std::move(message), std::move(hint))};
}

/// E033 for a law that takes something else than what was given.
Unexpected<Problem> wrong_number(const Given& given) {
    const LawSpec& spec = spec_of(given.law.law);
    std::string found;
    for (const auto& p : given.law.parameters) found += (found.empty() ? "" : ", ") + p.name;
    return {problem_of("", "E033",
                       std::string{spec.name} + " takes " + std::string{spec.takes} + "; found " +
                           (found.empty() ? "nothing" : found),
                       "like " + std::string{spec.example})};
}

struct NumberRange {
    std::string_view name;
    double least;
    double most;
};
constexpr std::array<NumberRange, 6> number_ranges{{{"k", 1, 1e6},
                                                    {"shape", 0.01, 1e6},
                                                    {"alpha", 0.01, 1e6},
                                                    {"cv", 0.001, 1000},
                                                    {"sigma", 0, 20},
                                                    {"p", 0, 1}}};

std::optional<Problem> find_out_of_range(const Given& given, bool zero_allowed) {
    for (const auto& p : given.law.parameters) {
        const std::string what = p.name + " of " + std::string{spec_of(given.law.law).name};
        const auto* range = std::find_if(number_ranges.begin(), number_ranges.end(),
                                         [&](const NumberRange& r) { return r.name == p.name; });
        if (range != number_ranges.end()) {
            if (p.number >= range->least && p.number <= range->most) continue;
            return problem_of(p.name, "E032",
                              what + " must be from " + print_number(range->least) + " to " +
                                  print_number(range->most) + ", found " + print_number(p.number));
        }
        if (p.time > longest_law_time)
            return problem_of(p.name, "E023", what + " is longer than 100 days");
        if (p.time.count() < 0 || (p.time.count() == 0 && !zero_allowed))
            return problem_of(p.name, "E032", what + " must be above 0",
                              "write 0 for no time at all");
    }
    return std::nullopt;
}

struct Quantile {
    std::string_view name;
    double p;
    double time = 0;
    double z = 0;  ///< quantile of the standard normal
};

/// The quantiles given, rising.
std::vector<Quantile> quantiles_of(const Given& given) {
    std::vector<Quantile> found;
    for (const Quantile q : {Quantile{"p50", 0.5}, Quantile{"p90", 0.9}, Quantile{"p95", 0.95},
                             Quantile{"p99", 0.99}, Quantile{"p99.9", 0.999}})
        if (given.has(q.name))
            found.push_back({q.name, q.p, given.time(q.name), normal_quantile(q.p)});
    return found;
}

std::optional<Problem> find_falling(const Given& given, const std::vector<Quantile>& quantiles) {
    if (quantiles.size() != 2 || quantiles[0].time <= quantiles[1].time) return std::nullopt;
    return problem_of(quantiles[1].name, "E032",
                      given.text(quantiles[1].name) + " is below " + given.text(quantiles[0].name),
                      "a higher quantile is never the smaller time");
}

/// Sigma of a lognormal of which one quantile and the standard deviation are known: the smallest
/// solution of (e^(s^2) - 1) e^(s^2 - 2 z s) = (sd / quantile)^2.
double sigma_from_deviation(double z, double ratio) {
    const double target = 2 * stable_log(ratio);
    const auto excess = [=](double s) {
        return stable_log(exp_minus_one(s * s)) + s * s - 2 * z * s - target;
    };
    double low = 0;
    double high = 0x1p-7;
    while (excess(high) < 0 && high < 20) {
        low = high;
        high += 0x1p-7;
    }
    for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (low + high);
        (middle > 0 && excess(middle) >= 0 ? high : low) = middle;
    }
    return high;
}

/// Sigma from the mean and one quantile: s^2/2 - z s + ln(quantile / mean) = 0, the smaller
/// solution above 0.
Result<double> sigma_from_mean(const Given& given, const Quantile& q) {
    const double gap = stable_log(q.time / given.time("mean"));
    const double square = q.z * q.z - 2 * gap;
    if (square < 0) {
        const std::string found = given.text(q.name) + " with " + given.text("mean");
        if (q.z == 0)
            return impossible("mean", found + ": no lognormal has its mean below its p50");
        return impossible(q.name,
                          found + ": no lognormal has its " + std::string{q.name} + " above " +
                              print_number(std::floor(10 * stable_exp(0.5 * q.z * q.z)) / 10) +
                              " times its mean");
    }
    const double root = std::sqrt(square);
    return gap >= 0 && q.z > 0 ? q.z - root : q.z + root;
}

Result<LawNumbers> solve_lognormal(const Given& given) {
    if (given.law.parameters.size() != 2) return wrong_number(given);
    const std::vector<Quantile> quantiles = quantiles_of(given);
    if (auto bad = find_falling(given, quantiles)) return Unexpected{*std::move(bad)};
    const bool mean = given.has("mean");
    const bool deviation = given.has("sd");
    double sigma = 0;
    if (given.has("cv") || given.has("sigma")) {
        if (given.has("cv") && given.has("sigma")) return wrong_number(given);
        const double cv = given.number("cv");
        sigma = given.has("sigma") ? given.number("sigma") : std::sqrt(log_one_plus(cv * cv));
    } else if (quantiles.size() == 2) {
        sigma =
            stable_log(quantiles[1].time / quantiles[0].time) / (quantiles[1].z - quantiles[0].z);
    } else if (mean && deviation) {
        const double cv = given.time("sd") / given.time("mean");
        sigma = std::sqrt(log_one_plus(cv * cv));
    } else if (mean) {
        Result<double> solved = sigma_from_mean(given, quantiles[0]);
        if (!solved) return Unexpected{solved.error()};
        sigma = *solved;
    } else {
        sigma = sigma_from_deviation(quantiles[0].z, given.time("sd") / quantiles[0].time);
    }
    if (sigma > 20) return impossible("", "a lognormal with a sigma above 20 has no use for times");
    if (!quantiles.empty())
        return LawNumbers{stable_log(quantiles[0].time) - quantiles[0].z * sigma, sigma};
    if (mean) return LawNumbers{stable_log(given.time("mean")) - 0.5 * sigma * sigma, sigma};
    if (sigma == 0) return impossible("sigma", "a sigma of 0 contradicts an sd above 0");
    const double mean_log =
        stable_log(given.time("sd")) - 0.5 * stable_log(exp_minus_one(sigma * sigma));
    return LawNumbers{mean_log - 0.5 * sigma * sigma, sigma};
}

Result<LawNumbers> solve_normal(const Given& given) {
    if (given.law.parameters.size() != 2) return wrong_number(given);
    std::vector<Quantile> known = quantiles_of(given);
    if (given.has("mean")) {
        if (given.has("p50")) return wrong_number(given);  // the same thing twice
        known.insert(known.begin(), {"mean", 0.5, given.time("mean"), 0});
    }
    if (auto bad = find_falling(given, known)) return Unexpected{*std::move(bad)};
    LawNumbers n;
    if (known.empty()) {
        n = {given.time("sd") / given.number("cv"), given.time("sd")};
    } else if (known.size() == 2) {
        n.b = (known[1].time - known[0].time) / (known[1].z - known[0].z);
        n.a = known[0].time - known[0].z * n.b;
    } else if (given.has("cv")) {
        n.a = known[0].time / (1 + known[0].z * given.number("cv"));
        n.b = n.a * given.number("cv");
    } else {
        n = {known[0].time - known[0].z * given.time("sd"), given.time("sd")};
    }
    if (n.a < 0)
        return impossible("", "the mean of this normal would be below 0",
                          "a lognormal or gamma has long tails without negative times");
    return n;
}

Result<LawNumbers> solve_gamma(const Given& given) {
    if (given.law.parameters.size() != 2) return wrong_number(given);
    if (given.has("shape") && given.has("cv")) return wrong_number(given);
    double cv = given.number("cv");
    if (given.has("mean") && given.has("sd")) cv = given.time("sd") / given.time("mean");
    const double shape = given.has("shape") ? given.number("shape") : 1 / (cv * cv);
    if (!(shape >= 1e-6 && shape <= 1e6))
        return impossible("",
                          "the spread of this gamma is out of range: its sd must be from 0.001 "
                          "to 1000 times its mean");
    if (given.has("mean")) return LawNumbers{given.time("mean") / shape, shape};
    return LawNumbers{given.time("sd") / std::sqrt(shape), shape};
}

Result<LawNumbers> solve_hyperexponential(const Given& given) {
    const std::size_t size = given.law.parameters.size();
    if (size == 3 && given.has("p") && given.has("mean1") && given.has("mean2"))
        return LawNumbers{given.time("mean1"), given.time("mean2"), given.number("p")};
    if (size != 2 || !given.has("mean") || !given.has("cv")) return wrong_number(given);
    const double mean = given.time("mean");
    const double square = given.number("cv") * given.number("cv");
    if (square < 1)
        return impossible("cv", "a hyperexponential has a cv of 1 or more",
                          "take erlang or gamma for a cv below 1");
    // Balanced means: both branches carry half of the mean.
    const double root = std::sqrt((square - 1) / (square + 1));
    const double first = 0.5 * (1 + root);
    const double second = 1 / ((square + 1) * (1 + root));  // (1 - root) / 2 without loss
    return LawNumbers{0.5 * mean / first, 0.5 * mean / second, first};
}

}  // namespace

Result<LawNumbers> solve(const Distribution& distribution) {
    const Given given{distribution};
    const Law law = distribution.law;
    const std::size_t size = distribution.parameters.size();
    const bool zero_allowed = law == Law::uniform || law == Law::normal;
    if (law == Law::constant) {  // of any length: a Sampler caps it
        if (size > 1 || (size == 1 && !given.has("time"))) return wrong_number(given);
        return LawNumbers{given.time("time")};
    }
    if (auto bad = find_out_of_range(given, zero_allowed)) return Unexpected{*std::move(bad)};
    switch (law) {
        case Law::exponential:
            if (size != 1 || !given.has("mean")) return wrong_number(given);
            return LawNumbers{given.time("mean")};
        case Law::lognormal:
            return solve_lognormal(given);
        case Law::normal:
            return solve_normal(given);
        case Law::uniform:
            if (size != 2 || !given.has("min") || !given.has("max")) return wrong_number(given);
            if (given.time("max") < given.time("min"))
                return impossible("max", given.text("max") + " is below " + given.text("min"));
            return LawNumbers{given.time("min"), given.time("max")};
        case Law::erlang:
            if (size != 2 || !given.has("k") || !given.has("mean")) return wrong_number(given);
            if (given.number("k") != std::floor(given.number("k")))
                return impossible("k", "k of erlang must be a whole number",
                                  "gamma takes any shape");
            return LawNumbers{given.time("mean") / given.number("k"), given.number("k")};
        case Law::gamma:
            return solve_gamma(given);
        case Law::weibull: {
            if (size != 2 || !given.has("shape") || given.has("mean") == given.has("scale"))
                return wrong_number(given);
            const double shape = given.number("shape");
            if (given.has("scale")) return LawNumbers{given.time("scale"), shape};
            return LawNumbers{given.time("mean") * stable_exp(-stable_log_gamma(1 + 1 / shape)),
                              shape};
        }
        case Law::pareto:
            if (size != 2 || !given.has("min") || !given.has("alpha")) return wrong_number(given);
            return LawNumbers{given.time("min"), given.number("alpha")};
        case Law::hyperexponential:
            return solve_hyperexponential(given);
        case Law::constant:
        case Law::mixture:
        case Law::empirical:
            break;
    }
    return LawNumbers{};
}

}  // namespace shaketable::detail
