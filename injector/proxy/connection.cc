#include "injector/proxy/connection.h"

#include "injector/proxy/proxy.h"

namespace shaketable::injector::proxy {

Connection::Connection(Proxy& proxy, int client, std::uint64_t number)
    : proxy_{proxy},
      client_{proxy.commons().io, client},
      server_{proxy.commons().io},
      crossing_{.connection = number, .connection_opened = proxy.commons().clock.now()},
      edge_state_{proxy.sky().first_edge_state()},
      place_{static_cast<std::uint32_t>(proxy.connections_.size())} {
    proxy.connections_.push_back(this);
    ++proxy.meter().connections;
    ++proxy.meter().open;
    ++proxy.commons().open;
}

Commons& Connection::commons() noexcept {
    return proxy_.commons();
}

Time Connection::now() const noexcept {
    return proxy_.commons().clock.now();
}

Random Connection::dice(std::string_view purpose) const {
    return Random{random_key(0, crossing_.connection, proxy_.settings().name, purpose)};
}

faults::Crossing Connection::in_flight() const noexcept {
    faults::Crossing crossing = crossing_;
    crossing.ordinal = (std::uint64_t{1} << 63U) + crossing.connection;
    crossing.at = now();
    crossing.new_connection = false;
    return crossing;
}

Task<bool> Connection::dial(Waiter& waiter) {
    const Result<int> begun = connect_to(proxy_.settings().upstream, crossing_.connection);
    if (begun) {
        server_.assign(*begun);
        const Time until = now() + commons().limits.dial_timeout;
        while (is_open()) {
            const Events events = co_await waiter.wait(on_writable, nullptr, &server_, until);
            if (!is_open()) co_return false;
            if ((events & on_writable) != 0) {
                if (server_.take_error() == 0) co_return true;
                break;
            }
            if (now() >= until) break;
        }
    }
    ++proxy_.meter().unreachable;
    co_return false;
}

void Connection::leave() {
    if (!listed_) return;
    listed_ = false;
    client_.close();
    server_.close();
    proxy_.connections_[place_] = proxy_.connections_.back();
    proxy_.connections_[place_]->place_ = place_;
    proxy_.connections_.pop_back();
    --proxy_.meter().open;
    --proxy_.commons().open;
}

}  // namespace shaketable::injector::proxy
