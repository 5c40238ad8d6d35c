#include "tests/injector/proxy/rig.h"

#include <array>
#include <cerrno>
#include <utility>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shaketable::injector::proxy {

using namespace std::chrono_literals;

Peer::Peer(Peer&& other) noexcept
    : received{std::move(other.received)},
      ended{other.ended},
      was_reset{other.was_reset},
      descriptor_{std::exchange(other.descriptor_, -1)} {}

Peer& Peer::operator=(Peer&& other) noexcept {
    received = std::move(other.received);
    ended = other.ended;
    was_reset = other.was_reset;
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

std::size_t Peer::send(std::string_view bytes) {
    const ssize_t n = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == ECONNRESET || errno == EPIPE)) was_reset = true;
    return n > 0 ? static_cast<std::size_t>(n) : 0;
}

void Peer::end() {
    ::shutdown(descriptor_, SHUT_WR);
}

void Peer::reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void Peer::close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Peer::read() {
    std::array<char, 65'536> buffer;
    while (descriptor_ >= 0 && !ended && !was_reset) {
        const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n > 0) received.append(buffer.data(), static_cast<std::size_t>(n));
        if (n == 0) ended = true;
        if (n < 0 && errno == ECONNRESET) was_reset = true;
        if (n < 0) return;
    }
}

std::optional<Peer> try_connect(const Address& address) {
    const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(descriptor, address.data(), address.size()) != 0) {
        ::close(descriptor);
        return std::nullopt;
    }
    // What a test sends in pieces leaves in pieces; a unix socket knows no such option.
    const int on = 1;
    (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return Peer{descriptor};
}

Rig::Rig(Limits limits) : worker{LiveClock{std::chrono::steady_clock::now()}, limits, 1} {
    listen();
}

Rig::Rig(const model::Model& model, faults::Timeline timeline, Limits limits)
    : worker{LiveClock{std::chrono::steady_clock::now()}, limits, model, std::move(timeline), 0} {
    listen();
}

void Rig::listen() {
    const Result<int> descriptor = listen_at(*Address::parse("127.0.0.1:0"));
    REQUIRE(descriptor);
    listener_ = *descriptor;
    upstream = Address::of_socket(listener_);
}

Rig::~Rig() {
    ::close(listener_);
}

void Rig::until(const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!is_so()) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        worker.io().restart();
        worker.io().run_one_for(1ms);
    }
}

void Rig::settle() {
    worker.io().restart();
    while (worker.io().run_one_for(20ms) > 0) worker.io().restart();
}

void Rig::run_for(Duration time) {
    worker.io().restart();
    worker.io().run_for(time);
}

Proxy& Rig::add(ProxySettings settings) {
    if (settings.upstream.size() == 0) settings.upstream = upstream;
    const Result<Proxy*> proxy = worker.create(std::move(settings));
    REQUIRE(proxy);
    return **proxy;
}

Proxy& Rig::add(Flavour flavour) {
    return add({.name = "p", .flavour = flavour, .listen = *Address::parse("127.0.0.1:0")});
}

Peer Rig::connect(const Proxy& proxy) {
    std::optional<Peer> peer = try_connect(proxy.address());
    REQUIRE(peer);
    return std::move(*peer);
}

Peer Rig::accept() {
    std::optional<int> descriptor;
    int error = 0;
    until([&] {
        if (!descriptor) descriptor = accept_from(listener_, error);
        return descriptor.has_value();
    });
    return Peer{*descriptor};
}

Rig::Pair Rig::open(const Proxy& proxy) {
    Peer client = connect(proxy);
    return {std::move(client), accept()};
}

void Rig::expect(Peer& peer, std::string_view received) {
    until([&] {
        peer.read();
        return peer.received.size() >= received.size() || peer.ended || peer.was_reset;
    });
    CHECK(peer.received == received);
    peer.received.clear();
}

void Rig::put(LiveFault fault) {
    const auto problem = worker.put_fault("p", std::move(fault));
    INFO((problem ? problem->message : ""));
    REQUIRE_FALSE(problem);
}

void Rig::remove(const std::string& id) {
    REQUIRE_FALSE(worker.remove_fault("p", id));
}

}  // namespace shaketable::injector::proxy
