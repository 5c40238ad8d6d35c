#include "injector/http/socket.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace shaketable::injector {

namespace {

constexpr std::array<char, 65536> filler = [] {
    std::array<char, 65536> bytes{};
    for (char& byte : bytes) byte = 'x';
    return bytes;
}();

void send_at_once(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Not an error but a moment: the kernel's buffer is full, or the connection is being made.
bool is_passing(int error) {
    return error == EAGAIN || error == EINTR;
}

}  // namespace

Socket::Socket(Descriptor fd) : fd_{std::move(fd)} {
    send_at_once(fd_.get());
}

Socket Socket::connect(const sockaddr_in& to) {
    Descriptor fd{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd.is_open()) return {};
    const int made = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to);
    // A refusal is told by the first read or write, as over a longer way.
    if (made != 0 && errno != EINPROGRESS && errno != ECONNREFUSED) return {};
    return Socket{std::move(fd)};
}

/// Sends what it can of `head` and the body; keeps the rest.
bool Socket::push(std::string_view head) {
    while (!head.empty() || body_left_ > 0) {
        std::array<iovec, 2> pieces{};
        std::size_t count = 0;
        if (!head.empty()) pieces[count++] = {const_cast<char*>(head.data()), head.size()};
        const auto body = static_cast<std::size_t>(
            std::min(body_left_, static_cast<std::int64_t>(filler.size())));
        if (body > 0) pieces[count++] = {const_cast<char*>(filler.data()), body};
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        const ssize_t n = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
        if (n < 0) {
            const bool passing = is_passing(errno);
            head_.assign(head);
            return passing;
        }
        const auto of_head = std::min(static_cast<std::size_t>(n), head.size());
        head.remove_prefix(of_head);
        body_left_ -= n - static_cast<ssize_t>(of_head);
    }
    head_.clear();
    return true;
}

bool Socket::send(std::string_view head, std::int64_t body) {
    body_left_ = body;
    return push(head);
}

bool Socket::flush() {
    if (!has_unsent()) return true;
    const std::string head = std::move(head_);
    head_.clear();
    return push(head);
}

Socket::Read Socket::read() {
    static std::array<char, read_max> buffer;  // one thread reads, and uses it up at once
    ssize_t n = 0;
    do {
        n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) return {.bytes = {buffer.data(), static_cast<std::size_t>(n)}};
    if (n == 0) return {.bytes = {}, .closed = true};
    return {.bytes = {}, .closed = false, .broken = !is_passing(errno)};
}

void Socket::reset() noexcept {
    const ::linger at_once{.l_onoff = 1, .l_linger = 0};
    if (fd_.is_open()) ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_.reset();
}

void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

Descriptor listen_on_loopback(std::uint16_t port) {
    Descriptor fd{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool listens =
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::listen(fd.get(), 4096) == 0;
    if (!listens) fd.reset();
    return fd;
}

sockaddr_in address_of(const Descriptor& listener) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    return address;
}

}  // namespace shaketable::injector
