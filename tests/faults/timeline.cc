#include "faults/timeline.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

Fault pause(std::string id, std::string_view at, std::optional<Duration> length = 10s) {
    return {.id = std::move(id),
            .at = *Text<When>::parse(at),
            .for_ = length,
            .target = *Text<Target>::parse("ledger"),
            .what = Pause{}};
}

Timeline times_of(const std::vector<Fault>& faults, std::uint64_t repeat = 0) {
    const auto timeline = resolve(faults, 240s, 42, repeat);
    REQUIRE(timeline);
    return *timeline;
}

Problems problems_of(const std::vector<Fault>& faults) {
    const auto timeline = resolve(faults, 240s, 42, 0);
    REQUIRE_FALSE(timeline);
    return timeline.error();
}

TEST_CASE("timeline: references between faults resolve in any order of the file") {
    const Timeline timeline =
        times_of({pause("third", "second.end - 5s", 1s), pause("second", "cut.start + 30s", 20s),
                  pause("cut", "60s", 60s), pause("last", "run.end - 10s", std::nullopt)});
    CHECK(timeline.find("cut") == Window{Time{60s}, Time{120s}});
    CHECK(timeline.find("second") == Window{Time{90s}, Time{110s}});
    CHECK(timeline.find("third") == Window{Time{105s}, Time{106s}});
    CHECK(timeline.find("last") == Window{Time{230s}, Time{240s}});
    CHECK(timeline.find("run") == Window{Time{0s}, Time{240s}});
    CHECK_FALSE(timeline.find("nobody"));
    REQUIRE(timeline.occurrences.size() == 4);
    CHECK(timeline.occurrences.front() == Occurrence{2, Time{60s}, Time{120s}, Time{120s}});
    for (std::size_t i = 1; i < 4; ++i)
        CHECK(timeline.occurrences[i - 1].start <= timeline.occurrences[i].start);
}

TEST_CASE("timeline: a circle of times is refused once, and named") {
    const Problems problems =
        problems_of({pause("free", "5s"), pause("hanging", "a.start"), pause("a", "b.start + 1s"),
                     pause("b", "c.end"), pause("c", "a.end - 2s")});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == "E116");
    CHECK(problems[0].field == "faults[2].at");
    CHECK(problems[0].message.find("a -> b -> c -> a") != std::string::npos);

    const Problems own = problems_of({pause("x", "x.end")});
    REQUIRE(own.size() == 1);
    CHECK(own[0].message.find("x -> x") != std::string::npos);
}

TEST_CASE("timeline: all unknown names are refused, in file order, with the nearest") {
    const Problems problems = problems_of(
        {pause("brownout", "10s"), pause("x", "brownuot.end"), pause("y", "zzzzzz.end")});
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].code == "E111");
    CHECK(problems[0].field == "faults[1].at");
    CHECK(problems[0].hint.find("brownout") != std::string::npos);
    CHECK(problems[1].field == "faults[2].at");
}

TEST_CASE("timeline: a fault never within the run is refused, one cut off by its end is not") {
    CHECK(problems_of({pause("late", "240s")})[0].code == "E115");
    CHECK(problems_of({pause("late", "uniform(5m 6m)")})[0].code == "E115");
    CHECK(problems_of({pause("cut", "10s"), pause("early", "cut.start - 30s")})[0].code == "E115");
    CHECK(problems_of({pause("cut", "235s"), pause("after", "cut.end")})[0].code == "E115");
    const Timeline timeline =
        times_of({pause("cut", "235s", 60s), pause("to-the-end", "200s", {})});
    CHECK(timeline.find("cut") == Window{Time{235s}, Time{240s}});
    CHECK(timeline.find("to-the-end") == Window{Time{200s}, Time{240s}});
}

TEST_CASE("timeline: a time that only may fall outside the run is no problem in any repeat") {
    int absent = 0;
    for (std::uint64_t repeat = 0; repeat < 200; ++repeat)
        absent += times_of({pause("maybe", "uniform(220s 260s)")}, repeat).occurrences.empty();
    // Outside with probability one half: 100 of 200, deviation 7.1; five of them.
    CHECK(absent > 64);
    CHECK(absent < 136);
}

TEST_CASE("timeline: every repeats from start to start until the run or the times are over") {
    Fault fault = pause("again", "10s", 5s);
    fault.every = Every{.period = 60s};
    const Timeline timeline = times_of({fault});
    REQUIRE(timeline.occurrences.size() == 4);
    CHECK(timeline.occurrences[3] == Occurrence{0, Time{190s}, Time{195s}, Time{195s}});
    CHECK(timeline.find("again") == Window{Time{10s}, Time{195s}});
    fault.every->times = {2};
    CHECK(times_of({fault}).occurrences.size() == 2);
}

TEST_CASE("timeline: random occurrences come at their rate and never overlap") {
    Fault fault = pause("now-and-then", "20s", 2s);
    fault.random = RandomTimes{{0.1}};
    std::size_t count = 0;
    for (std::uint64_t repeat = 0; repeat < 200; ++repeat) {
        const Timeline timeline = times_of({fault}, repeat);
        Time last{20s};
        for (const Occurrence& occurrence : timeline.occurrences) {
            REQUIRE(occurrence.start >= last);
            REQUIRE(occurrence.end <= Time{240s});
            last = occurrence.end;
        }
        count += timeline.occurrences.size();
    }
    // A renewal process of mean 12 s and deviation 10 s: 220 / 12 = 18.3 a run, and about
    // (1 + (10/12)^2) / 2 - 10/12 = 0.01 more for starting in a gap; deviation sqrt(220 * 100 /
    // 1728) = 3.6 a run.
    CHECK(static_cast<double>(count) / 200 == Approx(18.34).margin(5 * 3.6 / std::sqrt(200.0)));
    fault.random->rate = {0};
    CHECK(times_of({fault}).occurrences.empty());
}

