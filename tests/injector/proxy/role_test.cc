// A whole life of the process that runs the proxies: it listens, counts, samples, hands over its
// part.
#include "injector/proxy/role.h"

#include <atomic>
#include <future>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/read.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::chrono_literals;

model::Model small_model() {
    const auto document =
        scenarios::read_text("t.yaml",
                             "schema: shaketable/v1\nname: t\n"
                             "run: {duration: 600ms, sample_every: 100ms}\n"
                             "services:\n  api:\n    workers: 4\n    endpoints:\n"
                             "      read: {http: GET /read, steps: [work: 1ms]}\n"
                             "workload:\n"
                             "  readers: {call: api.read, arrivals: poisson(10/s)}\n"
                             "faults:\n"
                             "  - {id: late, fault: latency, at: 200ms, for: 200ms,\n"
                             "     delay: 5ms, target: readers -> api}\n");
    if (!document) FAIL(document.error().problems.front().message);
    return model::compile(document->scenarios.front());
}

/// Blocking sockets: the role runs in a thread of its own.
struct Sockets {
    int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    int client = ::socket(AF_INET, SOCK_STREAM, 0);
    int server = -1;
    Address upstream;

    Sockets() {
        const Address any = *Address::parse("127.0.0.1:0");
        REQUIRE(::bind(listener, any.data(), any.size()) == 0);
        REQUIRE(::listen(listener, 8) == 0);
        upstream = Address::of_socket(listener);
    }
    ~Sockets() {
        for (const int descriptor : {listener, client, server}) ::close(descriptor);
    }
    /// One request there and its answer back.
    void exchange() {
        const std::string request = "GET /read HTTP/1.1\r\nHost: x\r\n\r\n";
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        std::string seen(request.size(), '\0'), got(answer.size(), '\0');
        REQUIRE(::send(client, request.data(), request.size(), 0) > 0);
        if (server < 0) server = ::accept(listener, nullptr, nullptr);
        REQUIRE(::recv(server, seen.data(), seen.size(), MSG_WAITALL) > 0);
        CHECK(seen == request);
        REQUIRE(::send(server, answer.data(), answer.size(), 0) > 0);
        REQUIRE(::recv(client, got.data(), got.size(), MSG_WAITALL) > 0);
        CHECK(got == answer);
    }
};

TEST_CASE("role: it counts what crosses, in segments and samples, and hands its part over") {
    const model::Model model = small_model();
    Sockets sockets;
    const Result<int> listener = listen_at(*Address::parse("127.0.0.1:0"));
    REQUIRE(listener);
    const Address address = Address::of_socket(*listener);
    int control[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, control) == 0);

    std::promise<void> ready;
    std::promise<reports::Repeat> part;
    std::atomic<int> samples = 0;
    const ControlLink link{.descriptor = control[0],
                           .receive = [](Worker&) { return false; },
                           .ready = [&] { ready.set_value(); },
                           .sample = [&](Time, const reports::Repeat&, Worker&) { ++samples; },
                           .part = [&](const reports::Repeat& repeat) { part.set_value(repeat); },
                           .problem = [](const std::string& why) { FAIL(why); }};
    const ProxyTask task{.model = &model,
                         .zero = std::chrono::steady_clock::now(),
                         .proxies = {{.name = "readers",
                                      .flavour = Flavour::http,
                                      .descriptor = *listener,
                                      .upstream = sockets.upstream,
                                      .replica = 0,
                                      .edge_states = {0},
                                      .counts_flow = true,
                                      .counts_service = true}}};
    int code = -1;
    std::thread thread{[&] { code = run_proxies(task, link); }};
    ready.get_future().wait();
    REQUIRE(::connect(sockets.client, address.data(), address.size()) == 0);
    for (int i = 0; i < 5; ++i) sockets.exchange();
    const reports::Repeat repeat = part.get_future().get();
    sockets.exchange();  // past the end it serves on
    REQUIRE(::send(control[1], "x", 1, 0) == 1);
    thread.join();
    ::close(control[0]);
    ::close(control[1]);

    CHECK(code == 0);
    CHECK(samples >= 5);
    CHECK(repeat.segments.size() >= 3);  // cut where the fault begins and ends
    reports::FlowTotals flow;
    reports::ServiceTotals service;
    for (const reports::Segment& segment : repeat.segments) {
        flow.merge(segment.flows[0]);
        service.merge(segment.services[0]);
        CHECK(segment.services[0].sojourn == segment.services[0].in_system_time);
    }
    CHECK(flow.started == 5);
    CHECK(flow.settled[0] == 5);
    CHECK(flow.latency.count() == 5);
    CHECK(service.arrived == 5);
    CHECK(service.completed == 5);
    CHECK(service.connections_max == 1);
    CHECK(service.in_system_time > 0ns);
    CHECK(repeat.fault_hits.size() == 1);
}

TEST_CASE("role: what cannot be listened on is a reason to stop") {
    const model::Model model = small_model();
    const Result<int> taken = listen_at(*Address::parse("127.0.0.1:0"));
    REQUIRE(taken);
    std::string why;
    ControlLink link;
    link.problem = [&](const std::string& text) { why = text; };
    const ProxyTask task{.model = &model,
                         .zero = std::chrono::steady_clock::now(),
                         .proxies = {{.name = "p", .listen = Address::of_socket(*taken)}}};
    CHECK(run_proxies(task, link) == 70);
    CHECK(why.find("Address already in use") != std::string::npos);
    ::close(*taken);
}

}  // namespace
}  // namespace shaketable::injector::proxy
