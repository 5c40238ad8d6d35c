// What a proxy costs: our worker beside HAProxy in tcp mode, each a process of its own, in one run
// on one machine. CPU time is what the kernel charges the proxy's process; load and upstream are
// not in it.
//
//     compare_proxies [seconds per measurement]
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injector/proxy/worker.h"

namespace {

using Clock = std::chrono::steady_clock;
using shaketable::injector::LiveClock;
namespace proxy = shaketable::injector::proxy;

double seconds_each = 3;

[[noreturn]] void give_up(const std::string& what) {
    std::perror(what.c_str());
    std::exit(1);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::uint16_t port_of(int descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

int listening() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(0);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(descriptor, 4096) != 0)
        give_up("listen");
    return descriptor;
}

/// `number` spreads many connections over source addresses.
int connected(std::uint16_t port, unsigned number = 0) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in source = loopback(0);
    source.sin_addr.s_addr = htonl(0x7F000202U + number % 8);
    ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    ::bind(descriptor, reinterpret_cast<const sockaddr*>(&source), sizeof source);
    const sockaddr_in address = loopback(port);
    for (int tries = 0; tries < 200; ++tries) {
        if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            return descriptor;
        if (errno != ECONNREFUSED) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    give_up("connect");
}

void send_all(int descriptor, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t n = ::send(descriptor, bytes, size, MSG_NOSIGNAL);
        if (n <= 0) give_up("send");
        bytes += n;
        size -= static_cast<std::size_t>(n);
    }
}

/// A process of ours, killed at the end of its life.
class Process {
  public:
    explicit Process(const std::function<void()>& run) : pid_{::fork()} {
        if (pid_ == 0) {
            run();
            ::_exit(0);
        }
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    /// CPU time so far, to the nanosecond.
    [[nodiscard]] double cpu_seconds() const {
        std::ifstream file{"/proc/" + std::to_string(pid_) + "/schedstat"};
        double nanoseconds = 0;
        file >> nanoseconds;
        return nanoseconds * 1e-9;
    }
    [[nodiscard]] double resident_kib() const {
        std::ifstream file{"/proc/" + std::to_string(pid_) + "/smaps_rollup"};
        std::string word;
        while (file >> word)
            if (word == "Rss:") {
                double kib = 0;
                file >> kib;
                return kib;
            }
        return 0;
    }

  private:
    pid_t pid_;
};

// 64 bytes are answered by 256, with and without HTTP.
const std::string question_tcp(64, 'q');
const std::string answer_tcp(256, 'a');
const std::string question_http =
    "GET /bench/of/a/proxy/request HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";
const std::string answer_http =
    "HTTP/1.1 200 OK\r\nContent-Length: 216\r\n\r\n" + std::string(216, 'a');

/// Answers each message of 64 bytes by one of 256; reads everything else away. Its price is
/// nobody's figure, but with 9,500 connections it must not look at each of them for each message.
void serve_upstream(int listener) {
    const int waiting = ::epoll_create1(0);
    const auto watch = [&](int fd) {
        epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
        ::epoll_ctl(waiting, EPOLL_CTL_ADD, fd, &event);
    };
    watch(listener);
    std::vector<char> buffer(1U << 20U);
    std::array<epoll_event, 64> ready;
    while (true) {
        const int count = ::epoll_wait(waiting, ready.data(), static_cast<int>(ready.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int fd = ready[static_cast<std::size_t>(i)].data.fd;
            if (fd == listener) {
                const int client = ::accept(listener, nullptr, nullptr);
                const int on = 1;
                ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                watch(client);
                continue;
            }
            const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
            const std::string& answer = buffer[0] == 'G' ? answer_http : answer_tcp;
            if (n == 64) send_all(fd, answer.data(), answer.size());
            if (n <= 0) ::close(fd);
        }
    }
}

void run_ours(int listener, std::uint16_t upstream, proxy::Flavour flavour) {
    proxy::Worker worker{LiveClock{Clock::now()}, {}, 1};
    const auto made = worker.create(
        {.name = "bench",
         .flavour = flavour,
         .descriptor = listener,
         .upstream = *proxy::Address::parse("127.0.0.1:" + std::to_string(upstream))});
    if (made) worker.io().run();
}

void run_haproxy(std::uint16_t port, std::uint16_t upstream) {
    // By its descriptor, which the kernel takes away with the process that it becomes.
    const int config = ::memfd_create("haproxy.cfg", 0);
    const std::string path = "/proc/self/fd/" + std::to_string(config);
    std::ofstream{path} << "global\n  maxconn 9500\n  nbthread 1\n"
                           "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n"
                           "  timeout server 1h\n"
                           "listen bench\n  bind 127.0.0.1:"
                        << port << "\n  server one 127.0.0.1:" << upstream << "\n";
    ::execlp("haproxy", "haproxy", "-db", "-q", "-f", path.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
}

struct Cost {
    double request_us = 0, bulk_ns = 0, connection_us = 0, idle_kib = 0;
};

Clock::time_point soon() {
    return Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds_each));
}

double measure_requests(const Process& process, std::uint16_t port,
                        const std::string& question = question_tcp) {
    const int client = connected(port);
    char answer[256];
    const double before = process.cpu_seconds();
    double requests = 0;
    for (const auto end = soon(); Clock::now() < end; ++requests) {
        send_all(client, question.data(), question.size());
        if (::recv(client, answer, sizeof answer, MSG_WAITALL) != sizeof answer) give_up("recv");
    }
    ::close(client);
    return (process.cpu_seconds() - before) / requests * 1e6;
}

double measure_bulk(const Process& process, std::uint16_t port) {
    const int client = connected(port);
    const std::vector<char> block(1U << 20U, 'b');
    const double before = process.cpu_seconds();
    double bytes = 0;
    for (const auto end = soon(); Clock::now() < end; bytes += static_cast<double>(block.size()))
        send_all(client, block.data(), block.size());
    ::close(client);
    return (process.cpu_seconds() - before) / bytes * 1e9;
}

double measure_connections(const Process& process, std::uint16_t port) {
    const std::string& question = question_tcp;
    char answer[256];
    const double before = process.cpu_seconds();
    unsigned connections = 0;
    for (const auto end = soon(); Clock::now() < end; ++connections) {
        const int client = connected(port, connections);
        send_all(client, question.data(), question.size());
        if (::recv(client, answer, sizeof answer, MSG_WAITALL) != sizeof answer) give_up("recv");
        ::close(client);
    }
    return (process.cpu_seconds() - before) / connections * 1e6;
}

/// At as many connections as one process can hold here.
double measure_idle(const Process& process, std::uint16_t port,
                    const std::string& question = question_tcp) {
    constexpr unsigned count = 9'500;
    char answer[256];
    std::vector<int> clients;
    const double before = process.resident_kib();
    for (unsigned i = 0; i < count; ++i) {
        clients.push_back(connected(port, i));
        send_all(clients.back(), question.data(), question.size());
        if (::recv(clients.back(), answer, sizeof answer, MSG_WAITALL) != sizeof answer)
            give_up("recv");
    }
    const double held = process.resident_kib() - before;
    for (const int client : clients) ::close(client);
    return held / count;
}

Cost measure(const Process& process, std::uint16_t port) {
    Cost cost;
    ::close(connected(port));  // it is up
    cost.request_us = measure_requests(process, port);
    cost.bulk_ns = measure_bulk(process, port);
    cost.connection_us = measure_connections(process, port);
    cost.idle_kib = measure_idle(process, port);
    return cost;
}

void print(const char* name, const Cost& cost) {
    std::printf("%-12s %10.1f us/request %8.3f ns/byte %8.1f us/connection %8.2f KiB/idle\n", name,
                cost.request_us, cost.bulk_ns, cost.connection_us, cost.idle_kib);
}

bool has_haproxy() {
    return std::system("command -v haproxy >/dev/null 2>&1") == 0;
}

}  // namespace

