#include "faults/when.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

When read_when(std::string_view text) {
    const Result<When> when = Text<When>::parse(text);
    INFO(text);
    REQUIRE(when);
    return *when;
}

TEST_CASE("when: every form reads, and prints to the same time") {
    for (const char* text :
         {"90s", "0", "1m30s", "cut.start + 30s", "cut.end", "cut.end - 5s", "cut.start-5s",
          "cut.end+5s", "uniform(60s 90s)", "uniform(60s, 90s)", "uniform( 1s , 2s )",
          "cut.start + uniform(5s 10s)", "cut.end - uniform(5s 10s)", "ledger-brownout.start",
          "run.end - 1m", "cut.end - uniform(0 10s)", "uniform(5s 5s)", " 90s "}) {
        INFO(text);
        const When when = read_when(text);
        CHECK(read_when(Text<When>::print(when)) == when);
    }
    for (const char* text : {"cut.start + 30s", "cut.end", "cut.end - 5s", "uniform(1m 2m)",
                             "cut.end - uniform(5s 10s)"})
        CHECK(Text<When>::print(read_when(text)) == text);
}

TEST_CASE("when: the parts of a time are where they belong") {
    CHECK(read_when("90s") == When{.offset = 90s});
    CHECK(read_when("cut.end - 5s") ==
          When{.anchor = When::Anchor{"cut", When::Edge::end}, .offset = -5s});
    CHECK(read_when("a-b.start") == When{.anchor = When::Anchor{"a-b", When::Edge::start}});
    CHECK(read_when("cut.end-5s") == read_when("cut.end - 5s"));
    CHECK(read_when("uniform(60s 90s)") == When{.offset = 60s, .spread = 30s});
    CHECK(read_when("x.end - uniform(5s 10s)") ==
          When{.anchor = When::Anchor{"x", When::Edge::end}, .offset = -10s, .spread = 5s});
    CHECK(read_when("start.end") == When{.anchor = When::Anchor{"start", When::Edge::end}});
}

TEST_CASE("when: what does not parse says where") {
    struct Wrong {
        const char* text;
        int column;
    };
    for (const Wrong& wrong :
         {Wrong{"", 0}, Wrong{"cut", 0}, Wrong{"cut.middle", 0}, Wrong{"cut.start +", 11},
          Wrong{"cut.start 30s", 10}, Wrong{"cut.start + x", 12}, Wrong{"cut.endless", 0},
          Wrong{"uniform(60s)", 11}, Wrong{"uniform(90s 60s)", 0}, Wrong{"uniform(60s 90s", 15},
          Wrong{"uniform(60s 90s 95s)", 16}, Wrong{"90s + 5s", 4}, Wrong{"cut.end + 5s + 5s", 13},
          Wrong{".start", 0}}) {
        INFO(wrong.text);
        const Result<When> when = Text<When>::parse(wrong.text);
        REQUIRE_FALSE(when);
        CHECK(when.error().code == "E112");
        CHECK(when.error().where.column == wrong.column);
    }
}

TEST_CASE("when: a bad duration is reported by its own rules, at its own place") {
    const Result<When> bare = Text<When>::parse("cut.start + 30");
    REQUIRE_FALSE(bare);
    CHECK(bare.error().code == "E020");
    CHECK(bare.error().where.column >= 12);
    CHECK_FALSE(Text<When>::parse("-5s"));
    const Result<When> second = Text<When>::parse("uniform(60s 90)");
    REQUIRE_FALSE(second);
    CHECK(second.error().where.column >= 12);
}

TEST_CASE("when: a time is drawn evenly and with one draw, spread or not") {
    const When spread = read_when("uniform(60s 90s)");
    Random random{RandomKey{3}};
    double sum = 0;
    constexpr int n = 10'000;
    for (int i = 0; i < n; ++i) {
        const Time time = spread.resolve(Time{}, random);
        REQUIRE(time >= Time{60s});
        REQUIRE(time < Time{90s});
        sum += to_seconds(time.time_since_epoch());
    }
    // The mean of n uniform draws has deviation 30 / sqrt(12 n) = 0.087 s; five of them.
    CHECK(sum / n == Approx(75).margin(0.44));

    Random one{RandomKey{4}};
    Random other{RandomKey{4}};
    CHECK(read_when("cut.end + 5s").resolve(Time{10s}, one) == Time{15s});
    (void)spread.resolve(Time{}, other);
    CHECK(one.next() == other.next());
}

TEST_CASE("when: sums beyond the end of time stay there") {
    CHECK(add(Time::max() - 1s, 2s) == Time::max());
    CHECK(add(Time::min() + 1s, -2s) == Time::min());
    CHECK(add(Time{1s}, 2s) == Time{3s});
}

TEST_CASE("random times: read_when, print, and say what is wrong") {
    const Result<RandomTimes> times = Text<RandomTimes>::parse("poisson(2/m)");
    REQUIRE(times);
    CHECK(times->rate.per_second == Approx(2.0 / 60));
    CHECK(*Text<RandomTimes>::parse(Text<RandomTimes>::print(*times)) == *times);
    CHECK_FALSE(Text<RandomTimes>::parse("normal(2/m)"));
    CHECK_FALSE(Text<RandomTimes>::parse("poisson(2/m"));
    CHECK_FALSE(Text<RandomTimes>::parse("poisson(2/m) x"));
    const Result<RandomTimes> bare = Text<RandomTimes>::parse("poisson(2)");
    REQUIRE_FALSE(bare);
    CHECK(bare.error().where.column >= 8);
}

TEST_CASE("every: needs a period and at least one time") {
    CHECK_FALSE(Every{.period = 5s}.find_problem());
    CHECK(Every{.period = 0s}.find_problem()->field == "period");
    CHECK(Every{.period = 5s, .times = {0}}.find_problem()->field == "times");
}

}  // namespace
}  // namespace shaketable::faults
