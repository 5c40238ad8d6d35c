#include "policies/bulkhead.h"

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

using Entry = BulkheadMachine::Entry;

TEST_CASE("bulkhead: so many go, so many wait, the rest is refused at once") {
    BulkheadMachine b{Bulkhead{.connections = Count{2}, .pending = Count{1}}};
    CHECK(b.admit() == Entry::go);
    CHECK(b.admit() == Entry::go);
    CHECK(b.admit() == Entry::wait);
    CHECK(b.admit() == Entry::refuse);
    CHECK(b.busy() == 2);
    CHECK(b.waiting() == 1);
}

TEST_CASE("bulkhead: a connection that is released goes to the one that waits") {
    BulkheadMachine b{Bulkhead{.connections = Count{1}, .pending = Count{1}}};
    (void)b.admit();
    (void)b.admit();
    CHECK(b.release());
    CHECK(b.busy() == 1);
    CHECK(b.waiting() == 0);
    CHECK_FALSE(b.release());
    CHECK(b.busy() == 0);
}

TEST_CASE("bulkhead: one that leaves makes room for another to wait") {
    BulkheadMachine b{Bulkhead{.connections = Count{1}, .pending = Count{1}}};
    (void)b.admit();
    (void)b.admit();
    b.leave();
    CHECK(b.admit() == Entry::wait);
}

TEST_CASE("bulkhead: what is taken away is not torn out of hands, and comes back to who waits") {
    BulkheadMachine b{Bulkhead{.connections = Count{3}, .pending = Count{4}}};
    for (int i = 0; i < 3; ++i) (void)b.admit();
    CHECK(b.set_connections(1) == 0);
    CHECK(b.busy() == 3);
    CHECK(b.admit() == Entry::wait);
    CHECK(b.admit() == Entry::wait);
    CHECK_FALSE(b.release());  // there are two more than are left
    CHECK_FALSE(b.release());
    CHECK(b.release());  // the one that is left goes to the one that waits
    CHECK(b.busy() == 1);
    CHECK(b.waiting() == 1);
    CHECK(b.set_connections(0) == 0);
    CHECK_FALSE(b.release());
    CHECK(b.admit() == Entry::wait);
    CHECK(b.set_connections(3) == 2);
    CHECK(b.busy() == 2);
    CHECK(b.waiting() == 0);
    CHECK(b.size() == 3);
}

TEST_CASE("bulkhead: 25 connections and no waiting where nothing is written") {
    BulkheadMachine b{Bulkhead{}};
    for (int i = 0; i < 25; ++i) CHECK(b.admit() == Entry::go);
    CHECK(b.admit() == Entry::refuse);
}

TEST_CASE("bulkhead: unlimited waiting never refuses") {
    BulkheadMachine b{Bulkhead{.connections = Count{1}, .pending = Count::unlimited()}};
    (void)b.admit();
    for (int i = 0; i < 100'000; ++i) REQUIRE(b.admit() == Entry::wait);
}

TEST_CASE("bulkhead: impossible settings are refused at their field") {
    CHECK(Bulkhead{}.find_problem() == std::nullopt);
    CHECK(Bulkhead{.connections = Count{0}}.find_problem()->field == "connections");
    CHECK(Bulkhead{.wait = seconds{1}}.find_problem()->field == "wait");
}

}  // namespace
}  // namespace shaketable::policies
