#include "faults/target.h"

#include <catch2/catch.hpp>

namespace shaketable::faults {
namespace {

Target read(std::string_view text) {
    const Result<Target> target = Text<Target>::parse(text);
    INFO(text);
    REQUIRE(target);
    return *target;
}

TEST_CASE("target: every form reads, and prints as it was written") {
    for (const char* text :
         {"ledger", "ledger[0]", "ledger[25%]", "store[eu-1b/0]", "zone:eu-1a", "a -> b", "a <-> b",
          "api -> bus/orders", "api -> bus/orders.dlq", "*", "* -> ledger", "zone:a <-> zone:b",
          "cart[0] -> store[eu-1b/2]", "my-service.v2 -> x_1", "*  -> *"}) {
        INFO(text);
        const Target target = read(text);
        const std::string printed = Text<Target>::print(target);
        CHECK(read(printed) == target);
        if (std::string_view{text} != "*  -> *") CHECK(printed == text);
    }
}

TEST_CASE("target: the parts of a target are where they belong") {
    CHECK(
        read("store[eu-1b/2]").from ==
        Side{.what = Side::What::service,
             .name = "store",
             .replicas = {.by = ReplicaSelector::By::index_in_zone, .index = 2, .zone = "eu-1b"}});
    CHECK(read("ledger[25%]").from.replicas.share == Share{0.25});
    CHECK(read("api -> bus/orders").to.topic == "orders");
    CHECK(read("a <-> b").arrow == Target::Arrow::both);
    CHECK(read("zone:x").from == Side{.what = Side::What::zone, .name = "x"});
    CHECK(read("*").from.what == Side::What::everything);
}

TEST_CASE("target: an arrow needs no spaces, and is no part of a name") {
    CHECK(read("a->b") == read("a -> b"));
    CHECK(read("a-1<->b-2") == read("a-1 <-> b-2"));
    CHECK(read("  a  ->  b  ") == read("a -> b"));
}

TEST_CASE("target: what does not parse says where") {
    struct Wrong {
        const char* text;
        const char* code;
        int column;
    };
    for (const Wrong& wrong :
         {Wrong{"", "E113", 0}, Wrong{"ledger[", "E113", 7}, Wrong{"ledger[x]", "E113", 7},
          Wrong{"ledger[-1]", "E113", 7}, Wrong{"ledger[99999999999]", "E113", 7},
          Wrong{"store[/0]", "E113", 6}, Wrong{"store[eu/x]", "E113", 6},
          Wrong{"ledger[0%]", "E117", 7}, Wrong{"a b", "E113", 2}, Wrong{"a ->", "E113", 4},
          Wrong{"a -> b -> c", "E113", 7}, Wrong{"zone:", "E113", 5}, Wrong{"bus/", "E113", 4},
          Wrong{"-> b", "E113", 0}, Wrong{"a => b", "E113", 2}, Wrong{"[0]", "E113", 0},
          Wrong{"a -> b[q]", "E113", 7}}) {
        INFO(wrong.text);
        const Result<Target> target = Text<Target>::parse(wrong.text);
        REQUIRE_FALSE(target);
        CHECK(target.error().code == wrong.code);
        CHECK(target.error().where.column == wrong.column);
        CHECK_FALSE(target.error().message.empty());
    }
    const Result<Target> too_much = Text<Target>::parse("ledger[200%]");
    REQUIRE_FALSE(too_much);
    CHECK(too_much.error().where.column >= 7);
}

TEST_CASE("side: an arrow does not belong into a side") {
    CHECK(Text<Side>::parse("zone:eu-1a"));
    CHECK(Text<Side>::parse(" store[0] "));
    const Result<Side> side = Text<Side>::parse("a -> b");
    REQUIRE_FALSE(side);
    CHECK(side.error().where.column == 2);
}

TEST_CASE("target: selects the replicas it names") {
    const Place place{
        .service = "store", .replica = 3, .replicas = 10, .zone = "eu-1b", .replica_in_zone = 1};
    for (const char* text : {"*", "store", "store[3]", "store[40%]", "store[31%]", "store[eu-1b/1]",
                             "zone:eu-1b", "store[100%]"})
        CHECK(contains(read(text), place));
    for (const char* text : {"cart", "store[2]", "store[30%]", "store[eu-1b/3]", "store[eu-1a/1]",
                             "zone:eu-1a", "store/orders", "store[1%]"})
        CHECK_FALSE(contains(read(text), place));
    CHECK(contains(read("store[1%]"), Place{.service = "store", .replica = 0, .replicas = 10}));
    // 0.07 x 100 is a little more than 7 in binary fractions, and means 7.
    CHECK(contains(read("store[7%]"), Place{.service = "store", .replica = 6, .replicas = 100}));
    CHECK_FALSE(
        contains(read("store[7%]"), Place{.service = "store", .replica = 7, .replicas = 100}));
}

TEST_CASE("target: the arrow is the direction of the call") {
    const Place a{.service = "a"};
    const Place b{.service = "b", .topic = "orders"};
    CHECK(contains(read("a -> b"), a, b));
    CHECK_FALSE(contains(read("a -> b"), b, a));
    CHECK(contains(read("a <-> b"), b, a));
    CHECK(contains(read("b"), a, b));
    CHECK_FALSE(contains(read("a"), a, b));
    CHECK(contains(read("* -> b/orders"), a, b));
    CHECK_FALSE(contains(read("* -> b/other"), a, b));
    CHECK(contains(read("a -> *"), a, b));
}

}  // namespace
}  // namespace shaketable::faults
