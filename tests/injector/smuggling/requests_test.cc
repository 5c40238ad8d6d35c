// Each raw request of the table through the http proxy, to an upstream that reads strictly.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"
#include "tests/injector/smuggling/spin.h"
#include "tests/injector/smuggling/strict_reader.h"

namespace shaketable::injector::smuggling {
namespace {

using proxy::Flavour;
using proxy::Peer;
using proxy::Proxy;
using proxy::Rig;

/// Accepts what comes, answers each whole request with what it was, and ends its connections as
/// their requests say.
class StrictUpstream {
  public:
    explicit StrictUpstream(Rig& rig) : rig_{rig} {}

    void look() {
        int error = 0;
        if (const auto descriptor = proxy::accept_from(rig_.listener(), error))
            connections_.push_back({Peer{*descriptor}, {}, 0, false});
        for (Connection& one : connections_) serve(one);
    }
    [[nodiscard]] bool is_done() const {
        for (const Connection& one : connections_)
            if (!one.peer.ended && !one.peer.was_reset) return false;
        return true;
    }

    std::vector<Request> arrived;
    std::string sent;       ///< all answers
    std::string malformed;  ///< what could not be read
    bool has_part = false;  ///< of a request that never became whole

  private:
    struct Connection {
        Peer peer;
        StrictReader reader;
        std::size_t answered;
        bool ended;
    };

    void serve(Connection& one) {
        one.peer.read();
        one.reader.feed(one.peer.received);
        one.peer.received.clear();
        for (; one.answered < one.reader.requests().size(); ++one.answered) {
            const Request& request = one.reader.requests()[one.answered];
            arrived.push_back(request);
            std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
            if (request.method != "HEAD") answer += "an answer";
            one.peer.send(answer);
            sent += answer;
        }
        if (malformed.empty()) malformed = one.reader.malformed();
        has_part |= one.reader.has_part();
        if (one.reader.is_over() || one.peer.ended) {
            if (!std::exchange(one.ended, true)) one.peer.end();
        }
    }

    Rig& rig_;
    std::vector<Connection> connections_;
};

struct Talk {
    explicit Talk(Rig& rig) : upstream{rig} {}
    StrictUpstream upstream;
    std::string received;  ///< by the client
    bool was_reset = false;
};

/// Sends `step` bytes at a time, then waits for the answers, and ends only then, unless the proxy
/// must do that.
Talk play(Rig& rig, Proxy& proxy, const RequestPayload& payload, std::size_t step) {
    Talk talk{rig};
    Peer client = rig.connect(proxy);
    const std::string_view bytes = payload.bytes;
    const auto is_over = [&] {
        talk.upstream.look();
        client.read();
        return client.ended || client.was_reset;
    };
    for (std::size_t sent = 0; sent < bytes.size() && !is_over();) {
        sent += client.send(bytes.substr(sent, step));
        let_run(rig);
    }
    const bool ends_itself = !payload.refusal && !payload.resets;
    spin_until(rig, [&] {
        return is_over() || (ends_itself && talk.upstream.arrived.size() >= payload.answers &&
                             client.received.size() >= talk.upstream.sent.size());
    });
    client.end();
    spin_until(rig,
               [&] { return is_over() && proxy.meter().open == 0 && talk.upstream.is_done(); });
    talk.received = client.received;
    talk.was_reset = client.was_reset;
    return talk;
}

std::string to_text(const std::vector<Request>& requests) {
    std::string text;
    for (const Request& one : requests)
        text += one.method + " " + one.target + " \"" + one.body.substr(0, 200) + "\"\n";
    return text;
}

/// What the client got behind the answers of the upstream.
void check_ending(const RequestPayload& payload, const Talk& talk, bool may_reset) {
    REQUIRE(talk.received.starts_with(talk.upstream.sent));
    const std::string ending = talk.received.substr(talk.upstream.sent.size());
    if (payload.resets || (may_reset && ending.empty())) {
        CHECK(ending.empty());
        CHECK(talk.was_reset);
    } else if (payload.refusal) {
        CHECK(ending.starts_with("HTTP/1.1 " + std::to_string(*payload.refusal) + " "));
        CHECK(ending.find("\r\nconnection: close\r\n") != std::string::npos);
        CHECK(ending.find("HTTP/1.1", 1) == std::string::npos);
        CHECK_FALSE(talk.was_reset);
    } else {
        CHECK(ending.empty());
        CHECK_FALSE(talk.was_reset);
    }
}

void check(Rig& rig, Proxy& proxy, const RequestPayload& payload, std::size_t step) {
    INFO(payload.name << " (" << step << " bytes at a time): "
                      << Catch::Detail::stringify(payload.bytes.substr(0, 400)));
    const std::uint64_t malformed = proxy.meter().malformed, passed = proxy.meter().bytes[0];
    const Talk talk = play(rig, proxy, payload, step);
    INFO("received: " << talk.received);
    CHECK(to_text(talk.upstream.arrived) == to_text(payload.arrives));
    CHECK((talk.upstream.arrived == payload.arrives));
    CHECK(talk.upstream.malformed.empty());
    CHECK(proxy.meter().malformed == malformed + (payload.refusal || payload.resets ? 1 : 0));
    const bool whole = step >= payload.bytes.size();
    if (whole && payload.refusal && payload.answers == 0) CHECK(proxy.meter().bytes[0] == passed);
    check_ending(payload, talk, !whole && payload.refusal && talk.upstream.has_part);
}

TEST_CASE(
    "smuggling: a strict upstream sees the requests that a strict reader sees, and no other") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    const std::vector<RequestPayload> payloads = request_payloads();
    for (const RequestPayload& payload : payloads) check(rig, proxy, payload, payload.bytes.size());
    CHECK(payloads.size() >= 1'000);
}

TEST_CASE("smuggling: requests that come byte by byte are the same requests") {
    Rig rig;
    Proxy& proxy = rig.add(Flavour::http);
    for (const RequestPayload& payload : request_payloads())
        if (payload.is_first && payload.bytes.size() < 1'000) check(rig, proxy, payload, 1);
}

TEST_CASE("smuggling: names in the table of requests are given once") {
    std::vector<std::string> names;
    for (const RequestPayload& payload : request_payloads()) names.push_back(payload.name);
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace
}  // namespace shaketable::injector::smuggling
