#include "faults/condition.h"

#include <catch2/catch.hpp>

#include "base/random.h"

namespace shaketable::faults {
namespace {

Taken any_taken(Random& random) {
    return {.share = random.below(1'000'000'001),
            .count = random.chance(0.1) ? Count::unlimited().value : random.below(100)};
}

Condition any_condition(Random& random) {
    return {.up = random.chance(0.7),
            .paused = random.chance(0.3),
            .slowdown = 1 + random.uniform() * 9,
            .workers = any_taken(random),
            .connections = any_taken(random),
            .replicas = any_taken(random),
            .cold = random.uniform(),
            .load = random.uniform() * 5,
            .load_extra = random.uniform() * 100};
}

TEST_CASE("condition: combining is commutative and has an identity") {
    Random random{RandomKey{6}};
    for (int i = 0; i < 20'000; ++i) {
        const Condition a = any_condition(random);
        const Condition b = any_condition(random);
        REQUIRE(combine(a, b) == combine(b, a));
        REQUIRE(combine(a, Condition{}) == a);
    }
}

TEST_CASE("condition: combining is associative, its factors but for their last bits") {
    Random random{RandomKey{7}};
    for (int i = 0; i < 20'000; ++i) {
        const Condition a = any_condition(random);
        const Condition b = any_condition(random);
        const Condition c = any_condition(random);
        Condition left = combine(combine(a, b), c);
        const Condition right = combine(a, combine(b, c));
        REQUIRE(left.slowdown == Approx(right.slowdown).epsilon(1e-14));
        REQUIRE(left.load == Approx(right.load).epsilon(1e-14));
        REQUIRE(left.load_extra == Approx(right.load_extra).epsilon(1e-14));
        left.slowdown = right.slowdown;
        left.load = right.load;
        left.load_extra = right.load_extra;
        REQUIRE(left == right);
    }
}

TEST_CASE("condition: what is taken is a rounded-up share and a number, never more than there is") {
    CHECK(Taken{}.left_of(8) == 8);
    CHECK(Taken::of({0.5}).left_of(8) == 4);
    CHECK(Taken::of({0.01}).left_of(8) == 7);
    CHECK(Taken::of({1}).left_of(8) == 0);
    CHECK(Taken::of({0.3}).left_of(10) == 7);
    CHECK(Taken{.count = 3}.left_of(8) == 5);
    CHECK(Taken{.count = 9}.left_of(8) == 0);
    CHECK(Taken{.share = 500'000'000, .count = 1}.left_of(8) == 3);
    constexpr std::uint64_t all = Count::unlimited().value;
    CHECK(Taken{.share = 1'000'000'000}.left_of(all) == 0);
    CHECK(Taken{.share = 500'000'000}.left_of(all) == all / 2);
}

}  // namespace
}  // namespace shaketable::faults
