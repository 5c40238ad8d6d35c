#include "injector/standin/standin.h"

#include <algorithm>
#include <list>

#include <sys/resource.h>

#include "tests/injector/live.h"
#include "tests/injector/peer.h"

namespace shaketable::injector {
namespace {

/// One service, `shop`, with these lines below `endpoints:` and these settings.
std::string shop(const std::string& endpoints, const std::string& settings = "workers: 4") {
    return "schema: shaketable/v1\nname: t\nrun: {duration: 20s}\nservices:\n  shop:\n    " +
           settings + "\n    endpoints:\n" + endpoints +
           "workload:\n  users: {call: shop.buy, arrivals: constant(1/s), size: 10B, response: "
           "3B}\n";
}

std::string get(const std::string& path, const std::string& headers = {}) {
    return "GET " + path + " HTTP/1.1\r\nhost: shop\r\n" + headers + "\r\n";
}

/// A running stand-in of `shop`.
struct Shop {
    explicit Shop(const std::string& text) : run{live::scenario_of(text)} {
        to = run.address(0);
        run.processes().reserve(4);
        run.start_standin(0);
        const auto ready = process().channel.wait_for_message(std::chrono::seconds{10});
        REQUIRE(ready.has_value());
        REQUIRE(ready->kind == MessageKind::ready);
        run.wait_until(std::chrono::milliseconds{1});
    }
    live::Process& process() { return run.processes().front(); }
    /// Stops it and returns what it has counted.
    reports::ServiceTotals counted() {
        REQUIRE(process().channel.send(MessageKind::stop));
        return live::service(run.part_of(process()), 0);
    }
    live::Run run;
    sockaddr_in to{};
};

const std::string at_once = "      buy: {http: GET /buy, steps: [{work: 0ms}]}\n";

TEST_CASE("stand-in: says that it is well, and what it has counted") {
    Shop shop{injector::shop(at_once)};
    Peer peer{shop.to};
    peer.send(get("/healthz"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 200 OK\r\n"));
    peer.send(get("/buy"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 200 OK\r\n"));
    peer.send(get("/metrics"));
    const std::string page = peer.receive_until("calls_settled_total counter\n");
    CHECK(page.find("# TYPE shaketable_requests_arrived_total counter\n"
                    "shaketable_requests_arrived_total{service=\"shop\",replica=\"0\"} 1\n") !=
          std::string::npos);
    const reports::ServiceTotals counted = shop.counted();
    CHECK(counted.arrived == 1);  // checks and metrics are no requests
    CHECK(counted.completed == 1);
}

TEST_CASE(
    "stand-in: answers with the size that the caller's edge has, by method and path or edge") {
    Shop shop{injector::shop(at_once)};
    Peer peer{shop.to};
    peer.send(get("/buy"));
    CHECK(peer.receive_head().find("content-length: 0\r\n") != std::string::npos);
    peer.send(get("/anything", "x-shaketable-edge: 0\r\n"));
    CHECK(peer.receive_head().find("content-length: 3\r\n") != std::string::npos);
    CHECK(peer.receive_until("xxx") == "xxx");
    peer.send(get("/nothing"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 404 "));
    peer.send(get("/buy", "x-shaketable-edge: 999\r\n"));
    CHECK(peer.receive_head().find("content-length: 0\r\n") != std::string::npos);
}

TEST_CASE("stand-in: requests in one piece are answered in order; a last one closes") {
    Shop shop{injector::shop(at_once)};
    Peer peer{shop.to};
    peer.send(get("/buy") + get("/none") + get("/buy", "connection: close\r\n"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 200 "));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 404 "));
    const std::string last = peer.receive_head();
    CHECK(last.starts_with("HTTP/1.1 200 "));
    CHECK(last.find("connection: close\r\n") != std::string::npos);
    CHECK(peer.is_closed());
}

TEST_CASE("stand-in: what is not HTTP is told so, and the connection ends") {
    Shop shop{injector::shop(at_once)};
    for (const char* text :
         {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"}) {
        Peer peer{shop.to};
        peer.send(text);
        CHECK(peer.receive_head().starts_with("HTTP/1.1 400 "));
        CHECK(peer.is_closed());
    }
    Peer gone{shop.to};
    gone.send("GET /buy HT");
    gone.close();
    Peer peer{shop.to};
    peer.send(get("/buy"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("stand-in: a full queue and a passed deadline refuse, and say so") {
    const std::string slow =
        "      buy: {http: GET /buy, steps: [{work: 10s}]}\n"
        "      look: {http: GET /look, steps: [{work: 0ms}]}\n";
    Shop shop{injector::shop(slow, "workers: 1\n    queue: 1")};
    Peer a{shop.to}, b{shop.to}, c{shop.to};
    a.send(get("/buy"));
    Peer check{shop.to};
    check.send(get("/healthz"));  // so that the first is in service before the others come
    (void)check.receive_head();
    b.send(get("/buy"));
    check.send(get("/healthz"));
    (void)check.receive_head();
    c.send(get("/buy"));
    const std::string full = c.receive_head();
    CHECK(full.starts_with("HTTP/1.1 503 "));
    CHECK(full.find("x-shaketable-outcome: queue-full\r\n") != std::string::npos);
    c.send(get("/buy", "x-shaketable-deadline: 0\r\n"));
    CHECK(c.receive_head().find("x-shaketable-outcome: expired\r\n") != std::string::npos);
    const reports::ServiceTotals counted = shop.counted();
    CHECK(counted.arrived == 4);
    CHECK(counted.admitted == 2);
    CHECK(counted.refused[static_cast<std::size_t>(Outcome::queue_full)] == 1);
    CHECK(counted.refused[static_cast<std::size_t>(Outcome::expired)] == 1);
}

/// The order in which requests are answered that came one after the other while the only worker was
/// busy. Empty: two answers were seen at once, so the order is not known.
std::vector<std::size_t> order_of_service(const std::string& discipline) {
    Shop shop{
        injector::shop("      hold: {http: GET /hold, steps: [{wait: 700ms}]}\n"
                       "      buy: {http: GET /buy, steps: [{wait: 20ms}]}\n",
                       "workers: 1\n    queue: {limit: 20, discipline: " + discipline + "}")};
    Peer check{shop.to};
    std::list<Peer> peers;
    std::vector<pollfd> waiting;
    for (int i = 0; i < 8; ++i) {
        peers.emplace_back(shop.to).send(get(i == 0 ? "/hold" : "/buy"));
        waiting.push_back({peers.back().descriptor(), POLLIN, 0});
        check.send(get("/healthz"));  // it has been read before the next one comes
        (void)check.receive_head();
    }
    std::vector<std::size_t> order;
    while (order.size() < waiting.size()) {
        if (::poll(waiting.data(), waiting.size(), 10'000) != 1) return {};
        for (std::size_t i = 0; i < waiting.size(); ++i)
            if (waiting[i].revents != 0) {
                order.push_back(i);
                waiting[i].fd = -1;
            }
    }
    return order;
}

TEST_CASE("stand-in: who waits is served first come, last come, or by lot, as the queue says") {
    const auto served = [](const std::string& discipline) {
        std::vector<std::size_t> order;
        for (int attempt = 0; attempt < 20 && order.empty(); ++attempt)
            order = order_of_service(discipline);
        return order;
    };
    const std::vector<std::size_t> first{0, 1, 2, 3, 4, 5, 6, 7}, last{0, 7, 6, 5, 4, 3, 2, 1};
    CHECK(served("fifo") == first);
    CHECK(served("lifo") == last);
    std::vector<std::size_t> by_lot = served("random");
    CHECK(by_lot != first);
    CHECK(by_lot != last);
    std::sort(by_lot.begin(), by_lot.end());
    CHECK(by_lot == first);  // each once
}

TEST_CASE("stand-in: steps that take no time: loop, choose, fork, lock, reply, fail") {
    Shop shop{injector::shop(
        "      buy: {http: GET /buy, steps: [{loop: {times: 3, steps: [{work: 0ms}]}}, {lock: a}, "
        "{unlock: a}, {parallel: [[{work: 0ms}], [{work: 0ms}]]}, {reply: 202}, {work: 0ms}]}\n"
        "      bad: {http: GET /bad, steps: [{fail: 418}]}\n"
        "      any: {http: GET /any, steps: [{any: [[{fail: 500}], [{work: 0ms}]]}]}\n"
        "      all: {http: GET /all, steps: [{parallel: [[{fail: 507}], [{work: 0ms}]]}]}\n")};
    Peer peer{shop.to};
    const auto status = [&](const char* path) {
        peer.send(get(path));
        return peer.receive_head().substr(9, 3);
    };
    CHECK(status("/buy") == "202");
    CHECK(status("/bad") == "418");
    CHECK(status("/any") == "200");
    CHECK(status("/all") == "507");
    const reports::ServiceTotals counted = shop.counted();
    CHECK(counted.arrived == 4);
    CHECK(counted.completed == 4);
}

TEST_CASE("stand-in: who commits a row after another has is answered with 409") {
    Shop shop{injector::shop(
        "      buy: {http: GET /buy, steps: [{optimistic: {row: a, steps: [{wait: 300ms}]}}]}\n"
        "      see: {http: GET /see, steps: [{optimistic: {row: a, steps: []}}]}\n")};
    Peer slow{shop.to}, fast{shop.to};
    slow.send(get("/buy"));
    fast.send(get("/see"));
    CHECK(fast.receive_head().substr(9, 3) == "200");
    CHECK(slow.receive_head().substr(9, 3) == "409");
    CHECK(shop.counted().completed == 2);
}

TEST_CASE("stand-in: who closes while it waits has left; running work goes on without a policy") {
    Shop shop{injector::shop("      buy: {http: GET /buy, steps: [{work: 50ms}]}\n",
                             "workers: 1\n    queue: 10")};
    Peer check{shop.to};
    {
        Peer a{shop.to}, b{shop.to};
        a.send(get("/buy"));
        check.send(get("/healthz"));
        (void)check.receive_head();
        b.send(get("/buy"));
        check.send(get("/healthz"));
        (void)check.receive_head();
    }
    check.send(get("/buy"));
    CHECK(check.receive_head().starts_with("HTTP/1.1 200 "));
    const reports::ServiceTotals counted = shop.counted();
    CHECK(counted.arrived == 3);
    CHECK(counted.cancelled == 1);  // the one that queued
    CHECK(counted.completed == 2);
    CHECK(counted.wasted == 1);  // the one in service
}

TEST_CASE("stand-in: done after its caller's patience, it was done for nobody") {
    Shop shop{injector::shop("      buy: {http: GET /buy, steps: [{work: 5ms}]}\n")};
    Peer peer{shop.to};
    peer.send(get("/buy", "x-shaketable-patience: 1\r\n"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 200 "));
    CHECK(shop.counted().wasted == 1);
}

TEST_CASE("stand-in: burning does the work with a processor") {
    live::Run run{live::scenario_of(shop("      buy: {http: GET /buy, steps: [{work: 200ms}]}\n")),
                  {.burn = true}};
    const sockaddr_in to = run.address(0);
    live::Process& process = run.start_standin(0);
    Peer peer{to};
    peer.send(get("/buy"));
    CHECK(peer.receive_head().starts_with("HTTP/1.1 200 "));
    REQUIRE(process.channel.send(MessageKind::crash));
    const reports::ServiceTotals counted = live::service(run.part_of(process), 0);
    CHECK(counted.completed == 1);
    rusage used{};
    REQUIRE(::wait4(process.pid, nullptr, 0, &used) == process.pid);
    run.processes().clear();
    const auto burnt = std::chrono::seconds{used.ru_utime.tv_sec} +
                       std::chrono::microseconds{used.ru_utime.tv_usec};
    CHECK(burnt >= std::chrono::milliseconds{150});  // the kernel counts in ticks
}

TEST_CASE("stand-in: told of its crash, it counts what it had in hand as lost") {
    Shop shop{injector::shop("      buy: {http: GET /buy, steps: [{work: 10s}]}\n")};
    Peer peer{shop.to}, check{shop.to};
    peer.send(get("/buy"));
    check.send(get("/healthz"));
    (void)check.receive_head();
    REQUIRE(shop.process().channel.send(MessageKind::crash));
    const reports::ServiceTotals counted = live::service(shop.run.part_of(shop.process()), 0);
    CHECK(counted.lost == 1);
    CHECK(counted.busy_max == 1);
    CHECK(peer.is_closed());
}

}  // namespace
}  // namespace shaketable::injector
