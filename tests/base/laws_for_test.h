/// One or two texts for each law; what every law must pass is tested on all of them.
#pragma once

#include <array>
#include <string_view>

namespace shaketable {

struct LawCase {
    std::string_view text;
    double mean;       ///< seconds, by hand; -1 where the tests do not know it
    double deviation;  ///< seconds
};

inline constexpr std::array law_cases{
    LawCase{"5ms", 0.005, 0},
    LawCase{"exponential(mean=5ms)", 0.005, 0.005},
    LawCase{"lognormal(p50=18ms p99=70ms)", -1, -1},
    LawCase{"lognormal(mean=20ms sd=10ms)", 0.02, 0.01},
    LawCase{"lognormal(mean=20ms p99=100ms)", 0.02, -1},
    LawCase{"lognormal(sd=10ms p99.9=90ms)", -1, 0.01},
    LawCase{"lognormal(p90=9ms sigma=0.5)", -1, -1},
    LawCase{"normal(mean=5ms sd=1us)", 0.005, 1e-6},
    LawCase{"normal(mean=5ms sd=4ms)", -1, -1},
    LawCase{"normal(p50=5ms p99=8ms)", -1, -1},
    LawCase{"uniform(5ms 9ms)", 0.007, 0.0011547005383792516},
    LawCase{"erlang(k=3 mean=6ms)", 0.006, 0.003464101615137755},
    LawCase{"erlang(k=40 mean=6ms)", 0.006, 0.0009486832980505138},
    LawCase{"gamma(shape=2.5 mean=5ms)", 0.005, 0.0031622776601683794},
    LawCase{"gamma(shape=0.4 mean=5ms)", 0.005, 0.007905694150420949},
    LawCase{"gamma(sd=5ms cv=0.5)", 0.01, 0.005},
    LawCase{"weibull(shape=0.7 mean=5ms)", 0.005, -1},
    LawCase{"weibull(shape=1 scale=5ms)", 0.005, 0.005},
    LawCase{"weibull(shape=2 scale=5ms)", 0.004431134627263790, 0.002316256876929512},
    LawCase{"pareto(min=5ms alpha=6)", 0.006, 0.001224744871391589},
    LawCase{"hyperexponential(mean=5ms cv=2)", 0.005, 0.01},
    LawCase{"hyperexponential(p=30% mean1=1ms mean2=9ms)", 0.0066, -1},
    LawCase{"mixture(95%:5ms 5%:uniform(50ms 90ms))", 0.00825, -1},
    LawCase{"mixture(20%:exponential(mean=1ms) 80%:mixture(50%:4ms 50%:6ms))", 0.0042, -1},
};

}  // namespace shaketable
