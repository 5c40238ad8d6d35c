#include "injector/proxy/socket.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shaketable::injector::proxy {

namespace {

constexpr int backlog = 4096;

void set(int descriptor, int level, int option, int value) {
    // Fails only where an option has no meaning: TCP_NODELAY of a unix socket.
    (void)::setsockopt(descriptor, level, option, &value, sizeof value);
}

/// Small messages leave at once, and an urgent byte stays in the stream instead of vanishing.
void set_stream_options(int descriptor) {
    set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
    set(descriptor, SOL_SOCKET, SO_OOBINLINE, 1);
}

Transfer outcome_of(ssize_t n) {
    using State = Transfer::State;
    if (n > 0) return {State::moved, static_cast<std::size_t>(n)};
    if (n == 0) return {State::ended, 0};
    return {errno == EAGAIN || errno == EWOULDBLOCK ? State::blocked : State::broken, 0};
}

template <class Call>
ssize_t uninterrupted(Call call) {
    ssize_t n = call();
    while (n < 0 && errno == EINTR) n = call();
    return n;
}

Unexpected<Problem> refused(std::string_view what, const Address& address, int error) {
    return Unexpected{Problem{
        .code = "E001",
        .message = std::string{what} + " " + address.print() + ": " + std::strerror(error)}};
}

/// Is this the file of a unix socket whose listener has gone? A file of another kind refuses
/// connections, too, and is none of ours to take away.
bool is_stale(const Address& address) {
    struct stat file {};
    if (::lstat(address.path().c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) return false;
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return false;
    const bool stale =
        ::connect(probe, address.data(), address.size()) != 0 && errno == ECONNREFUSED;
    ::close(probe);
    return stale;
}

Result<int> bind_and_listen(const Address& address) {
    const int descriptor =
        ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return refused("cannot listen on", address, errno);
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    set_stream_options(descriptor);  // accepted sockets inherit them
    if (::bind(descriptor, address.data(), address.size()) == 0 &&
        ::listen(descriptor, backlog) == 0)
        return descriptor;
    const int error = errno;
    ::close(descriptor);
    return refused("cannot listen on", address, error);
}

}  // namespace

Transfer Socket::read(std::span<char> into) {
    const int descriptor = native();
    return outcome_of(
        uninterrupted([&] { return ::recv(descriptor, into.data(), into.size(), 0); }));
}

Transfer Socket::write(std::span<const char> bytes) {
    const int descriptor = native();
    return outcome_of(uninterrupted(
        [&] { return ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL); }));
}

Transfer Socket::splice_to(int pipe, std::size_t most) {
    const int descriptor = native();
    return outcome_of(uninterrupted([&] {
        return ::splice(descriptor, nullptr, pipe, nullptr, most,
                        SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    }));
}

Transfer Socket::splice_from(int pipe, std::size_t most) {
    const int descriptor = native();
    return outcome_of(uninterrupted([&] {
        return ::splice(pipe, nullptr, descriptor, nullptr, most,
                        SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    }));
}

void Socket::end() {
    if (is_open()) (void)::shutdown(native(), SHUT_WR);
}

void Socket::reset() {
    if (!is_open()) return;
    const ::linger at_once{.l_onoff = 1, .l_linger = 0};
    (void)::setsockopt(native(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void Socket::close() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
}

int Socket::take_error() {
    int error = 0;
    socklen_t size = sizeof error;
    if (!is_open() || ::getsockopt(native(), SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return EBADF;
    return error;
}

Result<int> listen_at(const Address& address) {
    // A port that the kernel chose is lost when the socket stops listening, one that was named is
    // not: so it is chosen first, and then named.
    if (!address.is_unix() && address.port() == 0) {
        for (int tries = 0;; ++tries) {
            const Result<int> chosen = bind_and_listen(address);
            if (!chosen) return chosen;
            const Address named = Address::of_socket(*chosen);
            ::close(*chosen);
            Result<int> descriptor = bind_and_listen(named);
            if (descriptor || tries == 8) return descriptor;
        }
    }
    if (address.is_unix() && is_stale(address)) ::unlink(address.path().c_str());
    return bind_and_listen(address);
}

std::optional<int> accept_from(int listener, int& error) {
    error = 0;
    const auto descriptor = static_cast<int>(uninterrupted([&] {
        return ssize_t{::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    }));
    if (descriptor >= 0) return descriptor;
    error = errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
    return std::nullopt;
}

Result<int> connect_to(const Address& address, std::uint64_t number) {
    const int descriptor =
        ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return refused("cannot connect to", address, errno);
    if (!address.is_unix()) set_stream_options(descriptor);
    if (address.family() == AF_INET && address.is_loopback()) {
        set(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        sockaddr_in source{};
        source.sin_family = AF_INET;
        source.sin_addr.s_addr =
            htonl(0x7F000102U + static_cast<std::uint32_t>(number % 8));  // 127.0.1.2 and on
        (void)::bind(descriptor, reinterpret_cast<const sockaddr*>(&source), sizeof source);
    }
    if (::connect(descriptor, address.data(), address.size()) == 0 || errno == EINPROGRESS)
        return descriptor;
    const int error = errno;
    ::close(descriptor);
    return refused("cannot connect to", address, error);
}

}  // namespace shaketable::injector::proxy
