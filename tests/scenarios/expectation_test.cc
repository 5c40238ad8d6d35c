#include "scenarios/expectation.h"

#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "scenarios/metric_words.h"

using namespace shaketable;
using namespace shaketable::scenarios;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

Claim claim_of(const std::string& text) {
    auto claim = Text<Claim>::parse(text);
    if (!claim) FAIL(text + ": " + claim.error().message);
    return *std::move(claim);
}

std::string code_in(const std::string& text) {
    const auto claim = Text<Claim>::parse(text);
    return claim ? "" : claim.error().code;
}

TEST_CASE("expectation: every comparison means what it says") {
    Claim c;
    c.limit = 1;
    const auto held = [&](Comparison comparison) {
        c.comparison = comparison;
        return std::array{c.holds(0.5), c.holds(1), c.holds(2)};
    };
    CHECK(held(Comparison::less) == std::array{true, false, false});
    CHECK(held(Comparison::at_most) == std::array{true, true, false});
    CHECK(held(Comparison::greater) == std::array{false, false, true});
    CHECK(held(Comparison::at_least) == std::array{false, true, true});
    CHECK(held(Comparison::equal) == std::array{false, true, false});
    CHECK(held(Comparison::not_equal) == std::array{true, false, true});
}

}  // namespace

TEST_CASE("claim: a latency with its span") {
    const Claim claim = claim_of("p99.9(web.checkout)  <\t300ms during baseline");
    CHECK(claim.metric == Metric::p999);
    CHECK(claim.selector ==
          Selector{.caller = "", .service = "web", .endpoint = "checkout", .from_zone = ""});
    CHECK(claim.comparison == Comparison::less);
    CHECK(claim.limit == Approx(0.3));
    CHECK(claim.unit == Unit::seconds);
    CHECK(claim.span ==
          Span{.kind = Span::Kind::during, .window = "baseline", .offset = Duration{0}});
    CHECK(claim.text == "p99.9(web.checkout) < 300ms during baseline");
}

TEST_CASE("claim: edges, zones and spaces") {
    CHECK(claim_of("attempts(payments->ledger)<1.5").selector ==
          Selector{.caller = "payments", .service = "ledger", .endpoint = "", .from_zone = ""});
    CHECK(claim_of("rate(api -> store.read.all from eu-1a) > 2k/s").selector ==
          Selector{
              .caller = "api", .service = "store", .endpoint = "read.all", .from_zone = "eu-1a"});
    CHECK(claim_of("success( cart.add from eu-1b ) >= 95% during cut").selector.from_zone ==
          "eu-1b");
}

TEST_CASE("claim: saturation is taken as max or mean, alone as max") {
    CHECK(claim_of("max(queue(ledger)) < 250").aggregate == Aggregate::max);
    CHECK(claim_of("mean(busy(ledger)) < 2.5").aggregate == Aggregate::mean);
    CHECK(claim_of("mean(busy(ledger)) < 2.5").limit == 2.5);
    CHECK(claim_of("queue(ledger) < 1k").aggregate == Aggregate::max);
    CHECK(claim_of("queue(ledger) < 1k").limit == 1000);
    const Claim slowest = claim_of("max(web.checkout) < 3s");
    CHECK(slowest.metric == Metric::max);
    CHECK(slowest.aggregate == Aggregate::none);
}

TEST_CASE("claim: apdex, budget and burn rate have their own settings") {
    CHECK(claim_of("apdex(web.checkout t=300ms) >= 0.9").threshold == Duration{milliseconds{300}});
    CHECK(claim_of("error_budget(99.9% web.checkout) < 150%").limit == Approx(1.5));
    const Claim burn = claim_of("burn_rate(99.9%, web.checkout, 1h) < 14.4");
    CHECK(burn.objective == Share{0.999});
    CHECK(burn.lookback == Duration{hours{1}});
    CHECK(burn.unit == Unit::ratio);
}

