#include "policies/presets.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "policies/presets_endpoint.h"
#include "tests/policies/dice.h"

namespace shaketable::policies {
namespace {

TEST_CASE("presets: each is sound, has a source, and their names are in order") {
    const auto all = presets();
    CHECK(std::is_sorted(all.begin(), all.end(),
                         [](const Preset& a, const Preset& b) { return a.name < b.name; }));
    for (const Preset& p : all) {
        INFO(p.name);
        EdgePolicy policy;
        policy.preset = std::string{p.name};
        CHECK(policy.find_problem() == std::nullopt);
        CHECK_FALSE(p.source.empty());
        CHECK_FALSE(p.summary.empty());
        CHECK(with_preset(policy) == p.make());
        const EdgePolicy made = p.make();
        if (made.retry && made.retry->budget)
            CHECK(made.retry->budget->find_problem() == std::nullopt);
    }
}

TEST_CASE("presets: retries are counted without the first try, whatever the library counts") {
    const auto retries = [](std::string_view name) { return *preset(name)->retry->retries; };
    CHECK(retries("resilience4j") == 2);  // maxAttempts 3
    CHECK(retries("polly") == 3);         // MaxRetryAttempts 3
    CHECK(retries("grpc") == 3);          // maxAttempts 4
    CHECK(retries("aws-sdk") == 2);       // 3 attempts
    CHECK(retries("envoy") == 1);         // num_retries 1
    CHECK(retries("istio") == 2);         // attempts 2
    CHECK(retries("sre") == 2);           // 3 per request
}

TEST_CASE("presets: Hystrix gives up after 1 s, has ten threads and judges 20 calls of 10 s") {
    const EdgePolicy p = *preset("hystrix");
    CHECK(p.timeout->attempt == seconds{1});
    CHECK(p.bulkhead->connections == Count{10});
    CHECK(p.breaker->open_at == *Text<OpenRule>::parse("errors >= 50% of 20 over 10s"));
    CHECK(p.breaker->evaluate_every == milliseconds{500});
    CHECK(p.breaker->half_open_after == seconds{5});
    CHECK(p.breaker->probes == 1);
}

TEST_CASE("presets: resilience4j's breaker stands inside its retry and counts attempts") {
    const EdgePolicy p = *preset("resilience4j");
    const PolicyOrder order{p.order};
    CHECK(order.wraps(PolicyKind::retry, PolicyKind::breaker));
    CHECK(order.wraps(PolicyKind::breaker, PolicyKind::timeout));
    CHECK(order.wraps(PolicyKind::timeout, PolicyKind::bulkhead));
    CHECK(p.retry->backoff->base == milliseconds{500});
    CHECK(p.retry->backoff->growth == Growth::constant);
    CHECK(p.breaker->open_at == *Text<OpenRule>::parse("errors >= 50% of 100 or slow >= 100%"));
    CHECK(p.breaker->half_open_after == seconds{60});
    CHECK(p.bulkhead->connections == Count{25});
    CHECK(p.timeout->attempt == seconds{1});
}

TEST_CASE("presets: Polly's, Envoy's and Istio's numbers") {
    CHECK(preset("polly")->breaker->open_at ==
          *Text<OpenRule>::parse("errors >= 10% of 100 over 30s"));
    CHECK(preset("polly")->timeout->attempt == seconds{30});
    CHECK(preset("polly")->retry->backoff->base == seconds{2});
    CHECK(preset("envoy")->timeout->total == seconds{15});
    CHECK(preset("envoy")->bulkhead->pending == Count{1024});
    CHECK(preset("envoy")->retry->budget->retries_min == 3);
    CHECK(preset("envoy-budget")->retry->budget->share == Share{0.2});
    CHECK(preset("istio")->retry->backoff->growth == Growth::envoy);
    CHECK(preset("polly-hedging")->hedge->after == HedgeDelay{seconds{2}});
}

TEST_CASE("presets: gRPC's, Finagle's and the AWS SDKs' budgets") {
    CHECK(preset("grpc")->retry->budget->tokens == 10);
    CHECK(preset("grpc")->retry->budget->deposit == 0.1);
    CHECK(preset("finagle")->retry->budget->min_per_second == Rate{10});
    CHECK(preset("finagle")->retry->budget->ttl == seconds{10});
    CHECK(preset("aws-sdk")->retry->budget->tokens == 500);
    CHECK(preset("aws-sdk")->retry->budget->timeout_cost == 10);
    CHECK(preset("aws-sdk-2026")->retry->budget->cost == 14);
    CHECK(preset("aws-sdk-2026")->retry->backoff->base == milliseconds{50});
}

TEST_CASE("presets: what is written overrides field by field, deep down") {
    EdgePolicy written;
    written.preset = "envoy";
    written.retry = Retry{.retries = 3, .backoff = Backoff{.base = milliseconds{10}}};
    written.timeout = Timeout{.attempt = seconds{2}};
    const EdgePolicy p = with_preset(written);
    CHECK(p.preset.empty());
    CHECK(p.retry->retries == 3);
    CHECK(p.retry->backoff->base == milliseconds{10});
    CHECK(p.retry->backoff->jitter == Jitter::full);
    CHECK(p.retry->when == preset("envoy")->retry->when);
    CHECK(p.timeout->attempt == seconds{2});
    CHECK(p.timeout->total == seconds{15});
}

TEST_CASE("presets: a budget that is written replaces the preset's as a whole") {
    EdgePolicy written;
    written.preset = "aws-sdk";
    written.retry = Retry{.budget = RetryBudget{.share = Share{0.1}}};
    CHECK(with_preset(written).retry->budget == RetryBudget{.share = Share{0.1}});
}

TEST_CASE("presets: a breaker with a preset of its own takes nothing from the edge's") {
    EdgePolicy written;
    written.preset = "resilience4j";
    written.breaker = Breaker{.preset = "polly"};
    CHECK(with_preset(written).breaker == breaker_preset("polly"));
}

TEST_CASE("presets: without a preset nothing changes") {
    EdgePolicy written;
    written.retry = Retry{.retries = 1};
    CHECK(with_preset(written) == written);
}

}  // namespace
}  // namespace shaketable::policies
