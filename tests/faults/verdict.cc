#include "faults/verdict.h"

#include <catch2/catch.hpp>

#include "base/random.h"

namespace shaketable::faults {
namespace {

using namespace std::chrono_literals;

Handling any_handling(Random& random) {
    Handling h;
    if (random.chance(0.5)) h.rate = random.uniform() * 1e9;
    if (random.chance(0.5))
        h.slicing = {.size = 1 + random.below(9),
                     .variation = random.below(3),
                     .gap = Duration{random.below(9)}};
    if (random.chance(0.5)) h.limit = random.below(1000);
    h.close_delay = Duration{random.below(1000)};
    h.tampers = random.next() & random.next();
    h.corrupt = random.chance(0.5);
    return h;
}

Verdict any_verdict(Random& random) {
    Verdict v;
    v.fate = static_cast<Fate>(random.below(5));
    v.response_fate = random.chance(0.3) ? Fate::swallow : Fate::pass;
    if (v.fate == Fate::answer_error)
        v.status = static_cast<std::uint16_t>(400 + random.below(200));
    v.losses = static_cast<std::uint8_t>(random.below(losses_fatal));
    v.response_losses = static_cast<std::uint8_t>(random.below(losses_fatal));
    v.delay = Duration{random.below(1'000'000)};
    v.response_delay = Duration{random.below(1'000'000)};
    if (random.chance(0.5)) v.connection_rate = random.uniform() * 1e9;
    if (random.chance(0.5)) v.edge_rate = random.uniform() * 1e9;
    if (random.chance(0.5)) v.close_after = Duration{random.below(1000)};
    v.request_bytes = any_handling(random);
    v.response_bytes = any_handling(random);
    return v;
}

TEST_CASE("verdict: combining is commutative, associative and has an identity") {
    Random random{RandomKey{5}};
    for (int i = 0; i < 20'000; ++i) {
        const Verdict a = any_verdict(random);
        const Verdict b = any_verdict(random);
        const Verdict c = any_verdict(random);
        REQUIRE(combine(a, b) == combine(b, a));
        REQUIRE(combine(combine(a, b), c) == combine(a, combine(b, c)));
        REQUIRE(combine(a, Verdict{}) == a);
    }
}

TEST_CASE("verdict: holds of a thousand faults at once stay within 64 bits") {
    Verdict sum;
    for (int i = 0; i < 1000; ++i)
        sum = combine(sum, {.delay = ten_years, .response_delay = ten_years});
    CHECK(sum.delay == ten_years);
    CHECK(sum.response_delay == ten_years);
}

TEST_CASE("verdict: together they are as harsh as the harsher and as tight as the tighter") {
    const Verdict slow{.delay = 3ms, .edge_rate = 10};
    const Verdict broken{.fate = Fate::answer_error, .status = 503, .delay = 4ms, .edge_rate = 7};
    const Verdict both = combine(slow, broken);
    CHECK(both.fate == Fate::answer_error);
    CHECK(both.status == 503);
    CHECK(both.delay == 7ms);
    CHECK(both.edge_rate == 7);
    CHECK(both.connection_rate == unlimited_rate);
    CHECK(combine(both, {.fate = Fate::swallow}).fate == Fate::swallow);
}

TEST_CASE("verdict: a message is spoilt by what changes or ends it, and by nothing else") {
    CHECK_FALSE(Handling{.rate = 1, .slicing = {.size = 1}, .close_delay = 1s}.spoils(1000));
    CHECK(Handling{.corrupt = true}.spoils(0));
    CHECK(Handling{.tampers = 1}.spoils(0));
    CHECK_FALSE(Handling{.limit = 1000}.spoils(1000));
    CHECK(Handling{.limit = 999}.spoils(1000));
}

TEST_CASE("verdict: a message waits between its pieces, and not after the last one") {
    const Handling cut{.slicing = {.size = 100, .gap = 2ms}};
    CHECK(cut.pauses(0) == 0ms);
    CHECK(cut.pauses(100) == 0ms);
    CHECK(cut.pauses(101) == 2ms);
    CHECK(cut.pauses(1000) == 18ms);
    CHECK(Handling{}.pauses(1000) == 0ms);
}

TEST_CASE("verdict: losses that add up to the fatal number swallow the crossing") {
    const Verdict eight{.losses = 8, .response_losses = 8};
    const Verdict both = combine(eight, eight);
    CHECK(both.fate == Fate::swallow);
    CHECK(both.response_fate == Fate::swallow);
    CHECK(both.losses == losses_fatal);
    CHECK(combine(eight, {.losses = 7}).fate == Fate::pass);
}

TEST_CASE("verdict: retransmissions wait 200 ms, doubling, at most 120 s each") {
    CHECK(retransmission_delay(0) == 0ms);
    CHECK(retransmission_delay(1) == 200ms);
    CHECK(retransmission_delay(2) == 600ms);
    CHECK(retransmission_delay(10) == 204'600ms);
    // Linux gives up after 924.6 s: the number its documentation of tcp_retries2 states for 15
    // retransmissions.
    CHECK(retransmission_delay(16) == 924'600ms);
}

}  // namespace
}  // namespace shaketable::faults
