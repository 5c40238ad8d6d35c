// How true the proxy's faults are, on this machine, now: the error of a delay, and of a rate over
// five seconds. Prints; judges nothing.
//
//     proxy_accuracy [seconds of the rate]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "injector/proxy/worker.h"

namespace {

using namespace shaketable;
using namespace shaketable::injector::proxy;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A worker with one proxy and one fault, in a thread of its own.
class Stage {
  public:
    explicit Stage(faults::AnyKind fault) {
        listener_ = *listen_at(*Address::parse("127.0.0.1:0"));
        ::fcntl(listener_, F_SETFL, 0);
        worker_ = std::make_unique<Worker>(injector::LiveClock{Clock::now()}, Limits{}, 1);
        const auto made = worker_->create({.name = "p",
                                           .listen = *Address::parse("127.0.0.1:0"),
                                           .upstream = Address::of_socket(listener_)});
        if (!made || worker_->put_fault("p", {.id = "f", .kind = std::move(fault)})) std::abort();
        proxy_ = *made;
        thread_ = std::thread{[this] { worker_->io().run(); }};
        client = ::socket(AF_INET, SOCK_STREAM, 0);
        if (::connect(client, proxy_->address().data(), proxy_->address().size()) != 0)
            std::abort();
        server = ::accept(listener_, nullptr, nullptr);
    }
    ~Stage() {
        ::close(client);
        ::close(server);
        ::close(listener_);
        while (worker_->commons().open > 0) std::this_thread::sleep_for(1ms);
        worker_->io().stop();
        thread_.join();
    }
    int client = -1, server = -1;
    EdgeMeter& meter() { return proxy_->meter(); }

  private:
    int listener_ = -1;
    std::unique_ptr<Worker> worker_;
    Proxy* proxy_ = nullptr;
    std::thread thread_;
};

void print_delay(Duration delay) {
    std::vector<double> errors;
    {
        Stage stage{faults::Latency{.delay = delay}};
        char byte = 'x';
        for (int i = 0; i < 200; ++i) {
            const auto sent = Clock::now();
            (void)::send(stage.client, &byte, 1, 0);
            (void)::recv(stage.server, &byte, 1, MSG_WAITALL);
            errors.push_back(to_seconds(Clock::now() - sent - delay) * 1e3);
        }
    }
    std::sort(errors.begin(), errors.end());
    std::printf("delay %6.0f ms: error p50 %.3f ms, p99 %.3f ms (end to end)\n",
                to_seconds(delay) * 1e3, errors[errors.size() / 2],
                errors[errors.size() * 99 / 100]);
}

void print_rate(double rate, double seconds) {
    Stage stage{faults::BandwidthCap{.rate = {rate}, .per = faults::BandwidthCap::Per::connection}};
    std::thread sender{[&] {
        const std::string block(1U << 20U, 'x');
        while (::send(stage.client, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
    }};
    std::vector<char> buffer(1U << 20U);
    double bytes = 0;
    const auto start = Clock::now();
    Clock::time_point last = start;
    while (last - start < std::chrono::duration<double>(seconds)) {
        const ssize_t n = ::recv(stage.server, buffer.data(), buffer.size(), 0);
        if (n <= 0) break;
        bytes += static_cast<double>(n);
        last = Clock::now();
    }
    const double took = std::chrono::duration<double>(last - start).count();
    std::printf("rate %10.0f B/s: %+.2f %% over %.1f s\n", rate, (bytes / took / rate - 1) * 100,
                took);
    ::shutdown(stage.server, SHUT_RDWR);
    const linger reset{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(stage.server, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(std::exchange(stage.server, -1));
    sender.join();
}

}  // namespace

int main(int count, char** words) {
    const double seconds = count > 1 ? std::atof(words[1]) : 5;
    for (const Duration delay : {Duration{1ms}, Duration{5ms}, Duration{20ms}}) print_delay(delay);
    for (const double rate : {8e3, 1e6, 62.5e6}) print_rate(rate, seconds);
}
