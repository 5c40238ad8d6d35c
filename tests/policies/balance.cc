#include "policies/balance.h"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

/// Endpoints as a test likes them.
struct Rack {
    std::vector<bool> up;
    std::vector<bool> near;
    std::vector<std::uint32_t> busy;
    std::vector<double> weights;

    explicit Rack(std::size_t n) : up(n, true), near(n, false), busy(n, 0), weights(n, 1.0) {}
    [[nodiscard]] bool eligible(std::uint32_t i) const { return up[i]; }
    [[nodiscard]] bool same_zone(std::uint32_t i) const { return near[i]; }
    [[nodiscard]] std::uint32_t outstanding(std::uint32_t i) const { return busy[i]; }
    [[nodiscard]] double weight(std::uint32_t i) const { return weights[i]; }
};
static_assert(Endpoints<Rack>);

constexpr std::array every_rule{BalanceRule::round_robin,    BalanceRule::random,
                                BalanceRule::least_requests, BalanceRule::power_of_two,
                                BalanceRule::weighted,       BalanceRule::consistent_hash,
                                BalanceRule::peak_ewma,      BalanceRule::join_idle_queue};

std::vector<int> picks(const Balance& settings, const Rack& rack, int n) {
    Balancer balancer{settings, static_cast<std::uint32_t>(rack.up.size())};
    Random random = dice();
    std::vector<int> counts(rack.up.size());
    for (int i = 0; i < n; ++i)
        ++counts[balancer.pick(rack, random, static_cast<std::uint64_t>(i), {})];
    return counts;
}

TEST_CASE("balance: every rule picks eligible endpoints only, and none where there is none") {
    for (const BalanceRule rule : every_rule) {
        Balancer balancer{Balance{.policy = rule}, 5};
        Rack rack{5};
        Random random = dice();
        rack.up = {false, true, false, true, false};
        for (std::uint64_t key = 0; key < 200; ++key) {
            const std::uint32_t i = balancer.pick(rack, random, key, {});
            REQUIRE((i == 1 || i == 3));
        }
        rack.up.assign(5, false);
        CHECK(balancer.pick(rack, random, 0, {}) == Balancer::none);
    }
}

TEST_CASE("balance: every rule keeps to the own zone while it has an eligible endpoint") {
    for (const BalanceRule rule : every_rule) {
        Balancer balancer{Balance{.policy = rule, .prefer = Prefer::same_zone}, 4};
        Rack rack{4};
        rack.near = {false, false, true, true};
        Random random = dice();
        for (std::uint64_t key = 0; key < 100; ++key)
            REQUIRE(balancer.pick(rack, random, key, {}) >= 2);
        rack.up = {true, true, false, false};
        for (std::uint64_t key = 0; key < 100; ++key)
            REQUIRE(balancer.pick(rack, random, key, {}) < 2);
    }
}

