// Who waits to be served in random order.
#include "model/lots.h"

#include <array>
#include <map>
#include <set>

#include <catch2/catch.hpp>

namespace shaketable::model {

TEST_CASE("lots: each of those who wait is drawn as often as the others") {
    Lots lots;
    lots.make_room(2);
    for (const Index who : {7U, 2U, 900U, 4U, 11U}) lots.put(1, who);
    lots.take(1, 2);
    Random dice{random_key(1, 0, "lots", "order")};
    std::map<Index, int> drawn;
    for (int i = 0; i < 40'000; ++i) ++drawn[lots.draw(1, dice)];
    REQUIRE(drawn.size() == 4);
    // Three sigma of a share of 25% are 260.
    for (const Index who : {7U, 900U, 4U, 11U}) CHECK(drawn[who] == Approx(10'000).margin(260));
}

TEST_CASE("lots: whoever comes and goes, exactly those who wait can be drawn") {
    Lots lots;
    lots.make_room(3);
    Random dice{random_key(2, 0, "lots", "order")};
    std::array<std::set<Index>, 3> waiting;
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t queue = dice.below(3);
        const Index who = dice.below(40);
        bool waits = false;
        for (std::size_t q = 0; q < 3; ++q)
            if (waiting[q].erase(who) > 0) {
                lots.take(q, who);
                waits = true;
            }
        if (waits) continue;
        lots.put(queue, who);
        waiting[queue].insert(who);
        CHECK(waiting[queue].contains(lots.draw(queue, dice)));
    }
    for (std::size_t q = 0; q < 3; ++q)
        while (!waiting[q].empty()) {
            const Index who = lots.draw(q, dice);
            CHECK(waiting[q].erase(who) == 1);
            lots.take(q, who);
        }
}

}  // namespace shaketable::model
