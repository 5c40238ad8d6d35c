/// The other end of a connection, by hand: sends and receives text, and waits at most ten seconds.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>

#include "injector/http/socket.h"

namespace shaketable::injector {

class Peer {
  public:
    explicit Peer(const sockaddr_in& to) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        REQUIRE(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    }
    /// Accepts the next connection of a listener.
    explicit Peer(const Descriptor& listener) {
        REQUIRE(wait(listener.get()));
        fd_ = Descriptor{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        REQUIRE(fd_.is_open());
    }

    void send(std::string_view text) const {
        REQUIRE(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }
    /// Reads until `ending` has come, or the end of the connection.
    std::string receive_until(std::string_view ending) {
        while (received_.find(ending) == std::string::npos && read()) {
        }
        const std::size_t at = received_.find(ending);
        const std::size_t end = at == std::string::npos ? received_.size() : at + ending.size();
        std::string text = received_.substr(0, end);
        received_.erase(0, end);
        return text;
    }
    std::string receive_head() { return receive_until("\r\n\r\n"); }
    /// True: the other side has closed, and there was nothing left to read.
    bool is_closed() { return received_.empty() && !read(); }
    void close() { fd_.reset(); }
    [[nodiscard]] int descriptor() const { return fd_.get(); }

  private:
    static bool wait(int fd) {
        pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
        return ::poll(&waiting, 1, 10'000) > 0;
    }
    bool read() {
        char chunk[4096];
        if (!wait(fd_.get())) FAIL("the other end is silent, after " + received_);
        const ssize_t n = ::recv(fd_.get(), chunk, sizeof chunk, 0);
        if (n > 0) received_.append(chunk, static_cast<std::size_t>(n));
        return n > 0;
    }

    Descriptor fd_;
    std::string received_;
};

}  // namespace shaketable::injector
