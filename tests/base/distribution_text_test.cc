#include <functional>

#include <catch2/catch.hpp>

#include "base/distribution.h"
#include "base/quantity.h"

using namespace shaketable;
using namespace std::chrono_literals;

namespace {

Distribution read_law(std::string_view text) {
    CAPTURE(text);
    const auto law = Text<Distribution>::parse(text);
    if (!law) FAIL(law.error().message);
    return *law;
}

struct Bad {
    std::string_view text;
    std::string_view code;
    int column;
    int length;
    std::string_view hint{};  ///< a part of it
};

/// A random law, parameters that fit by construction.
Distribution any_law(Random& random, int depth) {
    const auto time = [&](double scale) {
        return Text<Duration>::print(
            Duration{1 + static_cast<std::int64_t>(scale * 1e9 * random.uniform())});
    };
    const auto number = [&](double least, double most) {
        return print_number(least + (most - least) * random.uniform());
    };
    switch (random.below(depth < 4 ? 14 : 12)) {
        case 0:
            return Distribution{Duration{static_cast<std::int64_t>(random.below(1'000'000))}};
        case 1:
            return read_law("exponential(mean=" + time(1) + ")");
        case 2:
            return read_law("lognormal(p50=" + time(0.01) + " p99=2h)");
        case 3:
            return read_law("lognormal(mean=" + time(1) + " cv=" + number(0.1, 5) + ")");
        case 4:
            return read_law("normal(mean=" + time(1) + " sd=" + time(1) + ")");
        case 5:
            return read_law("uniform(" + time(0.1) + " " + "1h" + ")");
        case 6:
            return read_law("erlang(k=" + std::to_string(1 + random.below(50)) +
                            " mean=" + time(1) + ")");
        case 7:
            return read_law("gamma(shape=" + number(0.1, 9) + " sd=" + time(1) + ")");
        case 8:
            return read_law("weibull(shape=" + number(0.1, 9) + " scale=" + time(1) + ")");
        case 9:
            return read_law("pareto(min=" + time(1) + " alpha=" + number(0.1, 9) + ")");
        case 10:
            return read_law("hyperexponential(mean=" + time(1) + " cv=" + number(1, 9) + ")");
        case 11:
            return read_law("hyperexponential(p=" + Text<Share>::print({random.uniform()}) +
                            " mean1=" + time(1) + " mean2=" + time(1) + ")");
        default: {
            Distribution mixture;
            mixture.law = Law::mixture;
            const double first = random.uniform();
            mixture.weights = {first, 1 - first};
            mixture.parts = {any_law(random, depth + 1), any_law(random, depth + 1)};
            return mixture;
        }
    }
}

}  // namespace

TEST_CASE("distribution: a time alone is constant, and 0 is the default") {
    CHECK(read_law("5ms") == Distribution{5ms});
    CHECK(read_law("constant(5ms)") == Distribution{5ms});
    CHECK(read_law("constant(time=5ms)") == Distribution{5ms});
    CHECK(read_law("0") == Distribution{});
    CHECK(read_law("constant(0)") == Distribution{});
    CHECK(Distribution{0ms} == Distribution{});
    CHECK(Text<Distribution>::print({}) == "0");
    CHECK(Text<Distribution>::print(Distribution{5ms}) == "5ms");
}

TEST_CASE("distribution: commas, spaces and both mean the same") {
    const Distribution law = read_law("lognormal(p50=18ms p99=70ms)");
    CHECK(read_law("lognormal(p50=18ms, p99=70ms)") == law);
    CHECK(read_law(" lognormal( p50 = 18ms ,p99= 70ms ) ") == law);
    CHECK(law.law == Law::lognormal);
    REQUIRE(law.parameters.size() == 2);
    CHECK(law.parameters[0] == Distribution::Parameter{"p50", 18ms, 0});
    CHECK(read_law("uniform(5ms, 9ms)") == read_law("uniform(min=5ms max=9ms)"));
    CHECK(read_law("exponential(5ms)") == read_law("exponential(mean=5ms)"));
}

TEST_CASE("distribution: a mixture keeps its shares and parts; printed, YAML does not cut it") {
    const Distribution law = read_law("mixture(95%: 5ms, 5%: uniform(50ms 90ms))");
    CHECK(law.weights == std::vector<double>{0.95, 0.05});
    REQUIRE(law.parts.size() == 2);
    CHECK(law.parts[0] == Distribution{5ms});
    CHECK(law.parts[1] == read_law("uniform(50ms 90ms)"));
    CHECK(Text<Distribution>::print(law) == "mixture(95%:5ms 5%:uniform(50ms 90ms))");
}