TEST_CASE("timeline: a law of lengths is drawn for each occurrence, and moves no start") {
    Fault fault = pause("breakdown", "20s");
    fault.random = RandomTimes{{0.1}};
    fault.for_ = *Text<Distribution>::parse("exponential(mean=2s)");
    std::size_t count = 0;
    double sum = 0;
    for (std::uint64_t repeat = 0; repeat < 400; ++repeat)
        for (const Occurrence& occurrence : times_of({fault}, repeat).occurrences) {
            if (occurrence.end == Time{240s}) continue;  // cut off by the end of the run
            sum += to_seconds(occurrence.end - occurrence.start);
            ++count;
        }
    REQUIRE(count > 6000);
    // Deviation 2 s; those cut off are long ones, less than 1% of all.
    const double sigma = 2 / std::sqrt(static_cast<double>(count));
    CHECK(sum / static_cast<double>(count) == Approx(2).margin(4 * sigma + 0.04));

    Fault fixed = fault;
    fixed.for_ = Duration{2s};
    CHECK(times_of({fault}).occurrences.front().start ==
          times_of({fixed}).occurrences.front().start);
}

TEST_CASE("timeline: what comes at a fixed period cannot last a drawn time") {
    Fault fault = pause("tick", "20s");
    fault.every = Every{.period = 10s};
    fault.for_ = *Text<Distribution>::parse("exponential(mean=2s)");
    CHECK(fault.find_problem()->field == "for");
}

TEST_CASE("timeline: probability decides each occurrence, and no window") {
    Fault fault = pause("maybe", "10s", 1s);
    fault.every = Every{.period = 2s, .times = {100}};
    fault.probability = Share{0.3};
    int happened = 0;
    for (std::uint64_t repeat = 0; repeat < 50; ++repeat) {
        const Timeline timeline = times_of({fault, pause("next", "maybe.end", 1s)}, repeat);
        happened += static_cast<int>(timeline.occurrences.size()) - 1;
        REQUIRE(timeline.find("maybe") == Window{Time{10s}, Time{209s}});
        REQUIRE(timeline.find("next")->start == Time{209s});
    }
    // 5,000 trials of 30%: 1,500, deviation 32; five of them.
    CHECK(happened > 1'338);
    CHECK(happened < 1'662);
    fault.probability = Share{0};
    CHECK(times_of({fault}).occurrences.empty());
}

TEST_CASE("timeline: the same seed gives the same times, and other faults move nobody's dice") {
    Fault fault = pause("roll", "uniform(10s 100s)", 1s);
    const Window alone = *times_of({fault}, 3).find("roll");
    CHECK(times_of({fault}, 3) == times_of({fault}, 3));
    CHECK(*times_of({fault}, 4).find("roll") != alone);
    Fault other = pause("other", "uniform(10s 100s)", 1s);
    CHECK(*times_of({other, fault}, 3).find("roll") == alone);
    CHECK(*times_of({other, fault}, 3).find("other") != alone);
}

TEST_CASE("timeline: a crash acts until its restart") {
    Fault crash = pause("crash", "60s", 20s);
    crash.what = Crash{.restart_after = 5s};
    CHECK(times_of({crash}).occurrences[0] == Occurrence{0, Time{60s}, Time{80s}, Time{65s}});
    crash.for_.reset();
    CHECK(times_of({crash}).occurrences[0] == Occurrence{0, Time{60s}, Time{65s}, Time{65s}});
    crash.what = Crash{};
    CHECK(times_of({crash}).occurrences[0] == Occurrence{0, Time{60s}, Time{240s}, Time{240s}});
}

TEST_CASE("timeline: more than 100,000 occurrences are refused") {
    Fault fault = pause("storm", "0", 1ms);
    fault.every = Every{.period = 1ms};
    const Problems problems = problems_of({fault});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == "E023");
    fault.every->times = {occurrences_max};
    CHECK(times_of({fault}).occurrences.size() == occurrences_max);
}

TEST_CASE("timeline: a long chain of references resolves") {
    std::vector<Fault> faults{pause("f0", "0", 1ms)};
    for (int i = 1; i < 5'000; ++i)
        faults.push_back(pause("f" + std::to_string(i), "f" + std::to_string(i - 1) + ".end", 1ms));
    std::reverse(faults.begin(), faults.end());
    CHECK(times_of(faults).find("f4999") == Window{Time{4999ms}, Time{5000ms}});
}

TEST_CASE("strength: grows linearly during the ramp, and falls at once") {
    const Occurrence occurrence{0, Time{60s}, Time{90s}, Time{80s}};
    CHECK(strength(occurrence, 10s, Time{59s}) == 0);
    CHECK(strength(occurrence, 10s, Time{60s}) == 0);
    CHECK(strength(occurrence, 10s, Time{65s}) == Approx(0.5));
    CHECK(strength(occurrence, 10s, Time{70s}) == 1);
    CHECK(strength(occurrence, 10s, Time{80s} - 1ns) == 1);
    CHECK(strength(occurrence, 10s, Time{80s}) == 0);
    CHECK(strength(occurrence, 0s, Time{60s}) == 1);
}

}  // namespace
}  // namespace shaketable::faults
