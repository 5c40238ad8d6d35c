// The faults of a scenario hit the same crossings live as its weather says, request by request.
#include <string>

#include <catch2/catch.hpp>

#include "scenarios/read.h"
#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::chrono_literals;

model::Model model_with(const std::string& faults) {
    const std::string text =
        "schema: shaketable/v1\nname: t\nrun: {duration: 60s, seed: 7}\n"
        "services:\n  api:\n    workers: 4\n    endpoints:\n"
        "      read: {http: GET /read, steps: [work: 1ms]}\n"
        "      write: {http: POST /write, steps: [work: 1ms]}\n"
        "workload:\n"
        "  readers: {call: api.read, arrivals: poisson(10/s)}\n"
        "  writers: {call: api.write, arrivals: poisson(10/s)}\n"
        "faults:\n" +
        faults;
    const auto document = scenarios::read_text("t.yaml", text);
    if (!document) FAIL(document.error().problems.front().message);
    return model::compile(document->scenarios.front());
}

faults::Timeline timeline_of(const model::Model& model) {
    const auto timeline = faults::resolve(model.scenario.faults, model.scenario.run.duration,
                                          model.scenario.run.seed, 0);
    REQUIRE(timeline);
    return *timeline;
}

/// The proxy from `workload` to the first replica of api.
Proxy& add(Rig& rig, const model::Model& model, const std::string& workload, Flavour flavour) {
    ProxySettings settings{.name = workload,
                           .flavour = flavour,
                           .listen = *Address::parse("127.0.0.1:0"),
                           .replica = 0};
    for (std::uint32_t s = 0; s < model.edge_states.size(); ++s) {
        const model::EdgePlan& edge = model.edges[model.edge_states[s].edge];
        if (edge.from_workload && model.workload_names[edge.caller] == workload)
            settings.edge_states.push_back(s);
    }
    REQUIRE_FALSE(settings.edge_states.empty());
    return rig.add(std::move(settings));
}

TEST_CASE("weather: the same seed hits the same requests, by their number on the route") {
    const model::Model model = model_with(
        "  - {id: broken, fault: error, at: 0s, share: 30%, status: 500, target: readers -> "
        "api}\n");
    Rig rig{model, timeline_of(model)};
    Proxy& proxy = add(rig, model, "readers", Flavour::http);
    const std::uint32_t state = proxy.settings().edge_states.front();
    Peer client = rig.connect(proxy);
    std::optional<Peer> server;
    const std::string request = "GET /read HTTP/1.1\r\nHost: x\r\n\r\n";
    std::string live;
    for (int i = 0; i < 60; ++i) {
        client.received.clear();
        client.send(request);
        rig.until([&] {
            int error = 0;
            if (!server)
                if (const auto descriptor = accept_from(rig.listener(), error))
                    server.emplace(*descriptor);
            if (server) server->read();
            if (server && server->received == request) {
                server->received.clear();
                server->send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
            client.read();
            return client.received.find("\r\n\r\n") != std::string::npos;
        });
        live += client.received.starts_with("HTTP/1.1 500") ? 'x' : '.';
    }
    model::Weather weather{model, timeline_of(model), 0};
    (void)weather.advance(weather.next_change());
    std::string simulated;
    for (std::uint64_t i = 0; i < 60; ++i)
        simulated +=
            weather.judge(state, 0, Time{1s}, i, 0).fate == faults::Fate::answer_error ? 'x' : '.';
    CHECK(live == simulated);
    CHECK(simulated.find('x') != std::string::npos);
    CHECK(simulated.find('.') != std::string::npos);
    CHECK(rig.worker.weather()->hits()[0] == weather.hits()[0]);
}

TEST_CASE("weather: a fault begins and ends by itself, on the edge that it names alone") {
    const model::Model model = model_with(
        "  - {id: slow, fault: bandwidth, at: 100ms, for: 300ms, rate: 1B/s, per: connection,\n"
        "     target: readers -> api}\n");
    Rig rig{model, timeline_of(model)};
    Proxy& hit = add(rig, model, "readers", Flavour::tcp);
    Proxy& spared = add(rig, model, "writers", Flavour::tcp);
    auto [client, server] = rig.open(hit);
    auto [other, far] = rig.open(spared);
    rig.until([&] { return rig.worker.weather()->has_traffic_faults(); });
    client.send("stuck");
    other.send("free");
    rig.expect(far, "free");
    server.read();
    CHECK(server.received.size() < 5);
    rig.until([&] { return !rig.worker.weather()->has_traffic_faults(); });
    rig.expect(server, "stuck");
}

TEST_CASE("weather: what is in flight when a partition begins stays unanswered") {
    const model::Model model = model_with(
        "  - {id: cut, fault: partition, at: 80ms, for: 200ms, groups: [[readers], [api]]}\n");
    Rig rig{model, timeline_of(model)};
    auto [client, server] = rig.open(add(rig, model, "readers", Flavour::tcp));
    client.send("question");
    rig.expect(server, "question");
    rig.until([&] { return rig.worker.weather()->has_traffic_faults(); });
    server.send("answer");
    rig.run_for(30ms);
    client.read();
    CHECK(client.received.empty());
    CHECK_FALSE(client.was_reset);
}

TEST_CASE("weather: a reset of a planned fault reaches those who are idle") {
    const model::Model model =
        model_with("  - {id: rst, fault: reset, at: 80ms, for: 1s, target: readers -> api}\n");
    Rig rig{model, timeline_of(model)};
    auto [client, server] = rig.open(add(rig, model, "readers", Flavour::tcp));
    rig.until([&, &c = client] {
        c.read();
        return c.was_reset;
    });
}

TEST_CASE("weather: a refusal that is planned closes the port and opens it again") {
    const model::Model model =
        model_with("  - {id: ref, fault: refuse, at: 50ms, for: 100ms, target: readers -> api}\n");
    Rig rig{model, timeline_of(model)};
    Proxy& proxy = add(rig, model, "readers", Flavour::tcp);
    rig.until([&] { return rig.worker.weather()->has_traffic_faults(); });
    CHECK_FALSE(try_connect(proxy.address()));
    rig.until([&] { return !rig.worker.weather()->has_traffic_faults(); });
    auto [client, server] = rig.open(proxy);
    client.send("back");
    rig.expect(server, "back");
    CHECK_FALSE(proxy.problem());
}

}  // namespace
}  // namespace shaketable::injector::proxy
