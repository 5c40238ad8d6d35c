#include "faults/judge.h"

#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace {
std::size_t allocations = 0;
}

// Counts what this program allocates. Not inlined: g++ 12 would see half of a pair and warn.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

std::vector<AnyKind> traffic_kinds() {
    std::vector<AnyKind> kinds;
    for_each_kind([&]<class K>() {
        if constexpr (TrafficFault<K>) kinds.push_back(K{});
    });
    return kinds;
}

TEST_CASE("judge: every traffic fault draws as often at no strength as at full strength") {
    for (const AnyKind& kind : traffic_kinds()) {
        INFO(kind_name(kind));
        const auto full = draws_of(kind);
        REQUIRE(full);
        CHECK(draws_of(kind, {.strength = 0}) == full);
        CHECK(draws_of(kind, {.new_connection = false, .strength = 0.5}) == full);
    }
}

TEST_CASE("judge: judging allocates nothing") {
    const auto mixture =
        *Text<Distribution>::parse("mixture(50%: 5ms, 50%: lognormal(p50=9ms p99=30ms))");
    const Error error{.match = Match{.method = "POST", .path = "/orders/with/a/very/long/path/*"}};
    std::vector<AnyKind> kinds = traffic_kinds();
    kinds.insert(kinds.end(), {Latency{.delay = mixture, .direction = Direction::both}, error,
                               Loss{.p = Share{0.5}, .r = Share{0.5}}});
    for (const AnyKind& kind : kinds) {
        const Judge judge{kind};
        FaultState state{.key = {5}};
        const std::size_t before = allocations;
        for (std::uint64_t i = 0; i < 100; ++i) {
            Random random = Random::at(state.key, i);
            (void)judge.judge(
                {.ordinal = i, .method = "POST", .path = "/orders/with/a/very/long/path/1"}, state,
                random);
        }
        const std::size_t after = allocations;
        INFO(kind_name(kind));
        CHECK(after == before);
    }
    CHECK(allocations > 0);
}

TEST_CASE("judge: the same crossing gets the same verdict, whenever it is judged") {
    for (const AnyKind& kind :
         {AnyKind{Loss{.share = Share{0.3}}},
          AnyKind{Latency{.delay = *Text<Distribution>::parse("exponential(mean=5ms)")}},
          AnyKind{Blackhole{.share = {0.4}, .of = Of::connection}},
          AnyKind{Error{.share = {0.5}}}}) {
        INFO(kind_name(kind));
        const auto verdicts = judge_many(kind, 500);
        CHECK(verdicts == judge_many(kind, 500));
        CHECK(verdicts != judge_many(kind, 500, {}, 2));
        FaultState state{.key = judge_key(1, 0, "fault", "a -> b")};
        Random random = Random::at(state.key, 321);
        CHECK(Judge{kind}.judge({.ordinal = 321, .connection = 321}, state, random) ==
              verdicts[321]);
    }
}

TEST_CASE("judge: every fault at strength 0 does nothing") {
    for (const AnyKind& kind :
         {AnyKind{Latency{.delay = Duration{5ms}}}, AnyKind{Loss{.share = Share{1}}},
          AnyKind{BandwidthCap{.rate = {1000}}}, AnyKind{Blackhole{}}, AnyKind{Refuse{}},
          AnyKind{Reset{}}, AnyKind{Error{}}, AnyKind{SlowClose{.delay = 1s}},
          AnyKind{Slice{.size = {10}}}, AnyKind{LimitData{}}, AnyKind{Corrupt{}},
          AnyKind{ThrottleResponse{.rate = {10}}}, AnyKind{Tamper{.body = ""}}}) {
        INFO(kind_name(kind));
        CHECK(can_ramp(kind));
        for (const Verdict& verdict : judge_many(kind, 100, {.strength = 0}))
            REQUIRE(verdict == Verdict{});
    }
    for_each_kind([]<class K>() {
        if constexpr (ServiceFault<K> && K::ramps) {
            INFO(K::kind);
            CHECK(condition(K{}, 0) == Condition{});
        }
    });
}

TEST_CASE("judge: edges and faults have dice of their own") {
    const RandomKey key = judge_key(1, 2, "cut", "a -> b");
    CHECK(key == judge_key(1, 2, "cut", "a -> b"));
    CHECK_FALSE(key == judge_key(1, 2, "cut", "a -> c"));
    CHECK_FALSE(key == judge_key(1, 2, "cot", "a -> b"));
    CHECK_FALSE(key == judge_key(1, 3, "cut", "a -> b"));
    CHECK_FALSE(key == judge_key(2, 2, "cut", "a -> b"));
}

TEST_CASE("judge: what is in flight is judged by partitions, and where a fault takes what exists") {
    CHECK(judges_in_flight(Partition{}));
    CHECK(judges_in_flight(Reset{}));
    CHECK_FALSE(judges_in_flight(Reset{.existing = false}));
    CHECK_FALSE(judges_in_flight(Blackhole{.existing = false}));
    CHECK_FALSE(judges_in_flight(Latency{}));
    CHECK_FALSE(judges_in_flight(Crash{}));
}

}  // namespace
}  // namespace shaketable::faults
