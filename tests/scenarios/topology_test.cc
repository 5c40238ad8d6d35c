#include "scenarios/topology.h"

#include <set>

#include "tests/scenarios/validate_text.h"
#include "tests/source_path.h"

namespace shaketable::scenarios {

namespace {

/// A system from one line per endpoint: `{"web.page", "[{call: db.read}]"}`; the first is called by
/// a workload.
Scenario system_of(const std::vector<std::pair<std::string, std::string>>& endpoints) {
    std::string text = "schema: shaketable/v1\nname: t\nservices:\n";
    for (const auto& [name, steps] : endpoints) {
        const std::size_t dot = name.find('.');
        text += "  " + name.substr(0, dot) + ": {endpoints: {" + name.substr(dot + 1) +
                ": {steps: " + steps + "}}}\n";
    }
    return scenario_of(text + "workload: {users: {call: " + endpoints.front().first +
                       ", arrivals: poisson(1/s)}}\n");
}

std::vector<std::string> names(const Topology& topology,
                               const std::vector<std::uint32_t>& endpoints) {
    std::vector<std::string> found;
    for (const std::uint32_t e : endpoints) found.push_back(topology.name_of(e));
    return found;
}

double visits(const Scenario& scenario, std::uint32_t endpoint) {
    const auto all = Topology{scenario}.visits_of(0);
    REQUIRE(all.has_value());
    return all->at(endpoint);
}

}  // namespace

TEST_CASE("topology: calls multiply by loops, shares, weights and misses") {
    const auto calls = [](const std::string& steps) {
        return visits(system_of({{"a.x", "[" + steps + "]"}, {"b.x", "[{work: 1ms}]"}}), 1);
    };
    CHECK(calls("{call: b.x}") == 1);
    CHECK(calls("{call: b.x}, {call: b.x, async: true}") == 2);
    CHECK(calls("{loop: {times: 7, steps: [{call: b.x}]}}") == 7);
    CHECK(calls("{call: b.x, probability: 25%}") == Approx(0.25));
    CHECK(calls("{choose: [{weight: 40%, steps: [{call: b.x}]}, {weight: 10%, steps: [{call: "
                "b.x}]}]}") == Approx(0.5));
    CHECK(calls("{cache: {hit: 80%, miss: [{call: b.x}]}}") == Approx(0.2));
    CHECK(calls("{parallel: [{call: b.x}, {call: b.x}, {call: b.x}]}") == 3);
    CHECK(calls("{any: [{call: b.x}, {call: b.x}]}") == 2);
    CHECK(calls("{loop: {times: 0, steps: [{call: b.x}]}}") == 0);
}

TEST_CASE("topology: calls multiply along a path and add up where paths meet") {
    const Scenario diamond =
        system_of({{"a.x", "[{call: b.x}, {loop: {times: 2, steps: [{call: c.x}]}}]"},
                   {"b.x", "[{call: d.x}]"},
                   {"c.x", "[{loop: {times: 3, steps: [{call: d.x}]}}]"},
                   {"d.x", "[{work: 1ms}]"}});
    CHECK(visits(diamond, 3) == 1 + 2 * 3);
}

TEST_CASE("topology: a circle that thins out has a finite number of calls") {
    const Scenario half =
        system_of({{"a.x", "[{call: b.x}]"}, {"b.x", "[{call: a.x, probability: 50%}]"}});
    CHECK(visits(half, 0) == Approx(2).epsilon(1e-6));  // 1 + 1/2 + 1/4 ...
    CHECK(Topology{half}.find_cycles().size() == 1);
    CHECK(Topology{half}.find_endless_cycles().empty());
}

TEST_CASE("topology: a circle that grows has no number of calls") {
    const Scenario twice =
        system_of({{"a.x", "[{call: a.x, probability: 60%}, {call: a.x, probability: 60%}]"}});
    CHECK_FALSE(Topology{twice}.visits_of(0).has_value());
}

TEST_CASE("topology: a cache's misses are the popularity of the keys without room") {
    CHECK(miss_share({.hit = Share{0.9}}) == Approx(0.1));
    CHECK(miss_share({.keys = KeyDistribution{1000, 0}, .capacity = 250}) ==
          Approx(0.75).epsilon(0.01));
    CHECK(miss_share({.keys = KeyDistribution{1000, 1}}) == 0);
    CHECK(miss_share({.keys = KeyDistribution{1000, 1}, .capacity = 0}) == 1);
    // H(100) / H(1000) = 5.18738 / 7.48547
    CHECK(miss_share({.keys = KeyDistribution{1000, 1}, .capacity = 100}) ==
          Approx(1 - 5.18738 / 7.48547).epsilon(0.02));
}

TEST_CASE("topology: edges between services stand once, and know whether anybody needs them") {
    const Scenario s = system_of(
        {{"a.x",
          "[{call: b.x}, {call: b.x}, {call: c.x, async: true}, {call: d.x, optional: true}]"},
         {"b.x", "[]"},
         {"c.x", "[]"},
         {"d.x", "[]"}});
    const std::vector<ServiceEdge> edges = Topology{s}.edges();
    CHECK(edges == std::vector<ServiceEdge>{{0, false, 1, false, false},
                                            {0, false, 2, true, false},
                                            {0, false, 3, false, true},
                                            {0, true, 0, false, false}});
}

TEST_CASE("topology: callers stand before callees") {
    const Scenario s =
        system_of({{"a.x", "[{call: c.x}]"}, {"b.x", "[]"}, {"c.x", "[{call: b.x}]"}});
    const Topology topology{s};
    for (const CallSite& site : topology.sites()) CHECK(topology.is_forward(site));
    CHECK(topology.order().size() == 3);
}

TEST_CASE("topology: what every request goes through separates the ends") {
    const Scenario chain = system_of({{"a.x", "[{call: b.x}, {call: c.x}]"},
                                      {"b.x", "[{call: d.x}]"},
                                      {"c.x", "[{call: d.x}]"},
                                      {"d.x", "[]"}});
    CHECK(Topology{chain}.find_articulation_points() == std::vector<std::uint32_t>{0, 3});
    const Scenario optional = system_of({{"a.x", "[{call: b.x, optional: true}]"}, {"b.x", "[]"}});
    CHECK(Topology{optional}.find_articulation_points() == std::vector<std::uint32_t>{0});
    const Scenario fork =
        system_of({{"a.x", "[{call: b.x}, {call: c.x}]"}, {"b.x", "[]"}, {"c.x", "[]"}});
    CHECK(Topology{fork}.find_articulation_points() == std::vector<std::uint32_t>{0});
}

TEST_CASE("topology: the deepest chain counts calls that are waited for") {
    const Scenario s = system_of({{"a.x", "[{call: b.x, async: true}, {call: c.x}]"},
                                  {"b.x", "[{call: d.x}]"},
                                  {"c.x", "[{call: d.x}]"},
                                  {"d.x", "[]"}});
    const Topology topology{s};
    CHECK(names(topology, topology.find_deepest_chain()) ==
          std::vector<std::string>{"a.x", "c.x", "d.x"});
}

TEST_CASE("topology: an endpoint that nobody calls is not reachable") {
    const Scenario s =
        system_of({{"a.x", "[{call: b.x}]"}, {"b.x", "[]"}, {"c.x", "[{call: b.x}]"}});
    CHECK(Topology{s}.find_reachable() == std::vector<bool>{true, true, false});
}

TEST_CASE("topology: calls of fallbacks are edges, and no load while nothing is wrong") {
    const Scenario s = scenario_of(R"(schema: shaketable/v1
name: t
services:
  a: {endpoints: {x: {steps: [{call: b.x, policy: p}]}}}
  b: {endpoints: {x: {steps: []}}}
  c: {endpoints: {x: {steps: []}}}
policies: {p: {fallback: {call: c.x}}}
workload: {users: {call: a.x, arrivals: poisson(1/s)}}
)");
    const Topology topology{s};
    CHECK(topology.edges().size() == 3);
    CHECK(visits(s, 2) == 0);
    CHECK(topology.find_reachable().at(2));
}

TEST_CASE("topology: names may hold dots") {
    const Scenario s = system_of({{"a.x", "[]"}});
    CHECK(split_call(s, "a.x.y").endpoint == "x.y");
    CHECK(split_call(s, "b.c.d").service == "b");
    CHECK(split_call(s, "b.c.d").service_index == nowhere);
    CHECK(split_call(s, "a").endpoint.empty());
}

TEST_CASE(
    "topology: the online boutique has the twelve services and sixteen edges of its manifest") {
    auto read = read_file(test::source_path("scenarios/library/online-boutique.yaml"));
    REQUIRE(read.has_value());
    const Scenario& scenario = read->scenarios.at(0);
    const Topology topology{scenario};
    CHECK(scenario.services.size() == 12);
    std::set<std::string> edges;
    for (const ServiceEdge& edge : topology.edges())
        if (!edge.from_workload)
            edges.insert(scenario.services.entries[edge.from].name + " -> " +
                         scenario.services.entries[edge.to].name);
    CHECK(edges ==
          std::set<std::string>{
              "loadgenerator -> frontend", "frontend -> productcatalogservice",
              "frontend -> currencyservice", "frontend -> cartservice",
              "frontend -> recommendationservice", "frontend -> shippingservice",
              "frontend -> checkoutservice", "frontend -> adservice",
              "checkoutservice -> productcatalogservice", "checkoutservice -> shippingservice",
              "checkoutservice -> paymentservice", "checkoutservice -> emailservice",
              "checkoutservice -> currencyservice", "checkoutservice -> cartservice",
              "recommendationservice -> productcatalogservice", "cartservice -> redis-cart"});
}

}  // namespace shaketable::scenarios