int main(int count, char** words) {
    if (count > 1) seconds_each = std::atof(words[1]);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // each row when it is known, also into a file
    const int upstream = listening();
    const std::uint16_t upstream_port = port_of(upstream);
    const Process server{[&] { serve_upstream(upstream); }};

    const int ours = listening();
    const Process worker{[&] { run_ours(ours, upstream_port, proxy::Flavour::tcp); }};
    const Cost our_cost = measure(worker, port_of(ours));
    print("shaketable", our_cost);
    const int ours_http = listening();
    {
        const Process http{[&] { run_ours(ours_http, upstream_port, proxy::Flavour::http); }};
        ::close(connected(port_of(ours_http)));
        const double request = measure_requests(http, port_of(ours_http), question_http);
        std::printf("%-12s %10.1f us/request %44.2f KiB/idle\n", "  its http", request,
                    measure_idle(http, port_of(ours_http), question_http));
    }

    if (!has_haproxy()) {
        std::puts("haproxy is not installed: nothing to compare with (apt-get install haproxy)");
        return 0;
    }
    const int reserved = listening();
    const std::uint16_t port = port_of(reserved);
    ::close(reserved);
    const Process haproxy{[&] { run_haproxy(port, upstream_port); }};
    const Cost peer = measure(haproxy, port);
    print("haproxy tcp", peer);
    std::printf("ratio        %10.2f            %8.2f         %8.2f               %8.2f\n",
                our_cost.request_us / peer.request_us, our_cost.bulk_ns / peer.bulk_ns,
                our_cost.connection_us / peer.connection_us, our_cost.idle_kib / peer.idle_kib);
}