TEST_CASE("distribution: an empirical law keeps the file as written") {
    CHECK(read_law("empirical( traces/a b(1).csv )").file == "traces/a b(1).csv");
    CHECK(Text<Distribution>::print(read_law("empirical(x.csv)")) == "empirical(x.csv)");
}

TEST_CASE("distribution: parse(print(x)) == x for generated laws") {
    Random random{random_key(8, 0, "distribution", "round trip")};
    for (int i = 0; i < 5000; ++i) {
        const Distribution law = any_law(random, 0);
        const std::string text = Text<Distribution>::print(law);
        CAPTURE(text);
        const auto back = Text<Distribution>::parse(text);
        REQUIRE(back);
        REQUIRE(*back == law);
        REQUIRE(text.find(',') == std::string::npos);
        REQUIRE(text.find(": ") == std::string::npos);
    }
    CHECK(Text<Distribution>::print(read_law("uniform(max=9ms min=5ms)")) ==
          "uniform(max=9ms min=5ms)");
}

TEST_CASE("distribution: every problem has its code and its place") {
    const std::vector<Bad> all{
        {"", "E030", 0, 0, "like"},
        {"foo", "E030", 0, 3, "known are"},
        {"expnential(mean=5ms)", "E030", 0, 10, "exponential"},
        {"zipf(n=10 s=1)", "E030", 0, 4},
        {"(5ms)", "E030", 0, 1},
        {"lognormal(p50=1ms", "E031", 9, 1, "quotes"},
        {"mixture(95%:uniform(1ms", "E031", 7, 1, "spaces"},
        {"exponential(mean=5ms))", "E031", 21, 1},
        {"lognormal(p50=18ms, p99=7ms)", "E032", 24, 3},
        {"lognormal(p99=7ms, p50=18ms)", "E032", 14, 3},
        {"lognormal(mean=5ms p50=6ms)", "E032", 15, 3},
        {"lognormal(mean=5ms p99=100ms)", "E032", 23, 5},
        {"lognormal(p50=5ms sigma=-1)", "E032", 24, 2},
        {"lognormal(p50=0 p99=5ms)", "E032", 14, 1},
        {"lognormal(sd=5ms sigma=0)", "E032", 23, 1},
        {"normal(sd=5ms p99=8ms)", "E032", 0, 22},
        {"uniform(9ms 5ms)", "E032", 12, 3},
        {"exponential(mean=0)", "E032", 17, 1, "0"},
        {"erlang(k=2.5 mean=5ms)", "E032", 9, 3, "gamma"},
        {"erlang(k=0 mean=5ms)", "E032", 9, 1},
        {"gamma(shape=0 mean=5ms)", "E032", 12, 1},
        {"gamma(mean=1ns sd=10d)", "E032", 0, 22},
        {"weibull(shape=-1 mean=5ms)", "E032", 14, 2},
        {"pareto(min=5ms alpha=0)", "E032", 21, 1},
        {"hyperexponential(mean=5ms cv=0.5)", "E032", 29, 3, "gamma"},
        {"mixture(95%:5ms)", "E032", 0, 16},
        {"mixture(60%:5ms 60%:6ms)", "E032", 0, 24},
        {"mixture(50%:mixture(50%:1ms 50%:lognormal(p50=9ms p99=2ms)) 50%:2ms)", "E032", 54, 3},
        {"exponential", "E033", 0, 11, "mean="},
        {"exponential()", "E033", 0, 13, "mean="},
        {"exponential(rate=5ms)", "E033", 12, 4},
        {"exponential(maen=5ms)", "E033", 12, 4, "mean"},
        {"exponential(mean=5ms mean=6ms)", "E033", 26, 3},
        {"exponential(5ms 6ms)", "E033", 16, 3},
        {"exponential(mean:5ms)", "E033", 16, 1},
        {"exponential(mean=)", "E033", 17, 0},
        {"exponential(=5ms)", "E033", 12, 1},
        {"lognormal(18ms 70ms)", "E033", 10, 4, "p50="},
        {"lognormal(p50=18ms)", "E033", 0, 19},
        {"lognormal(p50=18ms p99=70ms mean=20ms)", "E033", 0, 38},
        {"lognormal(cv=1 sigma=1)", "E033", 0, 23},
        {"normal(mean=1ms p50=1ms)", "E033", 0, 24},
        {"gamma(shape=1 cv=1)", "E033", 0, 19},
        {"weibull(shape=1 mean=1ms scale=1ms)", "E033", 0, 35},
        {"weibull(mean=1ms scale=1ms)", "E033", 0, 27},
        {"hyperexponential(mean=1ms p=5%)", "E033", 0, 31},
        {"constant()", "E033", 0, 10},
        {"mixture()", "E033", 0, 9},
        {"mixture(5ms)", "E033", 8, 3},
        {"empirical()", "E033", 0, 11},
        {"exponential(mean=5)", "E020", 17, 1, "5ms"},
        {"uniform(5ms 9min)", "E021", 13, 3, "9m"},
        {"5", "E020", 0, 1, "5ms"},
        {"5/s", "E022", 0, 3},
        {"5ms 6ms", "E022", 4, 3},
        {"erlang(k=3ms mean=5ms)", "E022", 9, 3},
        {"200d", "E023", 0, 4},
        {"constant(200d)", "E023", 9, 4},
        {"exponential(mean=200d)", "E023", 17, 4},
        {"mixture(0.95:5ms 5%:6ms)", "E024", 8, 4, "95%"},
        {"-0", "E024", 0, 2},
        {"exponential(mean=-5ms)", "E024", 17, 4},
        {"nan", "E025", 0, 3},
        {"erlang(k=1e309 mean=5ms)", "E025", 9, 5},
        {"exponential(mean=nan)", "E025", 17, 3},
    };
    for (const Bad& bad : all) {
        CAPTURE(bad.text);
        const auto law = Text<Distribution>::parse(bad.text);
        REQUIRE_FALSE(law);
        const Problem& problem = law.error();
        CHECK(problem.code == bad.code);
        CHECK(problem.where.column == bad.column);
        CHECK(problem.where.length == bad.length);
        CHECK(problem.hint.find(bad.hint) != std::string::npos);
        CHECK_FALSE(problem.message.empty());
        CHECK(problem.field.empty());
    }
}

