// What faults do to bytes, on real sockets. Times are only ever bounded from below, but for wide
// margins.
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/injector/proxy/rig.h"

namespace shaketable::injector::proxy {
namespace {

using namespace std::chrono_literals;
using namespace faults;

struct Bed {
    Rig rig;
    Proxy& proxy = rig.add();
    Rig::Pair open() { return rig.open(proxy); }
    /// How long until `to` has received `bytes`.
    Duration carry(Peer& from, Peer& to, const std::string& bytes) {
        const auto start = std::chrono::steady_clock::now();
        std::size_t sent = 0;
        rig.until([&] {
            sent += from.send(std::string_view{bytes}.substr(sent));
            to.read();
            return to.received.size() >= bytes.size();
        });
        CHECK((to.received == bytes));
        to.received.clear();
        return std::chrono::steady_clock::now() - start;
    }
    void gone(Peer& peer) {
        rig.until([&] {
            peer.read();
            return peer.ended || peer.was_reset;
        });
    }
};

TEST_CASE("latency: holds the way it names, in order, and says how true it was") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Latency{.delay = Duration{80ms}});
    CHECK(bed.carry(client, server, "question") >= 80ms);
    CHECK(bed.carry(server, client, "answer") < 60ms);
    CHECK(bed.proxy.meter().delay_error.count() == 1);
    CHECK(bed.proxy.meter().delay_error.quantile(0.5) < 0.05);
    bed.rig.put(
        {.id = "back", .kind = Latency{.delay = Duration{80ms}, .direction = Direction::response}});
    CHECK(bed.carry(client, server, "question") >= 80ms);
    CHECK(bed.carry(server, client, "answer") >= 80ms);
}

TEST_CASE("latency: does not cap the rate") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Latency{.delay = Duration{200ms}});
    // Ten megabytes in flight at once: through 64 KiB a delay of 200 ms would take half a minute.
    const Duration took = bed.carry(client, server, std::string(10'000'000, 'x'));
    CHECK(took >= 200ms);
    CHECK(took < 5s);
    CHECK(bed.proxy.meter().stalls == 0);
    CHECK(bed.rig.worker.commons().budget.held == 0);
}

TEST_CASE("latency: bytes that wait go on at once when it is taken away") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Latency{.delay = Duration{1h}});
    client.send("patience");
    bed.rig.settle();
    server.read();
    CHECK(server.received.empty());
    bed.rig.remove();
    bed.rig.expect(server, "patience");
}

