#include "injector/control/server.h"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

#include "injector/control/server_connection.h"
#include "injector/proxy/listener.h"

namespace shaketable::injector::control {

using proxy::Address;

Server::Server(proxy::Commons& commons, const ServerLimits& limits, Answerer answerer)
    : commons_{commons}, limits_{limits}, answerer_{std::move(answerer)} {}

Server::~Server() {
    stop();
    for (Connection* connection : std::vector<Connection*>{connections_}) connection->forget();
}

std::optional<Problem> Server::listen(const Address& address) {
    if (!address.is_loopback())
        return Problem{
            .code = "E304",
            .message = "the control API listens on loopback or a unix socket only, found " +
                       address.print(),
            .hint = "say 127.0.0.1:8474, or unix:PATH"};
    // The file of a unix socket is made with the mask of the moment.
    const mode_t mask = ::umask(address.is_unix() ? 0177 : 0077);
    const Result<int> descriptor = proxy::listen_at(address);
    ::umask(mask);
    if (!descriptor) return descriptor.error();
    address_ = Address::of_socket(*descriptor);
    listener_ = std::make_shared<proxy::Listener>(
        commons_, *descriptor, [] { return proxy::Listener::Room::some; },
        [this](int fd) { accept(fd); });
    proxy::Listener::start(listener_);
    return std::nullopt;
}

void Server::stop() {
    if (listener_) {
        if (address_.is_unix()) ::unlink(address_.path().c_str());
        std::exchange(listener_, nullptr)->stop();
    }
    std::vector<std::shared_ptr<proxy::Owner>> held;
    const std::vector<Connection*> connections = connections_;
    for (Connection* connection : connections) held.push_back(connection->shared_from_this());
    for (Connection* connection : connections) connection->stop();
}

void Server::publish(std::string_view text) {
    std::vector<std::shared_ptr<proxy::Owner>> held;
    const std::vector<Connection*> connections = connections_;
    for (Connection* connection : connections) held.push_back(connection->shared_from_this());
    for (Connection* connection : connections) connection->publish(text);
}

void Server::accept(int descriptor) {
    const auto taken = [&] {
        return static_cast<std::size_t>(
            std::count_if(connections_.begin(), connections_.end(),
                          [](const Connection* c) { return c->is_served(); }));
    };
    if (taken() >= limits_.connections_max) {
        // Who asks nothing makes room for who does.
        Connection* idle = nullptr;
        for (Connection* one : connections_)
            if (one->is_idle() && (idle == nullptr || one->waits_since() < idle->waits_since()))
                idle = one;
        if (idle != nullptr) idle->drop();
    }
    constexpr std::size_t refusals_max = 16;
    if (taken() < limits_.connections_max) {
        Connection::serve(std::make_shared<Connection>(*this, descriptor)).start();
        return;
    }
    ++refused_;
    if (connections_.size() >= limits_.connections_max + refusals_max)
        ::close(descriptor);
    else
        Connection::refuse(std::make_shared<Connection>(*this, descriptor)).start();
}

}  // namespace shaketable::injector::control
