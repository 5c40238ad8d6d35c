#include "injector/control/http_client.h"

#include <cerrno>
#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>
#include <sys/time.h>

#include "injector/descriptor.h"
#include "injector/proxy/address.h"

namespace shaketable::injector::control {

namespace http = boost::beast::http;

namespace {

constexpr int patience_seconds = 30;
constexpr std::uint64_t answer_max = std::uint64_t{64} << 20U;

struct Target {
    std::string authority, host, port;  ///< of http
    std::string unix_path;              ///< instead
};

Target parse_url(std::string_view url) {
    if (url.starts_with("unix:")) return {.authority = "localhost", .unix_path = std::string{url}};
    constexpr std::string_view scheme = "http://";
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
    url = url.substr(0, url.find('/'));
    Target target{.authority = std::string{url}};
    const std::size_t colon = url.rfind(':');
    const bool has_port = colon != std::string_view::npos && url.find(']', colon) == url.npos;
    target.host = url.substr(0, has_port ? colon : url.size());
    target.port = has_port ? std::string{url.substr(colon + 1)} : "80";
    if (target.host.starts_with('[') && target.host.ends_with(']'))
        target.host = target.host.substr(1, target.host.size() - 2);
    return target;
}

bool connect(const Descriptor& socket, const sockaddr* to, socklen_t size) {
    const timeval patience{.tv_sec = patience_seconds, .tv_usec = 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return ::connect(socket.get(), to, size) == 0;
}

Result<Descriptor, std::string> open(const Target& target) {
    if (!target.unix_path.empty()) {
        const auto address = proxy::Address::parse(target.unix_path);
        if (!address) return Unexpected{address.error().message};
        Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (connect(socket, address->data(), address->size())) return socket;
        return Unexpected{std::string{std::strerror(errno)}};
    }
    boost::asio::io_context io;
    boost::asio::ip::tcp::resolver resolver{io};
    boost::system::error_code error;
    const auto found = resolver.resolve(target.host, target.port, error);
    if (error) return Unexpected{error.message()};
    std::string why = "the name has no address";
    for (const auto& one : found) {
        const auto endpoint = one.endpoint();
        Descriptor socket{::socket(endpoint.data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (socket.is_open() &&
            connect(socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())))
            return socket;
        why = std::strerror(errno);
    }
    return Unexpected{std::move(why)};
}

bool send_all(const Descriptor& socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

Result<Reply, std::string> receive(const Descriptor& socket) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(answer_max);
    std::string bytes;
    char chunk[16'384];
    boost::system::error_code error;
    while (!parser.is_done()) {
        const ssize_t n = ::recv(socket.get(), chunk, sizeof chunk, 0);
        if (n < 0) return Unexpected{std::string{std::strerror(errno)}};
        if (n == 0) {
            parser.put_eof(error);
            if (error || !parser.is_done())
                return Unexpected{std::string{"the connection ended without an answer"}};
            break;
        }
        bytes.append(chunk, static_cast<std::size_t>(n));
        bytes.erase(0, parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error));
        if (error && error != http::error::need_more)
            return Unexpected{"the answer is no HTTP: " + error.message()};
    }
    return Reply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace

Result<Reply, std::string> HttpClient::send(std::string_view method, const std::string& path,
                                            const std::string& body) const {
    const Target target = parse_url(url_);
    const auto not_reached = [&](const std::string& why) {
        return Unexpected{"cannot reach " + url_ + ": " + why};
    };
    const Result<Descriptor, std::string> socket = open(target);
    if (!socket) return not_reached(socket.error());
    std::string request{method};
    request += " " + path + " HTTP/1.1\r\nHost: " + target.authority +
               "\r\nUser-Agent: shaketable\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    // A server that refuses early answers before it has read all.
    const bool sent = send_all(*socket, request);
    Result<Reply, std::string> reply = receive(*socket);
    if (!reply) return not_reached(sent ? reply.error() : "the request could not be sent");
    return reply;
}

std::string encode_part(std::string_view name) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string part;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            part += c;
        else
            part.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return part;
}

}  // namespace shaketable::injector::control
