// The machines take their memory at construction, and none afterwards.
#include <cstdlib>
#include <new>
#include <vector>

#include <catch2/catch.hpp>

#include "policies/balance.h"
#include "policies/breaker.h"
#include "policies/bulkhead.h"
#include "policies/concurrency_limit.h"
#include "policies/hedge.h"
#include "policies/presets.h"
#include "policies/retry_budget.h"
#include "policies/shed.h"
#include "tests/policies/dice.h"

namespace {
long allocations = 0;  // the tests are single-threaded
}

// Not inlined: or the compiler sees `free` where it expects what pairs with `new`.
// All forms that pair with each other: a sanitizer brings its own for those that are missing.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size > 0 ? size : 1);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* memory = operator new(size, std::nothrow)) return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
    return operator new(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size, std::nothrow);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace shaketable::policies {
namespace {

template <class Act>
long allocations_of(Act&& act) {
    const long before = allocations;
    for (int i = 0; i < 20'000; ++i) act(at(milliseconds{i}), i);
    return allocations - before;
}

Outcome outcome_of(int i) {
    return i / 500 % 2 == 0 ? Outcome::ok : Outcome::error;
}

TEST_CASE("machines: the counter of allocations counts") {
    const long before = allocations;
    const std::vector<int> memory(100);
    CHECK(allocations == before + 1);
}

TEST_CASE("machines: breakers allocate nothing once they are built") {
    for (const char* name : {"hystrix", "resilience4j", "polly", "linkerd"}) {
        BreakerMachine breaker{Breaker{.preset = name}};
        Random random = dice();
        CHECK(allocations_of([&](Time now, int i) {
                  const auto permit = breaker.admit(now, random);
                  if (permit.admitted) breaker.observe(now, permit, outcome_of(i), milliseconds{1});
              }) == 0);
    }
}

TEST_CASE("machines: budgets allocate nothing once they are built") {
    for (const char* name : {"sre", "grpc", "finagle", "aws-sdk", "envoy-budget"}) {
        RetryBudgetMachine budget{*preset(name)->retry->budget};
        CHECK(allocations_of([&](Time now, int i) {
                  budget.on_call(now);
                  budget.on_attempt_start();
                  budget.on_attempt_end(now, outcome_of(i), true);
                  const RetryGrant grant = budget.try_spend(now, Outcome::error);
                  budget.on_retry_end(grant);
                  budget.on_call_end(now, true, grant);
              }) == 0);
    }
}

struct Plain {
    [[nodiscard]] bool eligible(std::uint32_t) const { return true; }
    [[nodiscard]] bool same_zone(std::uint32_t) const { return false; }
    [[nodiscard]] std::uint32_t outstanding(std::uint32_t i) const { return i; }
    [[nodiscard]] double weight(std::uint32_t) const { return 1; }
};

TEST_CASE("machines: picks allocate nothing") {
    for (const auto& [name, rule] : enum_names(BalanceRule{})) {
        Balancer balancer{Balance{.policy = rule}, 20};
        Random random = dice();
        CHECK(allocations_of([&](Time now, int i) {
                  const auto e = balancer.pick(Plain{}, random, static_cast<std::uint64_t>(i), now);
                  balancer.on_start(e);
                  balancer.on_end(e, now, milliseconds{1}, true);
              }) == 0);
    }
}

TEST_CASE("machines: limits, shedding and hedging allocate nothing once they are built") {
    ConcurrencyLimitMachine limit{ConcurrencyLimit{.rule = LimitRule::envoy}};
    ShedMachine shed{Shed{.rule = ShedRule::dagor}};
    HedgeDelay p95;
    p95.percentile = 95;
    HedgeMachine hedge{Hedge{.after = p95}};
    Random random = dice();
    CHECK(allocations_of([&](Time now, int i) {
              if (limit.try_enter()) limit.leave(now, milliseconds{i % 7}, false, random);
              if (shed.admit(now, static_cast<std::uint32_t>(i % 128), {}))
                  shed.on_start(now, milliseconds{30});
              hedge.observe(milliseconds{i % 7});
          }) == 0);
}

TEST_CASE("machines: ten thousand idle ones fit into some megabytes") {
    CHECK(sizeof(BreakerMachine) <= 384);
    CHECK(sizeof(RetryBudgetMachine) <= 192);
    CHECK(sizeof(BulkheadMachine) == 20);
    CHECK(sizeof(BreakerMachine::Permit) <= 8);
    CHECK(sizeof(RetryGrant) == 4);
}

}  // namespace
}  // namespace shaketable::policies