TEST_CASE("balance: every rule spreads over equal endpoints") {
    for (const BalanceRule rule : every_rule) {
        const auto counts = picks(Balance{.policy = rule}, Rack{4}, 8'000);
        for (const int c : counts) CHECK(c == Approx(2'000).epsilon(0.1));
    }
}

TEST_CASE("balance: round-robin takes turns, and callers begin at different places") {
    Rack rack{4};
    std::vector<int> first(4);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Balancer balancer{Balance{}, 4};
        Random random = dice(seed);
        const std::uint32_t start = balancer.pick(rack, random, 0, {});
        ++first[start];
        for (std::uint32_t i = 1; i < 9; ++i)
            REQUIRE(balancer.pick(rack, random, 0, {}) == (start + i) % 4);
    }
    CHECK(*std::min_element(first.begin(), first.end()) > 10);
}

TEST_CASE("balance: random and weighted follow the weights") {
    for (const BalanceRule rule : {BalanceRule::random, BalanceRule::weighted}) {
        const auto counts =
            picks(Balance{.policy = rule, .weights = {1, 2, 0, 5}}, Rack{4}, 80'000);
        CHECK(counts[0] == Approx(10'000).epsilon(0.05));
        CHECK(counts[1] == Approx(20'000).epsilon(0.05));
        CHECK(counts[2] == 0);
        CHECK(counts[3] == Approx(50'000).epsilon(0.05));
    }
}

TEST_CASE("balance: weighted turns are as smooth as can be: 5 1 1 gives a a b a c a a") {
    Balancer balancer{Balance{.policy = BalanceRule::weighted, .weights = {5, 1, 1}}, 3};
    Rack rack{3};
    Random random = dice();
    std::vector<std::uint32_t> order;
    for (int i = 0; i < 7; ++i) order.push_back(balancer.pick(rack, random, 0, {}));
    CHECK(order == std::vector<std::uint32_t>{0, 0, 1, 0, 2, 0, 0});
}

TEST_CASE("balance: least requests counts its own, or those of all") {
    Rack rack{3};
    rack.busy = {0, 9, 9};
    Random random = dice();
    Balancer own{Balance{.policy = BalanceRule::least_requests, .ties = Ties::index}, 3};
    own.on_start(0);
    CHECK(own.own_outstanding(0) == 1);
    CHECK(own.pick(rack, random, 0, {}) == 1);
    own.on_end(0, {}, milliseconds{1}, true);
    CHECK(own.pick(rack, random, 0, {}) == 0);
    Balancer global{Balance{.policy = BalanceRule::least_requests, .view = LoadView::global}, 3};
    global.on_start(0);
    CHECK(global.pick(rack, random, 0, {}) == 0);
}

TEST_CASE("balance: equals are drawn at random, or the first of them") {
    const auto by_index =
        picks(Balance{.policy = BalanceRule::least_requests, .ties = Ties::index}, Rack{3}, 100);
    CHECK(by_index == std::vector<int>{100, 0, 0});
    const auto drawn = picks(Balance{.policy = BalanceRule::least_requests}, Rack{3}, 30'000);
    for (const int c : drawn) CHECK(c == Approx(10'000).epsilon(0.05));
}

TEST_CASE("balance: power of two never takes the most loaded, and draws two different ones") {
    Rack rack{4};
    rack.busy = {1, 2, 3, 4};
    const auto counts =
        picks(Balance{.policy = BalanceRule::power_of_two, .view = LoadView::global}, rack, 60'000);
    CHECK(counts[0] == Approx(30'000).epsilon(0.03));  // of six pairs it is in three
    CHECK(counts[1] == Approx(20'000).epsilon(0.03));
    CHECK(counts[2] == Approx(10'000).epsilon(0.05));
    CHECK(counts[3] == 0);
}

TEST_CASE("balance: more choices than endpoints is a choice of all") {
    Rack rack{3};
    rack.busy = {2, 1, 2};
    const Balance all{.policy = BalanceRule::power_of_two, .choices = 16, .view = LoadView::global};
    CHECK(picks(all, rack, 50) == std::vector<int>{0, 50, 0});
}

TEST_CASE("balance: stale loads are those of the last refresh") {
    Balancer balancer{
        Balance{
            .policy = BalanceRule::least_requests, .view = LoadView::global, .refresh = seconds{1}},
        2};
    Rack rack{2};
    Random random = dice();
    rack.busy = {0, 5};
    CHECK(balancer.pick(rack, random, 0, at(milliseconds{100})) == 0);
    rack.busy = {9, 0};
    CHECK(balancer.pick(rack, random, 0, at(milliseconds{999})) == 0);
    CHECK(balancer.pick(rack, random, 0, at(seconds{1})) == 1);
}

TEST_CASE("balance: a key stays with its endpoint; losing one moves its keys only") {
    Balancer balancer{Balance{.policy = BalanceRule::consistent_hash}, 10};
    Rack rack{10};
    Random random = dice();
    std::vector<std::uint32_t> before;
    for (std::uint64_t key = 0; key < 5'000; ++key)
        before.push_back(balancer.pick(rack, random, key, {}));
    rack.up[4] = false;
    int moved = 0;
    for (std::uint64_t key = 0; key < 5'000; ++key) {
        const std::uint32_t now = balancer.pick(rack, random, key, {});
        if (before[key] != 4) REQUIRE(now == before[key]);
        moved += before[key] == 4;
    }
    CHECK(moved == Approx(500).epsilon(0.15));
}

TEST_CASE("balance: peak-EWMA believes a slow answer at once and forgets it with tau") {
    Balancer balancer{Balance{.policy = BalanceRule::peak_ewma}, 2};
    Rack rack{2};
    Random random = dice();
    for (std::uint32_t i = 0; i < 2; ++i) {
        balancer.on_start(i);
        balancer.on_end(i, at(seconds{1}), milliseconds{10}, true);
    }
    balancer.on_start(0);
    balancer.on_end(0, at(seconds{1}), milliseconds{100}, true);
    for (int i = 0; i < 50; ++i) CHECK(balancer.pick(rack, random, 0, at(seconds{1})) == 1);
    for (int i = 0; i < 5; ++i) balancer.on_start(1);  // six times 10 ms are less than 100 ms ...
    CHECK(balancer.pick(rack, random, 0, at(seconds{1})) == 1);
    for (int i = 0; i < 5; ++i) balancer.on_start(1);  // ... eleven times are more
    CHECK(balancer.pick(rack, random, 0, at(seconds{1})) == 0);
}

TEST_CASE("balance: peak-EWMA sends nothing more to an endpoint that has never answered") {
    Balancer balancer{Balance{.policy = BalanceRule::peak_ewma}, 2};
    Rack rack{2};
    Random random = dice();
    balancer.on_start(1);
    balancer.on_end(1, {}, seconds{100}, true);
    CHECK(balancer.pick(rack, random, 0, {}) == 0);
    balancer.on_start(0);
    CHECK(balancer.pick(rack, random, 0, {}) == 1);
}

TEST_CASE("balance: join-idle-queue takes an idle one, any where none is idle") {
    Rack rack{4};
    rack.busy = {3, 0, 7, 0};
    const Balance settings{.policy = BalanceRule::join_idle_queue, .view = LoadView::global};
    const auto idle = picks(settings, rack, 10'000);
    CHECK(idle[0] + idle[2] == 0);
    CHECK(idle[1] == Approx(5'000).epsilon(0.1));
    rack.busy = {3, 1, 7, 1};
    for (const int c : picks(settings, rack, 10'000)) CHECK(c == Approx(2'500).epsilon(0.1));
}

TEST_CASE("balance: with a subset every rule keeps to it, eligible or not") {
    for (const BalanceRule rule : every_rule) {
        INFO(name_of(rule));
        Balancer balancer{Balance{.policy = rule, .subset = 3, .panic = Share{0.9}}, 8};
        Random random = dice();
        balancer.draw_subset(random);
        Rack rack{8};
        std::vector<std::uint32_t> own;
        for (std::uint32_t i = 0; i < 8; ++i)
            if (balancer.uses(i)) own.push_back(i);
        REQUIRE(own.size() == 3);
        std::vector<int> counts(8);
        for (std::uint64_t key = 0; key < 300; ++key)
            ++counts[balancer.pick(rack, random, key, {})];
        for (std::uint32_t i = 0; i < 8; ++i) CHECK((counts[i] > 0) == balancer.uses(i));
        rack.up[own[1]] = false;  // fewer than the panic share of the subset: it is used as well
        counts.assign(8, 0);
        for (std::uint64_t key = 0; key < 300; ++key)
            ++counts[balancer.pick(rack, random, key, {})];
        for (std::uint32_t i = 0; i < 8; ++i) CHECK((counts[i] > 0) == balancer.uses(i));
    }
}

TEST_CASE("balance: a caller whose subset is down finds nobody, whoever else is up") {
    Balancer balancer{Balance{.policy = BalanceRule::random, .subset = 2}, 6};
    Random random = dice();
    balancer.draw_subset(random);
    Rack rack{6};
    for (std::uint32_t i = 0; i < 6; ++i) rack.up[i] = !balancer.uses(i);
    CHECK(balancer.pick(rack, random, 0, {}) == Balancer::none);
}

TEST_CASE("balance: every subset is drawn as often as any other") {
    // 28 pairs of eight, 28,000 draws: 1,000 each, 4 standard deviations are 124.
    Random random = dice();
    std::vector<int> counts(64);
    Balancer balancer{Balance{.subset = 2}, 8};
    for (int n = 0; n < 28'000; ++n) {
        balancer.draw_subset(random);
        std::uint32_t pair = 0;
        for (std::uint32_t i = 0; i < 8; ++i)
            if (balancer.uses(i)) pair = pair * 8 + i;
        ++counts[pair];
    }
    int pairs = 0;
    for (const int count : counts) {
        if (count == 0) continue;
        ++pairs;
        CHECK(count == Approx(1000).margin(124));
    }
    CHECK(pairs == 28);
}

TEST_CASE("balance: below its panic share all endpoints are used, eligible or not") {
    Rack rack{4};
    rack.up = {true, false, false, false};
    const auto calm = picks(Balance{.panic = Share{0.25}}, rack, 400);
    CHECK(calm == std::vector<int>{400, 0, 0, 0});
    const auto panic = picks(Balance{.panic = Share{0.5}}, rack, 400);
    CHECK(panic == std::vector<int>{100, 100, 100, 100});
}

TEST_CASE(
    "balance: an endpoint of a tenth's weight gets a tenth of a share, in turns and at random") {
    Rack rack{2};
    rack.weights = {1, 0.1};
    for (const BalanceRule rule : {BalanceRule::round_robin, BalanceRule::random}) {
        const auto counts = picks(Balance{.policy = rule}, rack, 11'000);
        CHECK(counts[1] == Approx(1'000).epsilon(0.1));
    }
}

TEST_CASE("balance: impossible settings are refused at their field") {
    CHECK(Balance{}.find_problem() == std::nullopt);
    CHECK(Balance{.choices = 17}.find_problem()->field == "choices");
    CHECK(Balance{.refresh = seconds{1}}.find_problem()->field == "refresh");
    CHECK(Balance{.view = LoadView::global}.find_problem()->field == "view");
    CHECK(Balance{.weights = {1, 2}}.find_problem()->field == "weights");
    const Balance nothing{.policy = BalanceRule::weighted, .weights = {0, 0}};
    CHECK(nothing.find_problem()->field == "weights");
}

}  // namespace
}  // namespace shaketable::policies