TEST_CASE("distribution: mixtures nest eight deep and no deeper") {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += "mixture(100%:";
        return text + "5ms" + std::string(static_cast<std::size_t>(depth), ')');
    };
    const Distribution deepest = read_law(nested(8));
    CHECK(Text<Distribution>::print(deepest) == nested(8));
    CHECK(deepest.quantile(0.5) == 0.005);
    const auto deeper = Text<Distribution>::parse(nested(9));
    REQUIRE_FALSE(deeper);
    CHECK(deeper.error().code == "E032");
    CHECK_FALSE(Text<Distribution>::parse(nested(100'000)));
}

TEST_CASE("distribution: hostile texts end with a problem whose message stays short") {
    std::string many = "mixture(";
    for (int i = 0; i < 100'000; ++i) many += "0%:1ms ";
    std::string doubled = "lognormal(";
    for (int i = 0; i < 100'000; ++i) doubled += "p50=1ms ";
    const std::vector<std::string> texts{std::string(1'000'000, '('),
                                         "mixture" + std::string(1'000'000, '('),
                                         std::string(1'000'000, ')'),
                                         "exponential(" + std::string(1'000'000, ')'),
                                         std::string(1'000'000, 'a'),
                                         std::string(1'000'000, ' '),
                                         "exponential(mean=" + std::string(1'000'000, '9') + "ms)",
                                         "exponential(" + std::string(1'000'000, ',') + ")",
                                         many + "100%:1ms)",
                                         doubled + ")",
                                         std::string("\0", 1),
                                         std::string("exponential(mean=5\0ms)", 22),
                                         std::string("empirical(a\0b)", 14),
                                         "1e309",
                                         "-0",
                                         "0x10",
                                         "1_000",
                                         "erlang(k=0x10 mean=5ms)",
                                         "erlang(k=1_000 mean=5ms)",
                                         "erlang(k=-0 mean=5ms)"};
    for (const std::string& text : texts) {
        CAPTURE(text.substr(0, 30));
        const auto law = Text<Distribution>::parse(text);
        REQUIRE_FALSE(law);
        CHECK(law.error().message.size() < 300);
        CHECK(law.error().hint.size() < 300);
        CHECK(law.error().message.find('\0') == std::string::npos);
    }
}
