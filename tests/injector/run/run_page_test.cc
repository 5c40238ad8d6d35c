// What a run shows of itself while it goes on, over a real loopback socket.
#include "injector/run/run_page.h"

#include <nlohmann/json.hpp>

#include "tests/injector/live.h"

namespace shaketable::injector {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* page_scenario = R"(schema: shaketable/v1
name: page
run: {duration: 60s, seed: 1}
services:
  web: {endpoints: {get: {steps: [{call: db.get}]}}}
  db: {endpoints: {get: {steps: [{wait: 1ms}]}}}
workload: {users: {call: web.get, arrivals: constant(50/s)}}
faults: [{id: far, at: 2s, for: 2s, fault: latency, target: web -> db, delay: 20ms}]
)";

class PageRig {
  public:
    PageRig() { REQUIRE_FALSE(page.listen(*proxy::Address::parse("127.0.0.1:0"))); }
    /// Everybody's figures of the step that ends then.
    void add_step(int second, std::uint32_t failed) {
        LiveSample sample;
        sample.at = Time{seconds{second}};
        sample.flows.resize(plan.model.flows.size());
        for (reports::FlowSample& flow : sample.flows)
            flow = {.started = 50,
                    .succeeded = 50 - failed,
                    .failed = failed,
                    .attempts = 60,
                    .p50 = 0.01F,
                    .p99 = 0.125F,
                    .retries = 10};
        watch.add(sample);
    }
    int connect() const {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(::connect(fd, page.address().data(), page.address().size()) == 0);
        return fd;
    }
    void send(int fd, const std::string& request) const {
        REQUIRE(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0);
    }
    /// The page has its moments until `ending` has come.
    std::string receive_until(int fd, const std::string& ending, Time now) {
        std::string received;
        const auto until = std::chrono::steady_clock::now() + seconds{10};
        while (received.find(ending) == std::string::npos) {
            REQUIRE(std::chrono::steady_clock::now() < until);
            page.poll(now);
            char bytes[4096];
            const ssize_t n = ::recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
            if (n > 0) received.append(bytes, static_cast<std::size_t>(n));
            if (n == 0) break;
        }
        return received;
    }
    std::string ask(const std::string& line, Time now, const std::string& more = "") {
        const int fd = connect();
        send(fd, line + " HTTP/1.1\r\nHost: " + page.address().print() + "\r\n" + more +
                     "Content-Length: 0\r\nConnection: close\r\n\r\n");
        std::string answer = receive_until(fd, "never comes", now);
        ::close(fd);
        return answer;
    }

    Plan plan = *make_plan(live::scenario_of(page_scenario), {}, {.stand_ins = true});
    Watch watch{plan};
    RunPage page{plan, watch, LiveClock{std::chrono::steady_clock::now()}};
};

bool has(const std::string& whole, const std::string& part) {
    return whole.find(part) != std::string::npos;
}

TEST_CASE("run page: metrics are sums over the steps that are complete, and what acts now") {
    PageRig rig;
    rig.add_step(1, 0);
    rig.add_step(2, 20);
    const std::string one = rig.ask("GET /metrics", Time{milliseconds{1500}});
    CHECK(has(one, "200 OK"));
    CHECK(has(one,
              "shaketable_run_calls_started_total{caller=\"web\",service=\"db\","
              "endpoint=\"get\"} 50\n"));
    CHECK(has(one, "shaketable_run_fault_active{fault=\"far\"} 0\n"));
    const std::string two = rig.ask("GET /metrics", Time{milliseconds{2500}});
    CHECK(has(two,
              "shaketable_run_calls_failed_total{caller=\"users\",service=\"web\","
              "endpoint=\"get\"} 20\n"));
    CHECK(has(two,
              "shaketable_run_retries_total{caller=\"web\",service=\"db\","
              "endpoint=\"get\"} 20\n"));
    CHECK(has(two,
              "shaketable_run_latency_p99_seconds{caller=\"web\",service=\"db\","
              "endpoint=\"get\"} 0.125\n"));
    CHECK(has(two, "shaketable_run_fault_active{fault=\"far\"} 1\n"));
    CHECK(has(two, "shaketable_run_seconds 2.5\n"));
}

TEST_CASE("run page: who listens to events gets the steps that were, and each that comes") {
    PageRig rig;
    rig.add_step(1, 0);
    rig.page.poll(Time{milliseconds{1500}});
    const int fd = rig.connect();
    rig.send(fd, "GET /events HTTP/1.1\r\nHost: " + rig.page.address().print() + "\r\n\r\n");
    const std::string first = rig.receive_until(fd, "\n\n", Time{milliseconds{1600}});
    CHECK(has(first, "text/event-stream"));
    CHECK(has(first, "id: 1\nevent: step\ndata: {"));
    rig.add_step(2, 5);
    rig.add_step(3, 5);
    const std::string later =
        rig.receive_until(fd, "id: 3\nevent: step\n", Time{milliseconds{3300}});
    CHECK(has(later, "id: 2\n"));
    const std::size_t at = later.find("data: ");
    const auto step = nlohmann::json::parse(later.substr(at + 6, later.find('\n', at) - at - 6));
    CHECK(step["at"] == 2.0);
    CHECK(step["flows"][0]["failed"] == 5);
    CHECK(step["faults"].empty());
    ::close(fd);
}

TEST_CASE("run page: POST /v1/stop asks for the end, and nothing else does") {
    PageRig rig;
    CHECK(has(rig.ask("GET /v1/stop", Time{}), "405"));
    CHECK(has(rig.ask("POST /metrics", Time{}), "405"));
    CHECK(has(rig.ask("POST /v1/stop", Time{}, "Origin: http://evil.example\r\n"), "403"));
    CHECK(has(rig.ask("GET /proxies", Time{}), "404"));
    CHECK_FALSE(rig.page.is_stop_wanted());
    CHECK(has(rig.ask("POST /v1/stop", Time{}), "202"));
    CHECK(rig.page.is_stop_wanted());
}

TEST_CASE("run page: it listens on this machine only") {
    PageRig rig;
    RunPage other{rig.plan, rig.watch, LiveClock{std::chrono::steady_clock::now()}};
    CHECK(other.listen(*proxy::Address::parse("0.0.0.0:0"))->code == "E304");
}

}  // namespace
}  // namespace shaketable::injector
