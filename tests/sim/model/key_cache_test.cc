// A cache of keys: who is held, who has to go, and what it costs.
#include "model/key_cache.h"

#include <algorithm>
#include <list>

#include <catch2/catch.hpp>

#include "base/random.h"

namespace shaketable::model {

TEST_CASE("key cache: it holds what a list in the order of use would hold") {
    constexpr std::uint32_t keys = 2000, room = 50;
    KeyCache cache{keys, room, std::chrono::seconds{40}};
    std::list<std::pair<std::uint32_t, Time>> expected;  // most recently used first
    Random dice{random_key(1, 0, "keys", "cache")};
    Time now{};
    for (int i = 0; i < 50'000; ++i) {
        now += std::chrono::milliseconds{dice.below(500)};
        // Most ask for a hundred keys, spread over pages; some for any.
        const std::uint32_t key = dice.below(10) == 0 ? dice.below(keys) : 20 * dice.below(100);
        const auto at = std::find_if(expected.begin(), expected.end(),
                                     [&](const auto& e) { return e.first == key; });
        bool hit = at != expected.end();
        if (hit && now - at->second >= std::chrono::seconds{40}) {
            expected.erase(at);
            hit = false;
        } else if (hit) {
            expected.splice(expected.begin(), expected, at);
        }
        REQUIRE(cache.look_up(now, key) == hit);
        if (hit) continue;
        cache.fill(now, key);
        expected.emplace_front(key, now);
        if (expected.size() > room) expected.pop_back();
        REQUIRE(cache.held() == expected.size());
    }
}

TEST_CASE("key cache: a hundred million keys cost what is asked for") {
    KeyCache cache{100'000'000, 1000, forever};
    CHECK(cache.bytes() < 4'000'000);
    for (std::uint32_t key = 0; key < 100'000'000; key += 100'000) {
        CHECK_FALSE(cache.look_up(Time{}, key));
        cache.set_filling(key, true);
        CHECK(cache.is_filling(key));
        cache.set_filling(key, false);
        cache.fill(Time{}, key);
        CHECK(cache.look_up(Time{}, key));
    }
    CHECK(cache.held() == 1000);
    CHECK_FALSE(cache.look_up(Time{}, 99'999'999));
    CHECK(cache.bytes() < 20'000'000);
}

}  // namespace shaketable::model