TEST_CASE("latency: its memory is bounded, and a stall is counted") {
    Rig rig{{.held_max = 200'000}};
    Proxy& proxy = rig.add();
    auto [client, server] = rig.open(proxy);
    rig.put(Latency{.delay = Duration{1h}});
    const std::string block(1U << 20U, 'x');
    for (int i = 0; i < 50; ++i) {
        client.send(block);
        rig.run_for(1ms);
    }
    CHECK(rig.worker.commons().budget.held >= 200'000);
    CHECK(rig.worker.commons().budget.held <= 200'000 + 65'536);
    CHECK(proxy.meter().stalls == 1);
}

TEST_CASE("bandwidth: bytes come at the rate, from the first to the last") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(BandwidthCap{.rate = {1e6}, .per = BandwidthCap::Per::connection});
    const Duration took = bed.carry(client, server, std::string(500'000, 'x'));
    CHECK(took >= 490ms);
    CHECK(took < 900ms);
}

TEST_CASE("bandwidth: an edge's rate is shared by its connections") {
    Bed bed;
    auto one = bed.open();
    auto two = bed.open();
    bed.rig.put(BandwidthCap{.rate = {1e6}});
    one.client.send(std::string(200'000, 'x'));
    const auto start = std::chrono::steady_clock::now();
    (void)bed.carry(two.client, two.server, std::string(200'000, 'y'));
    CHECK(std::chrono::steady_clock::now() - start >= 370ms);
}

TEST_CASE("bandwidth: a rate of 0 keeps everything until it is taken away") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(BandwidthCap{.rate = {0}, .per = BandwidthCap::Per::connection});
    client.send("kept");
    server.send("too");
    bed.rig.run_for(50ms);
    server.read();
    client.read();
    CHECK(server.received.empty());
    CHECK(client.received.empty());
    bed.rig.remove();
    bed.rig.expect(server, "kept");
    bed.rig.expect(client, "too");
}

TEST_CASE("throttle_response: slows answers and not requests") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(ThrottleResponse{.rate = {100'000}});
    CHECK(bed.carry(client, server, std::string(100'000, 'x')) < 500ms);
    CHECK(bed.carry(server, client, std::string(20'000, 'y')) >= 195ms);
}

TEST_CASE("slice: bytes arrive in pieces with pauses between them") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Slice{.size = {10}, .gap = 20ms, .direction = Direction::request});
    CHECK(bed.carry(client, server, std::string(50, 'x')) >= 80ms);
    bed.rig.remove();
    bed.rig.put(
        {.id = "g", .kind = Slice{.size = {3}, .variation = {2}, .direction = Direction::both}});
    (void)bed.carry(client, server, std::string(2'000, 'x'));
    (void)bed.carry(server, client, std::string(2'000, 'y'));
}

TEST_CASE("corrupt: one bit of a piece is another, and no byte is lost") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Corrupt{.direction = Direction::request});
    const std::string sent(100, '\0');
    client.send(sent);
    bed.rig.until([&, &s = server] {
        s.read();
        return s.received.size() == sent.size();
    });
    int bits = 0;
    for (const char c : server.received) bits += __builtin_popcount(static_cast<unsigned char>(c));
    CHECK(bits == 1);
    CHECK(bed.carry(server, client, "answers are spared") >= 0ms);
}

TEST_CASE("limit_data: so many bytes pass, and then the connection ends") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(LimitData{.bytes = {10}});
    server.send("0123");
    bed.rig.expect(client, "0123");
    server.send("456789abcdef");
    bed.gone(client);
    CHECK(client.received == "456789");
    CHECK_FALSE(client.was_reset);
    bed.gone(server);
    CHECK(bed.proxy.meter().open == 0);
}

TEST_CASE("slow_close: the end is late, the bytes are not") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(SlowClose{.delay = 100ms});
    server.send("bye");
    server.close();
    const auto start = std::chrono::steady_clock::now();
    bed.rig.expect(client, "bye");
    CHECK_FALSE(client.ended);
    bed.gone(client);
    CHECK(std::chrono::steady_clock::now() - start >= 90ms);
    CHECK_FALSE(client.was_reset);
}

TEST_CASE("blackhole: connections are taken, and no byte goes anywhere") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Blackhole{});
    Peer other = bed.rig.connect(bed.proxy);
    client.send("lost");
    other.send("lost too");
    bed.rig.run_for(50ms);
    server.read();
    CHECK(server.received.empty());
    CHECK(bed.proxy.meter().open == 2);
    bed.rig.remove();  // the streams have holes: they end
    bed.gone(client);
    bed.gone(other);
    CHECK(client.was_reset);
}

TEST_CASE("blackhole: silence can end in a reset") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Blackhole{.close_after = 60ms});
    const auto start = std::chrono::steady_clock::now();
    client.send("lost");
    bed.gone(client);
    CHECK(client.was_reset);
    CHECK(std::chrono::steady_clock::now() - start >= 55ms);
}

TEST_CASE("blackhole: who goes on sending is not spared the reset after silence") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Blackhole{.close_after = 100ms});
    const auto start = std::chrono::steady_clock::now();
    bed.rig.until([&, &c = client] {
        c.send("and another");
        c.read();
        return c.was_reset;
    });
    CHECK(std::chrono::steady_clock::now() - start >= 95ms);
}

TEST_CASE("blackhole: a silence that is made shorter ends sooner for who is in it already") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Blackhole{.close_after = 1h});
    client.send("lost");
    bed.rig.settle();
    bed.rig.put(Blackhole{.close_after = 50ms});
    bed.gone(client);
    CHECK(client.was_reset);
}

TEST_CASE("refuse: nobody listens, who is connected goes on, and it ends") {
    Bed bed;
    auto [client, server] = bed.open();
    const Address address = bed.proxy.address();
    bed.rig.put(Refuse{});
    CHECK_FALSE(try_connect(address));
    (void)bed.carry(client, server, "still here");
    bed.rig.remove();
    CHECK(bed.proxy.address() == address);
    auto again = bed.open();
    (void)bed.carry(again.client, again.server, "back");
}

TEST_CASE("reset: hits who is connected already, and new ones at once") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Reset{});
    bed.gone(client);
    bed.gone(server);
    CHECK(client.was_reset);
    CHECK(server.was_reset);
    Peer late = bed.rig.connect(bed.proxy);
    bed.gone(late);
    CHECK(late.was_reset);
}

TEST_CASE("reset: spares existing connections where it should, and can wait") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(Reset{.existing = false, .after = 50ms});
    (void)bed.carry(client, server, "spared");
    const auto start = std::chrono::steady_clock::now();
    Peer late = bed.rig.connect(bed.proxy);
    bed.gone(late);
    CHECK(late.was_reset);
    CHECK(std::chrono::steady_clock::now() - start >= 45ms);
}

TEST_CASE("live fault: on one way alone it leaves the other alone") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put({.id = "down",
                 .kind = BandwidthCap{.rate = {0}, .per = BandwidthCap::Per::connection},
                 .way = Way::response});
    (void)bed.carry(client, server, "up is free");
    server.send("down is not");
    bed.rig.run_for(30ms);
    client.read();
    CHECK(client.received.empty());
}

TEST_CASE("live fault: toxicity picks connections, and other faults do not change whom") {
    Bed bed;
    bed.rig.put({.id = "tox", .kind = Blackhole{}, .toxicity = {0.5}});
    std::vector<Peer> clients;
    const auto hit = [&] {
        // A connection that is hit is never dialled.
        std::vector<bool> hits;
        clients.clear();
        for (int i = 0; i < 40; ++i) {
            clients.push_back(bed.rig.connect(bed.proxy));
            bed.rig.settle();
        }
        return bed.proxy.meter().open;
    };
    CHECK(hit() == 40);
    const Sky sky{{}, 1, 0, "p"};
    Sky one = sky, two = sky;
    one.put({.id = "tox", .kind = Blackhole{}, .toxicity = {0.5}}, Time{});
    two.put({.id = "other", .kind = Latency{.delay = Duration{1ms}}}, Time{});
    two.put({.id = "tox", .kind = Blackhole{}, .toxicity = {0.5}}, Time{});
    int swallowed = 0;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        const Crossing crossing{.ordinal = i, .connection = i};
        const Fate fate = one.judge(0, crossing).fate;
        CHECK(two.judge(0, crossing).fate == fate);
        CHECK(one.judge_again(0, crossing).fate == fate);
        swallowed += fate == Fate::swallow ? 1 : 0;
    }
    CHECK(swallowed > 400);
    CHECK(swallowed < 600);
}

