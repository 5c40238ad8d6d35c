// Each raw request of the table to the control API, whose reader is another one: it answers for an
// address of its own, so every request that it understands is one for another host.
#include <chrono>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "tests/injector/control/rig.h"
#include "tests/injector/smuggling/payloads.h"
#include "tests/injector/smuggling/spin.h"

namespace shaketable::injector::smuggling {
namespace {

using control::ControlRig;
using proxy::Peer;

/// All that is answered until the connection ends. `ends`: the client says that nothing follows.
std::string answers_to(ControlRig& rig, std::string_view bytes, bool ends) {
    Peer peer = rig.connect();
    std::size_t sent = 0;
    spin_until(rig.rig, [&] {
        peer.read();
        sent += peer.send(bytes.substr(sent));
        return sent == bytes.size() || peer.ended || peer.was_reset;
    });
    if (ends) peer.end();
    spin_until(rig.rig, [&] {
        peer.read();
        return peer.ended || peer.was_reset;
    });
    CHECK_FALSE(peer.was_reset);
    return peer.received;
}

TEST_CASE("smuggling: the control API answers 4xx and ends, and takes no body for a request") {
    using std::chrono_literals::operator""ms;
    ControlRig rig, hasty{{.head_time = 1ms, .body_time = 1ms}};
    for (const RequestPayload& payload : request_payloads()) {
        INFO(payload.name << ": " << Catch::Detail::stringify(payload.bytes.substr(0, 400)));
        std::string received = answers_to(rig, payload.bytes, true);
        INFO(received);
        std::size_t answers = 0, requests = 0;
        while (!received.empty()) {
            const bool has_body =
                answers >= payload.arrives.size() || payload.arrives[answers].method != "HEAD";
            const control::Reply reply = control::take_reply(received, true, has_body);
            REQUIRE(reply.status >= 400);
            CHECK(reply.status < 500);
            // Nobody knows what comes behind a request that is not understood.
            const bool understood =
                reply.status == 421 || reply.body == "expected one Host header\n";
            CHECK((understood || reply.field("Connection") == "close"));
            if (reply.field("Connection") == "close") CHECK(received.empty());
            ++answers;
            requests += understood ? 1 : 0;
        }
        // `Connection: closed` means nothing in HTTP; only the proxy is that careful.
        const bool is_word = payload.name == "close within a word, then another";
        if (!payload.refusal && !payload.resets)
            CHECK(requests <= payload.answers + (is_word ? 1 : 0));
        if (answers == 0)
            CHECK(answers_to(hasty, payload.bytes, false).starts_with("HTTP/1.1 408 "));
    }
    CHECK(rig.ask("GET", "/version").status == 200);
}

}  // namespace
}  // namespace shaketable::injector::smuggling
