// Each raw answer of the table through the http proxy, to a client.
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"
#include "tests/injector/smuggling/payloads.h"
#include "tests/injector/smuggling/spin.h"

namespace shaketable::injector::smuggling {
namespace {

using proxy::Flavour;
using proxy::Peer;
using proxy::Proxy;
using proxy::Rig;
using Passes = ResponsePayload::Passes;

std::string request_text(const std::string& word) {
    const bool upgrades = word == "UPGRADE", closes = word == "CLOSE";
    std::string text = (upgrades || closes ? "GET" : word) + " / HTTP/1.1\r\nHost: a\r\n";
    if (upgrades) text += "Connection: upgrade\r\nUpgrade: x\r\n";
    if (closes) text += "Connection: close\r\n";
    return text + "\r\n";
}

/// Sends the payload `step` bytes at a time when all requests have come; what the client gets.
/// Where the proxy is to end the connection nobody else does.
Peer play_answers(Rig& rig, Proxy& proxy, const ResponsePayload& payload, std::size_t step) {
    std::string asked;
    for (const std::string& word : payload.requests) asked += request_text(word);
    Peer client = rig.connect(proxy);
    client.send(asked);
    Peer server = rig.accept();
    rig.expect(server, asked);
    const std::string bytes = payload.before + payload.behind;
    const auto look = [&] {
        server.read();
        client.read();
        return client.ended || client.was_reset;
    };
    for (std::size_t sent = 0; sent < bytes.size() && !look() && !server.was_reset;) {
        sent += server.send(std::string_view{bytes}.substr(sent, step));
        let_run(rig);
    }
    if (payload.ends) server.end();
    const bool passes = payload.passes == Passes::all;
    spin_until(rig, [&] { return look() || (passes && client.received.size() >= bytes.size()); });
    if (!client.was_reset) client.end();
    if (passes && !payload.ends) {
        spin_until(rig, [&] {
            look();
            return server.ended || server.was_reset;
        });
        server.end();
    }
    spin_until(rig, [&] { return look() && proxy.meter().open == 0; });
    return client;
}

void check_answers(Rig& rig, Proxy& proxy, const ResponsePayload& payload, std::size_t step) {
    const std::string bytes = payload.before + payload.behind;
    INFO(payload.name << " (" << step
                      << " bytes at a time): " << Catch::Detail::stringify(bytes.substr(0, 400)));
    const std::uint64_t malformed = proxy.meter().malformed;
    const Peer client = play_answers(rig, proxy, payload, step);
    INFO("received: " << client.received);
    CHECK(proxy.meter().malformed == malformed + (payload.passes == Passes::all ? 0 : 1));
    CHECK(client.was_reset == (payload.passes == Passes::reset));
    if (payload.passes == Passes::refused) {
        REQUIRE(client.received.starts_with(payload.before));
        const std::string ending = client.received.substr(payload.before.size());
        CHECK(ending.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
        CHECK(ending.find("\r\nconnection: close\r\n") != std::string::npos);
        CHECK(ending.find("HTTP/1.1", 1) == std::string::npos);
    } else if (payload.before.empty() && step < bytes.size()) {
        // The beginning of a body that turns bad later has gone on.
        CHECK(bytes.starts_with(client.received));
        CHECK(client.received.size() < bytes.size());
    } else {
        CHECK((client.received == payload.before));
    }
}

TEST_CASE("smuggling: a client gets the answers to its requests, each as it was, and no other") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    const std::vector<ResponsePayload> payloads = response_payloads();
    for (const ResponsePayload& payload : payloads)
        check_answers(rig, proxy, payload, payload.before.size() + payload.behind.size());
    CHECK(payloads.size() >= 300);
}

TEST_CASE("smuggling: answers that come byte by byte are the same answers") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    for (const ResponsePayload& payload : response_payloads())
        if (payload.is_first && payload.before.size() + payload.behind.size() < 1'000)
            check_answers(rig, proxy, payload, 1);
}

}  // namespace
}  // namespace shaketable::injector::smuggling
