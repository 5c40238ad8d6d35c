/// Where a proxy listens and what it dials: `127.0.0.1:5432`, `[::1]:5432`, `unix:/run/db.sock`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "base/result.h"

namespace shaketable::injector::proxy {

class Address {
  public:
    Address() = default;
    /// Numeric hosts only, and `localhost`, which is 127.0.0.1; an empty host is every address of
    /// IPv6 and IPv4. Errors: E013 does not parse, E023 a port or a path that cannot be.
    [[nodiscard]] static Result<Address> parse(std::string_view text);
    /// The address a socket is bound to.
    [[nodiscard]] static Address of_socket(int descriptor);

    /// parse(print()) is the address itself.
    [[nodiscard]] std::string print() const;
    [[nodiscard]] const sockaddr* data() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }
    [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
    [[nodiscard]] bool is_unix() const noexcept { return family() == AF_UNIX; }
    [[nodiscard]] std::uint16_t port() const noexcept;  ///< 0 of a unix socket
    [[nodiscard]] std::string path() const;             ///< of a unix socket
    /// 127.0.0.0/8, ::1 or a unix socket.
    [[nodiscard]] bool is_loopback() const noexcept;
    bool operator==(const Address& other) const noexcept;

  private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

}  // namespace shaketable::injector::proxy
