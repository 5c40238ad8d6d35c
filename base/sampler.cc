#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/distribution.h"
#include "base/law.h"
#include "base/math.h"

namespace shaketable {
namespace {

constexpr int erlang_sum_max = 16;  ///< up to here k exponentials are faster than one gamma

/// Standard gamma. Source: G. Marsaglia & W. W. Tsang, "A simple method for generating gamma
/// variables", 2000.
double draw_gamma(double shape, Random& random) {
    double scale = 1;
    if (shape < 1) {  // gamma(shape) = gamma(shape + 1) * U^(1/shape)
        scale = stable_exp(-random.exponential() / shape);
        shape += 1;
    }
    const double d = shape - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = random.normal();
        const double root = 1 + c * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        const double u = random.uniform();
        const double square = x * x;
        if (u < 1 - 0.0331 * square * square ||
            stable_log(u) < 0.5 * square + d * (1 - v + stable_log(v)))
            return scale * d * v;
    }
}

/// Drawn again while below 0. The mean is not below 0, so that half of the draws are taken.
double draw_truncated(double mean, double sd, Random& random) {
    constexpr int draws_max = 64;
    for (int i = 0; i < draws_max; ++i)
        if (const double x = mean + sd * random.normal(); x >= 0) return x;
    return mean;
}

}  // namespace

Sampler::Sampler(const Distribution& distribution) : law_{distribution.law} {
    const Result<detail::LawNumbers> numbers = detail::solve(distribution);
    SHAKETABLE_CHECK(numbers.has_value(), "a distribution with a problem cannot be drawn from");
    a_ = numbers->a;
    b_ = numbers->b;
    c_ = numbers->c;
    if (law_ == Law::constant) constant_ = to_time(a_);
    if (law_ == Law::pareto) b_ = 1 / b_;
    if (law_ == Law::weibull) b_ = 1 / b_;
    if (law_ == Law::mixture) {
        SHAKETABLE_CHECK(!distribution.parts.empty(), "a mixture has parts");
        SHAKETABLE_CHECK(distribution.parts.size() == distribution.weights.size(),
                         "a mixture has a weight for each part");
        double total = 0;
        for (std::size_t i = 0; i < distribution.parts.size(); ++i) {
            total += distribution.weights[i];
            parts_.emplace_back(total, Sampler{distribution.parts[i]});
        }
    }
    if (law_ == Law::empirical) {
        samples_ = distribution.samples;
        SHAKETABLE_CHECK(!samples_.empty(), "the file of an empirical law was read");
        SHAKETABLE_CHECK(samples_.size() <= std::numeric_limits<std::uint32_t>::max(),
                         "an empirical law has at most 4,294,967,295 samples");
    }
}

Duration Sampler::draw_other(Random& random) const {
    switch (law_) {
        case Law::constant:
            return constant_;
        case Law::exponential:
            return to_time(a_ * random.exponential());
        case Law::lognormal:
            return to_time(stable_exp(a_ + b_ * random.normal()));
        case Law::normal:
            return to_time(draw_truncated(a_, b_, random));
        case Law::uniform:
            return to_time(a_ + (b_ - a_) * random.uniform());
        case Law::erlang: {
            if (b_ > erlang_sum_max) return to_time(a_ * draw_gamma(b_, random));
            double total = 0;
            for (int i = static_cast<int>(b_); i > 0; --i) total += random.exponential();
            return to_time(a_ * total);
        }
        case Law::gamma:
            return to_time(a_ * draw_gamma(b_, random));
        case Law::weibull:
            return to_time(a_ * stable_pow(random.exponential(), b_));
        case Law::pareto:
            return to_time(a_ * stable_exp(b_ * random.exponential()));
        case Law::hyperexponential:
            return to_time((random.chance(c_) ? a_ : b_) * random.exponential());
        case Law::mixture: {
            const double u = random.uniform();
            std::size_t i = 0;
            while (i + 1 < parts_.size() && u >= parts_[i].first) ++i;
            return parts_[i].second.draw(random);
        }
        case Law::empirical:
            return samples_[random.below(static_cast<std::uint32_t>(samples_.size()))];
    }
    return constant_;
}

}  // namespace shaketable
