#include "injector/faults_at_once.h"

#include <catch2/catch.hpp>

namespace shaketable::injector {
namespace {

faults::Occurrence of(std::size_t fault, int from, int until) {
    const Time end{std::chrono::seconds{until}};
    return {
        .fault = fault, .start = Time{std::chrono::seconds{from}}, .end = end, .acts_until = end};
}

Time at(int second) {
    return Time{std::chrono::seconds{second}};
}

TEST_CASE("faults at once: the one that begins while as many act as may is named") {
    const std::vector all{of(0, 1, 5), of(1, 2, 4), of(2, 3, 6)};
    CHECK(find_fault_too_many(all, 2, Time{}, never) == 2);
    CHECK(find_fault_too_many(all, 1, Time{}, never) == 1);
    CHECK(find_fault_too_many(all, 0, Time{}, never) == 0);
    CHECK_FALSE(find_fault_too_many(all, 3, Time{}, never));
}

TEST_CASE("faults at once: one that ends makes room at that instant, and overlaps count once") {
    CHECK_FALSE(find_fault_too_many({of(0, 1, 2), of(1, 2, 3)}, 1, Time{}, never));
    CHECK_FALSE(find_fault_too_many({of(0, 1, 4), of(0, 2, 6)}, 1, Time{}, never));
    CHECK(find_fault_too_many({of(0, 1, 4), of(0, 2, 6), of(1, 5, 7)}, 1, Time{}, never) == 1);
}

TEST_CASE("faults at once: only the span that was asked for counts") {
    const std::vector all{of(0, 1, 3), of(1, 2, 4), of(2, 6, 8)};
    CHECK_FALSE(find_fault_too_many(all, 1, at(3), at(9)));
    CHECK_FALSE(find_fault_too_many(all, 0, at(4), at(6)));
    CHECK(find_fault_too_many(all, 0, at(4), at(7)) == 2);
    CHECK(find_fault_too_many(all, 0, at(3), at(5)) == 1);  // it acts already
}

}  // namespace
}  // namespace shaketable::injector
