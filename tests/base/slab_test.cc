#include "base/slab.h"

#include <vector>

#include <catch2/catch.hpp>

using namespace shaketable;

TEST_CASE("slab: indices grow one by one, and the last one given back is taken first") {
    Slab<int> slab;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        CHECK(slab.is_full());
        CHECK(slab.take() == i);
        slab[i] = static_cast<int>(i);
    }
    slab.give_back(3);
    slab.give_back(997);
    CHECK(slab.live() == 998);
    CHECK_FALSE(slab.is_full());
    CHECK(slab.take() == 997);
    CHECK(slab.take() == 3);
    CHECK(slab.is_full());
    CHECK(slab.take() == 1000);
    CHECK(slab.size() == 1001);
    CHECK(slab[500] == 500);
}

TEST_CASE("slab: all can be given back, and none is handed out twice") {
    Slab<int> slab;
    std::vector<std::uint32_t> held;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 100; ++i) held.push_back(slab.take());
        std::vector<bool> seen(slab.size());
        for (const std::uint32_t index : held) {
            CHECK_FALSE(seen[index]);
            seen[index] = true;
        }
        for (const std::uint32_t index : held) slab.give_back(index);
        held.clear();
        CHECK(slab.live() == 0);
    }
    CHECK(slab.size() == 100);
}
