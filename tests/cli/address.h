/// Addresses of this machine that the kernel chose.
#pragma once

#include <string>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shaketable::test {

/// A socket with an address of its own, which nobody listens at. Whoever has it closes it.
struct Bound {
    int fd;
    std::string address;
};
inline Bound bind_anywhere() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof own;
    REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&own), size) == 0);
    REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0);
    return {fd, "127.0.0.1:" + std::to_string(ntohs(own.sin_port))};
}

/// Free a moment ago.
inline std::string free_address() {
    const Bound probe = bind_anywhere();
    close(probe.fd);
    return probe.address;
}

}  // namespace shaketable::test