TEST_CASE("live fault: taking one away is quick, however many peers are stalled") {
    Bed bed;
    std::vector<Rig::Pair> pairs;
    for (int i = 0; i < 1'000; ++i) {
        pairs.push_back(bed.open());
        pairs.back().client.send("wait");
    }
    bed.rig.put(
        {.id = "stall", .kind = BandwidthCap{.rate = {0}, .per = BandwidthCap::Per::connection}});
    for (Rig::Pair& pair : pairs) pair.client.send(std::string(1'000, 'x'));
    bed.rig.settle();
    auto start = std::chrono::steady_clock::now();
    bed.rig.put({.id = "more", .kind = Latency{.delay = Duration{5ms}}});
    CHECK(std::chrono::steady_clock::now() - start < 500ms);
    start = std::chrono::steady_clock::now();
    bed.rig.remove("stall");
    bed.rig.remove("more");
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(took < 500ms);
    for (Rig::Pair& pair : pairs)
        bed.rig.until([&] {
            pair.server.read();
            return pair.server.received.size() == 1'004;
        });
}

TEST_CASE("live fault: who changes one does not wait for the bytes that it makes room for") {
    Bed bed;
    auto [client, server] = bed.open();
    bed.rig.put(
        {.id = "stall", .kind = BandwidthCap{.rate = {0}, .per = BandwidthCap::Per::connection}});
    const std::string block(1U << 20U, 'x');
    for (int idle = 0; idle < 20;) {  // until kernel and proxy are full
        idle = client.send(block) == 0 ? idle + 1 : 0;
        bed.rig.run_for(2ms);
    }
    const std::size_t& held = bed.rig.worker.commons().budget.held;
    const std::size_t before = held;
    REQUIRE(before >= 65'536);
    REQUIRE(before <= 2 * 65'536);
    bed.rig.put({.id = "late", .kind = Latency{.delay = Duration{1h}}});
    CHECK(held == before);
    bed.rig.until([&] { return held > before + 1'000'000; });
}

TEST_CASE("live fault: what a proxy cannot do is refused, and says why") {
    Bed bed;
    const auto refused = [&](AnyKind kind) {
        return bed.rig.worker.put_fault("p", {.id = "f", .kind = std::move(kind)});
    };
    CHECK(refused(Loss{.share = Share{0.5}})->code == "E114");
    CHECK(refused(Crash{})->code == "E114");
    CHECK(refused(Error{})->hint.find("http") != std::string::npos);
    CHECK(refused(Tamper{.body = ""})->code == "E114");
    CHECK(refused(Slice{})->field == "size");
    CHECK(bed.rig.worker.put_fault("nobody", {.id = "f", .kind = Reset{}})->code == "E101");
    CHECK(bed.rig.worker.remove_fault("p", "f")->code == "E101");
    bed.rig.put(Refuse{});
    CHECK(refused(Reset{})->code == "E114");
}

TEST_CASE("worker: proxies come, go, stop, move and are listed by name") {
    Rig rig;
    Proxy& proxy = rig.add();
    const Address address = proxy.address();
    auto [client, server] = rig.open(proxy);
    CHECK(rig.worker.create({.name = "p"}).error().code == "E105");
    CHECK(rig.worker.create({.name = "q", .listen = address}).error().code == "E001");
    REQUIRE_FALSE(rig.worker.set_enabled("p", false));
    rig.until([&, &c = client] {
        c.read();
        return c.was_reset;
    });
    CHECK_FALSE(try_connect(address));
    REQUIRE_FALSE(rig.worker.set_enabled("p", true));
    CHECK(proxy.address() == address);
    auto again = rig.open(proxy);
    rig.put(Latency{.delay = Duration{1ms}});
    REQUIRE_FALSE(rig.worker.move("p", *Address::parse("127.0.0.1:0"), rig.upstream));
    CHECK_FALSE(proxy.address() == address);
    CHECK(proxy.sky().list().size() == 1);
    REQUIRE_FALSE(rig.worker.reset());
    CHECK(proxy.sky().list().empty());
    rig.add({.name = "a", .listen = *Address::parse("127.0.0.1:0")});
    CHECK(rig.worker.list().front()->settings().name == "a");
    REQUIRE_FALSE(rig.worker.remove("p"));
    CHECK(rig.worker.remove("p")->code == "E101");
    CHECK(rig.worker.find("p") == nullptr);
}

}  // namespace
}  // namespace shaketable::injector::proxy
