// A stand-in that calls: what it passes on, to whom, and what comes back.
#include "tests/injector/live.h"
#include "tests/injector/peer.h"

namespace shaketable::injector {
namespace {

const std::string front_and_back =
    "schema: shaketable/v1\nname: t\nrun: {duration: 20s}\nservices:\n"
    "  back:\n    endpoints:\n      take: {http: PUT /take, steps: [{work: 1ms}]}\n"
    "  front:\n    endpoints:\n"
    "      get: {http: GET /get, steps: [{call: back.take, policy: p, size: 5B}]}\n"
    "policies:\n  p: {timeout: 10s, deadline: propagate}\n"
    "workload:\n  users: {call: front.get, arrivals: constant(1/s)}\n";

/// The stand-in `front`, and a `back` by hand.
struct Chain {
    Chain() : back{listen_on_loopback()} {
        const model::Model& model = run.model();
        AddressBook addresses = run.addresses();
        for (std::uint32_t r = 0; r < model.replicas.size(); ++r)
            if (model.services[model.replicas[r].service].name == "front") front = r;
        for (std::uint32_t route = 0; route < model.routes.size(); ++route)
            addresses.set(route, 1 - front, address_of(back));
        run.set_addresses(addresses);
        to = run.address(front);
        run.processes().reserve(1);
        run.start_standin(front);
        run.wait_until(std::chrono::milliseconds{1});
    }
    live::Run run{live::scenario_of(front_and_back)};
    Descriptor back;
    std::uint32_t front = 0;
    sockaddr_in to{};
};

TEST_CASE("chain: a call carries the trace, a deadline, its edge and its size") {
    Chain chain;
    Peer user{chain.to};
    user.send(
        "GET /get HTTP/1.1\r\nhost: front\r\ntraceparent: "
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
    Peer callee{chain.back};
    const std::string head = callee.receive_head();
    CHECK(head.starts_with("PUT /take HTTP/1.1\r\nhost: back\r\n"));
    CHECK(head.find("content-length: 5\r\n") != std::string::npos);
    CHECK(head.find("traceparent: 00-0af7651916cd43dd8448eb211c80319c-") != std::string::npos);
    CHECK(head.find("b7ad6b7169203331") == std::string::npos);  // a span of its own
    CHECK(head.find("x-shaketable-edge: ") != std::string::npos);
    CHECK(head.find("x-shaketable-deadline: ") != std::string::npos);
    CHECK(head.find("x-shaketable-patience: ") != std::string::npos);
    CHECK(callee.receive_until("xxxxx") == "xxxxx");
    callee.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    CHECK(user.receive_head().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("chain: a callee's error fails the request with its status") {
    Chain chain;
    Peer user{chain.to};
    user.send("GET /get HTTP/1.1\r\nhost: front\r\n\r\n");
    Peer callee{chain.back};
    (void)callee.receive_head();
    callee.send("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nabc");
    CHECK(user.receive_head().starts_with("HTTP/1.1 502 "));
}

TEST_CASE("chain: the connection to a callee is kept and used again") {
    Chain chain;
    Peer user{chain.to};
    user.send("GET /get HTTP/1.1\r\nhost: front\r\n\r\n");
    Peer callee{chain.back};
    for (int n = 0; n < 3; ++n) {
        (void)callee.receive_until("xxxxx");
        // An interim answer is not the answer.
        callee.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        CHECK(user.receive_head().starts_with("HTTP/1.1 200 "));
        user.send("GET /get HTTP/1.1\r\nhost: front\r\n\r\n");
    }
}

TEST_CASE("chain: a connection that breaks before its answer is unreachable, another is made") {
    Chain chain;
    Peer user{chain.to};
    for (const char* answer :
         {"", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", "garbage\r\n\r\n"}) {
        user.send("GET /get HTTP/1.1\r\nhost: front\r\n\r\n");
        Peer callee{chain.back};
        (void)callee.receive_until("xxxxx");
        callee.send(answer);
        callee.close();
        CHECK(user.receive_head().starts_with("HTTP/1.1 503 "));
    }
    REQUIRE(chain.run.processes()[0].channel.send(MessageKind::stop));
    const reports::Repeat part = chain.run.part_of(chain.run.processes()[0]);
    std::uint64_t unreachable = 0;
    for (const reports::Segment& segment : part.segments)
        for (const reports::FlowTotals& flow : segment.flows)
            unreachable += flow.tries[static_cast<std::size_t>(Outcome::unreachable)];
    CHECK(unreachable == 3);
}

TEST_CASE("chain: an answer that closes its connection is an answer") {
    Chain chain;
    Peer user{chain.to};
    for (int n = 0; n < 2; ++n) {
        user.send("GET /get HTTP/1.1\r\nhost: front\r\n\r\n");
        Peer callee{chain.back};
        (void)callee.receive_until("xxxxx");
        callee.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        callee.close();
        CHECK(user.receive_head().starts_with("HTTP/1.1 200 "));
    }
}

}  // namespace
}  // namespace shaketable::injector
