#include "faults/kinds/partition.h"

#include <set>

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

using Shape = Partition::Shape;

std::vector<Place> replicas_of_store(std::uint32_t n) {
    std::vector<Place> places{{.service = "shoppers", .replicas = 0}};
    for (std::uint32_t i = 0; i < n; ++i)
        places.push_back({.service = "store", .replica = i, .replicas = n});
    return places;
}

const Target store = *Text<Target>::parse("store");

Cuts cuts_of(Shape shape, std::uint32_t n, bool one_way = false, std::uint64_t key = 1) {
    Random random{RandomKey{key}};
    const auto cuts =
        cut({.shape = shape, .one_way = one_way}, store, replicas_of_store(n), random);
    REQUIRE(cuts);
    return *cuts;
}

/// How many of the n replicas each one reaches, itself included.
std::vector<std::uint32_t> reach_of(const Cuts& cuts, std::uint32_t n) {
    std::vector<std::uint32_t> reach(n, 0);
    for (std::uint32_t a = 1; a <= n; ++a)
        for (std::uint32_t b = 1; b <= n; ++b) reach[a - 1] += cuts.between(a, b) ? 0 : 1;
    return reach;
}

std::vector<std::vector<Side>> sides(std::vector<std::vector<const char*>> texts) {
    std::vector<std::vector<Side>> groups;
    for (const auto& group : texts) {
        groups.emplace_back();
        for (const char* text : group) groups.back().push_back(*Text<Side>::parse(text));
    }
    return groups;
}

TEST_CASE("partition: groups do not reach each other; who is in none reaches everyone") {
    const std::vector<Place> places{{.service = "a", .zone = "x"},
                                    {.service = "b", .zone = "x"},
                                    {.service = "a", .replica = 1, .replicas = 2, .zone = "y"},
                                    {.service = "c"}};
    Random random{RandomKey{1}};
    const auto cuts = cut({.groups = sides({{"zone:x"}, {"zone:y"}})}, {}, places, random);
    REQUIRE(cuts);
    CHECK_FALSE(cuts->between(0, 1));
    CHECK(cuts->between(0, 2));
    CHECK(cuts->between(2, 1));
    for (std::uint32_t i = 0; i < 4; ++i) CHECK_FALSE(cuts->between(3, i));
}

TEST_CASE("partition: one way, only what earlier groups send is lost") {
    const std::vector<Place> places{{.service = "a"}, {.service = "b"}};
    Random random{RandomKey{1}};
    const auto cuts = cut({.groups = sides({{"a"}, {"b"}}), .one_way = true}, {}, places, random);
    REQUIRE(cuts);
    CHECK(cuts->between(0, 1));
    CHECK_FALSE(cuts->between(1, 0));
}

TEST_CASE("partition: a place in two groups and a group of nobody are refused") {
    Random random{RandomKey{1}};
    const std::vector<Place> places = replicas_of_store(3);
    const auto overlap = cut({.groups = sides({{"store[0]"}, {"store"}})}, {}, places, random);
    REQUIRE_FALSE(overlap);
    CHECK(overlap.error().code == "E118");
    CHECK(overlap.error().message.find("store[0]") != std::string::npos);
    const auto nobody = cut({.groups = sides({{"store"}, {"zone:moon"}})}, {}, places, random);
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().code == "E117");
}

TEST_CASE("partition: halves split in two, the first not smaller") {
    CHECK(reach_of(cuts_of(Shape::halves, 5), 5) == std::vector<std::uint32_t>{3, 3, 3, 2, 2});
    CHECK(reach_of(cuts_of(Shape::halves, 2), 2) == std::vector<std::uint32_t>{1, 1});
}

TEST_CASE("partition: a bridge sees both halves, which do not see each other") {
    CHECK(reach_of(cuts_of(Shape::bridge, 5), 5) == std::vector<std::uint32_t>{3, 3, 5, 3, 3});
    CHECK(reach_of(cuts_of(Shape::bridge, 3), 3) == std::vector<std::uint32_t>{2, 3, 2});
}

TEST_CASE("partition: on a ring everyone sees a majority but not all, no two the same") {
    for (std::uint32_t n = 4; n <= 12; ++n) {
        INFO(n);
        const Cuts cuts = cuts_of(Shape::majorities_ring, n);
        std::set<std::vector<bool>> views;
        for (std::uint32_t a = 1; a <= n; ++a) {
            std::vector<bool> view;
            for (std::uint32_t b = 1; b <= n; ++b) {
                view.push_back(!cuts.between(a, b));
                CHECK(cuts.between(a, b) == cuts.between(b, a));
            }
            const auto seen = std::count(view.begin(), view.end(), true);
            CHECK(seen > n / 2);
            CHECK(seen < n);
            views.insert(view);
        }
        CHECK(views.size() == n);
    }
}

TEST_CASE("partition: one is isolated, drawn evenly") {
    int first = 0;
    constexpr int n = 2'000;
    for (std::uint64_t key = 0; key < n; ++key) {
        const auto reach = reach_of(cuts_of(Shape::isolate_one, 4, false, key), 4);
        REQUIRE(std::count(reach.begin(), reach.end(), 1U) == 1);
        REQUIRE(std::count(reach.begin(), reach.end(), 3U) == 3);
        first += reach[0] == 1;
    }
    CHECK(is_likely(first, n, 0.25));
}

TEST_CASE("partition: a shape leaves callers from outside alone, and needs enough replicas") {
    const Cuts cuts = cuts_of(Shape::halves, 4);
    for (std::uint32_t i = 0; i <= 4; ++i) CHECK_FALSE(cuts.between(0, i));
    Random random{RandomKey{1}};
    const auto few = cut({.shape = Shape::majorities_ring}, store, replicas_of_store(3), random);
    REQUIRE_FALSE(few);
    CHECK(few.error().code == "E117");
    CHECK_FALSE(cut({.shape = Shape::halves}, store, replicas_of_store(1), random));
    const auto all = cut({.shape = Shape::halves}, Target{}, replicas_of_store(2), random);
    REQUIRE(all);
    CHECK_FALSE(all->between(0, 1));
}

TEST_CASE("partition: silences the ways that are cut, or says so at once") {
    FaultState state;
    Random random{RandomKey{1}};
    const Partition silent{};
    const Partition loud{.reject = true};
    const Crossing there{.response_cut = false};
    const Crossing back{.request_cut = false};
    CHECK(silent.judge(there, state, random).fate == Fate::swallow);
    CHECK(silent.judge(there, state, random).response_fate == Fate::pass);
    CHECK(silent.judge(back, state, random) == Verdict{.response_fate = Fate::swallow});
    CHECK(loud.judge(there, state, random).fate == Fate::refuse);
    CHECK(silent.judge({.request_cut = false, .response_cut = false}, state, random) == Verdict{});
    CHECK(draws_of(silent) == 0);
}

TEST_CASE("partition: has two groups or more, or a shape") {
    CHECK(Partition{}.find_problem()->code == "E012");
    CHECK(Partition{.groups = sides({{"a"}})}.find_problem()->field == "groups");
    CHECK_FALSE(Partition{.groups = sides({{"a"}, {"b"}})}.find_problem());
    CHECK_FALSE(Partition{.shape = Shape::bridge}.find_problem());
    CHECK(Partition{.groups = sides({{"a"}, {"b"}}), .shape = Shape::bridge}.find_problem()->code ==
          "E014");
    CHECK(Partition{.shape = Shape::majorities_ring, .one_way = true}.find_problem()->field ==
          "one_way");
}

}  // namespace
}  // namespace shaketable::faults
