#include "base/event_queue.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <catch2/catch.hpp>

#include "base/random.h"

using namespace shaketable;

namespace {

/// The obvious implementation, to compare with.
class Reference {
  public:
    void schedule(std::uint32_t timer, Time at) {
        const auto key = std::pair{at, serial_++};
        keys_[timer] = key;
        order_.insert({key, timer});
    }
    bool cancel(std::uint32_t timer) {
        const auto found = keys_.find(timer);
        if (found == keys_.end()) return false;
        order_.erase({found->second, timer});
        keys_.erase(found);
        return true;
    }
    std::pair<Time, std::uint32_t> pop() {
        const auto [key, timer] = *order_.begin();
        order_.erase(order_.begin());
        keys_.erase(timer);
        return {key.first, timer};
    }
    std::size_t size() const { return order_.size(); }

  private:
    using Key = std::pair<Time, std::uint64_t>;
    std::map<std::uint32_t, Key> keys_;
    std::set<std::pair<Key, std::uint32_t>> order_;
    std::uint64_t serial_ = 0;
};

/// Random schedules, cancels and pops around a number of pending timers; both must agree on every
/// pop.
void compare(std::uint32_t timers, std::int64_t farthest, std::uint64_t seed, int steps) {
    EventQueue queue;
    queue.reserve(timers);
    Reference reference;
    Random random{random_key(seed, 0, "event-queue", "test")};
    Time now{};
    for (int step = 0; step < steps; ++step) {
        const std::uint32_t timer = random.below(timers);
        const std::uint32_t dice = random.below(10);
        if (dice < 6) {
            queue.cancel(timer);
            reference.cancel(timer);
            // Coarse times make ties common; a wide range reaches the upper levels.
            const auto exponent = random.below(static_cast<std::uint32_t>(farthest));
            const auto ahead = static_cast<std::int64_t>(random.next() >> 40U) << exponent >> 10;
            queue.schedule(timer, now + Duration{ahead});
            reference.schedule(timer, now + Duration{ahead});
        } else if (dice < 8) {
            queue.cancel(timer);
            reference.cancel(timer);
        } else if (reference.size() > 0) {
            const auto expected = reference.pop();
            REQUIRE(queue.next_time() == expected.first);
            const auto got = queue.pop();
            REQUIRE(got.at == expected.first);
            REQUIRE(got.timer == expected.second);
            now = got.at;
        }
        REQUIRE(queue.size() == reference.size());
    }
    while (reference.size() > 0) REQUIRE(queue.pop().timer == reference.pop().second);
    REQUIRE(queue.empty());
}

}  // namespace

TEST_CASE("event queue: pops in the order of (time, scheduling), few timers") {
    compare(40, 12, 1, 60'000);
}
TEST_CASE("event queue: pops in the order of (time, scheduling), around the change of structure") {
    compare(400, 14, 2, 200'000);
}
TEST_CASE("event queue: pops in the order of (time, scheduling), many timers and far times") {
    compare(20'000, 30, 3, 200'000);
}
TEST_CASE("event queue: equal times come out first in, first out") {
    EventQueue queue;
    queue.reserve(2000);
    for (std::uint32_t t = 0; t < 2000; ++t) queue.schedule(t, Time{Duration{1'000'000}});
    for (std::uint32_t t = 0; t < 2000; ++t) REQUIRE(queue.pop().timer == t);
}
TEST_CASE("event queue: cancelled timeouts do not pile up") {
    EventQueue queue;
    queue.reserve(100'000);
    for (std::uint32_t t = 0; t < 1000; ++t)
        queue.schedule(t, Time{Duration{std::int64_t{t} << 20U}});
    const std::size_t before = queue.bytes();
    for (int round = 0; round < 200; ++round) {
        for (std::uint32_t t = 1000; t < 1500; ++t)
            queue.schedule(t, Time{Duration{2'000'000'000 + round * 1000}});
        for (std::uint32_t t = 1000; t < 1500; ++t) queue.cancel(t);
    }
    REQUIRE(queue.size() == 1000);
    REQUIRE(queue.bytes() < before + 64 * 1024);
}
