#include "injector/proxy/address.h"

#include <charconv>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace shaketable::injector::proxy {

namespace {

template <class T>
T read_as(const sockaddr_storage& storage) noexcept {
    T address;
    std::memcpy(&address, &storage, sizeof address);
    return address;
}

Unexpected<Problem> no_address(std::string_view text, std::string code, std::string hint) {
    return Unexpected{Problem{
        .code = std::move(code),
        .message = "expected an address like 127.0.0.1:8080, found \"" + std::string{text} + "\"",
        .hint = std::move(hint)}};
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
    Address address;
    if (text.starts_with("unix:")) {
        const std::string_view path = text.substr(5);
        sockaddr_un un{};
        if (path.empty() || path.size() >= sizeof un.sun_path)
            return no_address(text, "E023", "a path of a socket has 1 to 107 bytes");
        un.sun_family = AF_UNIX;
        std::memcpy(un.sun_path, path.data(), path.size());
        std::memcpy(&address.storage_, &un, sizeof un);
        address.size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
        return address;
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return no_address(text, "E013", "the port is missing");
    std::uint16_t port = 0;
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return no_address(text, "E023", "a port is a number, 0 to 65535");
    std::string host{text.substr(0, colon)};
    if (host == "localhost") host = "127.0.0.1";
    if (host.empty()) host = "[::]";
    const bool v6 = host.starts_with('[') && host.ends_with(']');
    if (v6) {
        sockaddr_in6 in6{};
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &in6.sin6_addr) != 1)
            return no_address(text, "E013", "hosts are numeric: [::1]:8080");
        std::memcpy(&address.storage_, &in6, sizeof in6);
        address.size_ = sizeof in6;
        return address;
    }
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    if (inet_pton(AF_INET, host.c_str(), &in.sin_addr) != 1)
        return no_address(text, "E013", "hosts are numeric: 127.0.0.1:8080");
    std::memcpy(&address.storage_, &in, sizeof in);
    address.size_ = sizeof in;
    return address;
}

Address Address::of_socket(int descriptor) {
    Address address;
    address.size_ = sizeof address.storage_;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_) !=
        0)
        return {};
    return address;
}

std::uint16_t Address::port() const noexcept {
    if (family() == AF_INET) return ntohs(read_as<sockaddr_in>(storage_).sin_port);
    if (family() == AF_INET6) return ntohs(read_as<sockaddr_in6>(storage_).sin6_port);
    return 0;
}

std::string Address::path() const {
    if (!is_unix()) return {};
    const auto un = read_as<sockaddr_un>(storage_);
    return {un.sun_path, ::strnlen(un.sun_path, sizeof un.sun_path)};
}

std::string Address::print() const {
    if (is_unix()) return "unix:" + path();
    char host[INET6_ADDRSTRLEN] = "";
    if (family() == AF_INET6) {
        const auto in6 = read_as<sockaddr_in6>(storage_);
        ::inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof host);
        return "[" + std::string{host} + "]:" + std::to_string(port());
    }
    const auto in = read_as<sockaddr_in>(storage_);
    ::inet_ntop(AF_INET, &in.sin_addr, host, sizeof host);
    return std::string{host} + ":" + std::to_string(port());
}

bool Address::is_loopback() const noexcept {
    if (is_unix()) return true;
    if (family() == AF_INET)
        return (ntohl(read_as<sockaddr_in>(storage_).sin_addr.s_addr) >> 24U) == 127;
    const auto in6 = read_as<sockaddr_in6>(storage_);
    return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) != 0;
}

bool Address::operator==(const Address& other) const noexcept {
    return size_ == other.size_ && std::memcmp(&storage_, &other.storage_, size_) == 0;
}

}  // namespace shaketable::injector::proxy
