#include "faults/kinds/amount.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

TEST_CASE("amount: is a share or a count, and prints as it was written") {
    for (const char* text : {"50%", "0.5%", "3", "2k", "unlimited", "0"}) {
        INFO(text);
        const auto amount = Text<Amount>::parse(text);
        REQUIRE(amount);
        CHECK(*Text<Amount>::parse(Text<Amount>::print(*amount)) == *amount);
    }
    CHECK(Text<Amount>::parse("3")->value == std::variant<Share, Count>{Count{3}});
    CHECK(Text<Amount>::parse("50%")->value == std::variant<Share, Count>{Share{0.5}});
    CHECK(Text<Amount>::print(Amount{Share{0}}) == "0%");
    CHECK_FALSE(Text<Amount>::parse("101%"));
    CHECK_FALSE(Text<Amount>::parse("-1"));
    CHECK_FALSE(Text<Amount>::parse("some"));
}

TEST_CASE("amount: the ramp takes a number one by one, all in the end, nothing at first") {
    const Amount ten{Count{10}};
    CHECK(ten.taken(0) == Taken{});
    CHECK(ten.taken(0.01).count == 1);
    CHECK(ten.taken(0.5).count == 5);
    CHECK(ten.taken(1).count == 10);
    CHECK(Amount{Count::unlimited()}.taken(0.5).left_of(1'000'000) == 0);
    CHECK(Amount{Share{0.5}}.taken(0.5).left_of(100) == 75);
}

}  // namespace
}  // namespace shaketable::faults
