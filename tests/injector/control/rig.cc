#include "tests/injector/control/rig.h"

#include <catch2/catch.hpp>

namespace shaketable::injector::control {

using proxy::Peer;

std::string Reply::field(std::string_view name) const {
    const std::size_t at = head.find("\r\n" + std::string{name} + ": ");
    if (at == std::string::npos) return {};
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
}

Json Reply::json() const {
    const Result<Json, std::string> read = read_first(body);
    INFO(body);
    REQUIRE(read);
    return *read;
}

Reply take_reply(std::string& received, bool ended, bool has_body) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    Reply reply{.status = std::stoi(received.substr(9, 3)), .head = received.substr(0, end + 2)};
    const std::string length = reply.field("Content-Length");
    std::size_t size = length.empty() || !has_body ? 0 : std::stoul(length);
    if (length.empty() && ended) size = received.size() - end - 4;
    if (received.size() < end + 4 + size) return {};
    reply.body = received.substr(end + 4, size);
    received.erase(0, end + 4 + size);
    return reply;
}

ControlRig::ControlRig(const ServerLimits& limits) : control{rig.worker, limits} {
    const auto problem = control.server().listen(*proxy::Address::parse("127.0.0.1:0"));
    REQUIRE_FALSE(problem);
}

Peer ControlRig::connect() {
    std::optional<Peer> peer = proxy::try_connect(control.server().address());
    REQUIRE(peer);
    return std::move(*peer);
}

Reply ControlRig::receive(Peer& peer, bool has_body) {
    Reply reply;
    rig.until([&] {
        peer.read();
        reply = take_reply(peer.received, peer.ended, has_body);
        return reply.status != 0 || peer.ended || peer.was_reset;
    });
    return reply;
}

Reply ControlRig::ask(std::string_view method, std::string_view path, std::string_view body,
                      const std::vector<std::string>& lines) {
    Peer peer = connect();
    std::string request{method};
    request.append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(host()).append("\r\n");
    for (const std::string& line : lines) request += line + "\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    peer.send(request.append(body));
    return receive(peer, method != "HEAD");
}

Reply ControlRig::put(std::string_view path, std::string_view body) {
    return ask("PUT", path, body, {"Content-Type: application/json"});
}

proxy::Proxy& ControlRig::add_proxy() {
    const Reply made =
        ask("POST", "/proxies",
            R"({"name":"p","listen":"127.0.0.1:0","upstream":")" + upstream() + R"("})");
    INFO(made.body);
    REQUIRE(made.status == 201);
    return proxy();
}

}  // namespace shaketable::injector::control