TEST_CASE("claim: spans") {
    CHECK(claim_of("success(a) > 1%").span == Span{});
    CHECK(claim_of("success(a) > 1% over run").span == Span{});
    CHECK(claim_of("success(a) > 1% before cut").span.kind == Span::Kind::before);
    const Span span = claim_of("success(a) > 1% after broker-loss + 60s").span;
    CHECK(span.kind == Span::Kind::after);
    CHECK(span.window == "broker-loss");
    CHECK(span.offset == Duration{seconds{60}});
    CHECK(claim_of("success(a) > 1% after cut+60s").span.window == "cut");
}

TEST_CASE("claim: units follow the metric, and zero needs none but time") {
    CHECK(claim_of("retries(a) < 5").unit == Unit::count);
    CHECK(claim_of("retries(a) < 5/s").unit == Unit::per_second);
    CHECK(claim_of("retries(a) < 5%").unit == Unit::share);
    CHECK(claim_of("goodput(a) == 0").unit == Unit::per_second);
    CHECK(claim_of("errors(a) == 0").unit == Unit::share);
    CHECK(code_in("errors(a) < 5") == "E121");
    CHECK(code_in("p99(a) < 5") == "E121");
    CHECK(code_in("p99(a) < 5/s") == "E121");
    CHECK(code_in("success(a) >= 0.99") == "E121");
    CHECK(code_in("attempts(a) < 10%") == "E121");
    CHECK(code_in("p99(a) < quick") == "E119");
}

TEST_CASE("claim: what no value could keep is refused, what every value keeps is not") {
    for (const std::string text :
         {"success(a) > 100%", "success(a) >= 101%", "success(a) == 101%", "errors(a) < 0%",
          "p99(a) < 0", "queue(a) < 0", "apdex(a t=1s) > 1", "rate(a) < 0/s"})
        CHECK(code_in(text) == "E122");
    for (const std::string text :
         {"success(a) >= 100%", "errors(a) <= 0%", "success(a) >= 0%", "error_budget(99% a) > 300%",
          "retries(a) > 250%", "attempts(a) > 3.9"})
        CHECK(code_in(text).empty());
}

TEST_CASE("claim: carets stand at the token") {
    const auto place = [](const std::string& text) {
        const auto claim = Text<Claim>::parse(text);
        REQUIRE_FALSE(claim);
        return text.substr(static_cast<std::size_t>(claim.error().where.column),
                           static_cast<std::size_t>(claim.error().where.length));
    };
    CHECK(place("sucess(web) >= 99%") == "sucess");
    CHECK(place("max(qeue(web)) >= 99") == "qeue");
    CHECK(place("success(web) => 99%") == "=");
    CHECK(place("success(web) >= 99 during cut") == "99");
    CHECK(place("success(web) >= 99% whilst cut") == "whilst");
    CHECK(place("success(web) >= 99% after cut + 60") == "60");
    CHECK(place("success(web) >= 99% during cut now") == "now");
    CHECK(place("apdex(web t=3) >= 0.5") == "3");
}

TEST_CASE("claim: a text cut anywhere is a problem with a code, never a crash") {
    for (const MetricWord& word : metric_words) {
        const std::string text{word.example};
        CHECK(code_in(text).empty());
        for (std::size_t length = 0; length < text.size(); ++length) {
            const auto claim = Text<Claim>::parse(text.substr(0, length));
            if (!claim) CHECK_FALSE(claim.error().code.empty());
        }
    }
}

TEST_CASE("claim: printing reads back to the same claim, whatever the metric") {
    for (const MetricWord& word : metric_words) {
        const Claim claim = claim_of(std::string{word.example});
        CHECK(claim.metric == word.metric);
        CHECK(claim_of(Text<Claim>::print(claim)) == claim);
    }
}

TEST_CASE("claim: metrics of brokers and stores are not supported yet") {
    for (const std::string_view metric : metrics_later)
        CHECK(code_in(std::string{metric} + "(orders) == 0") == "E015");
    CHECK(code_in("max(lag(orders)) < 5") == "E015");
}
