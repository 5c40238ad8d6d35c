#include "injector/proxy/proxy.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "injector/proxy/http/session.h"
#include "injector/proxy/listener.h"
#include "injector/proxy/relay.h"

namespace shaketable::injector::proxy {

Proxy::Proxy(Commons& commons, ProxySettings settings, Sky sky, const model::Model* model,
             std::shared_ptr<Wires> wires)
    : commons_{commons},
      settings_{std::move(settings)},
      address_{settings_.descriptor >= 0 ? Address::of_socket(settings_.descriptor)
                                         : settings_.listen},
      sky_{std::move(sky)},
      model_{model},
      wires_{std::move(wires)} {}

Proxy::~Proxy() {
    disable();
}

std::optional<Problem> Proxy::listen() {
    const bool inherited = settings_.descriptor >= 0;
    const Result<int> descriptor =
        inherited ? Result<int>{std::exchange(settings_.descriptor, -1)} : listen_at(address_);
    if (!descriptor) return descriptor.error();
    if (inherited) (void)::fcntl(*descriptor, F_SETFL, O_NONBLOCK);
    address_ = Address::of_socket(*descriptor);
    const auto has_room = [this] {
        if (refusing_) return Listener::Room::shut;
        const bool full = commons_.open >= commons_.limits.connections_max;
        return full ? Listener::Room::full : Listener::Room::some;
    };
    listener_ =
        std::make_shared<Listener>(commons_, *descriptor, has_room, [this](int fd) { accept(fd); });
    Listener::start(listener_);
    return std::nullopt;
}

void Proxy::close_listener() {
    if (!listener_) return;
    if (address_.is_unix()) ::unlink(address_.path().c_str());
    std::exchange(listener_, nullptr)->stop();
}

std::optional<Problem> Proxy::enable() {
    if (enabled_) return std::nullopt;
    if (auto problem = listen()) return problem;
    enabled_ = true;
    on_change();
    return std::nullopt;
}

void Proxy::disable() {
    enabled_ = false;
    refusing_ = false;
    close_listener();
    for_each_connection([](Connection& connection) { connection.abort(); });
}

/// Nobody listens, and the port stays ours: whoever shares the socket refuses, too.
void Proxy::refuse() {
    refusing_ = true;
    if (address_.is_unix())
        close_listener();
    else if (listener_)
        (void)::shutdown(listener_->native(), SHUT_RDWR);
}

void Proxy::on_change() {
    if (enabled_ && sky_.is_refusing() != refusing_) {
        if (!refusing_) {
            refuse();
        } else {
            refusing_ = false;
            // A socket that the kernel chose the port of has lost it with its listening.
            const bool again = listener_ && ::listen(listener_->native(), SOMAXCONN) == 0 &&
                               Address::of_socket(listener_->native()) == address_;
            if (!again) close_listener();
            problem_ = again ? std::nullopt : listen();
            if (listener_) listener_->poke();
        }
    }
    for_each_connection([](Connection& connection) { connection.on_change(); });
}

template <class Act>
void Proxy::for_each_connection(Act act) {
    std::vector<std::shared_ptr<Owner>> held;
    const std::vector<Connection*> connections = connections_;
    held.reserve(connections.size());
    for (Connection* connection : connections) held.push_back(connection->shared_from_this());
    for (Connection* connection : connections)
        if (connection->is_open()) act(*connection);
}

void Proxy::accept(int client) {
    const std::uint64_t number = next_connection_++;
    if (settings_.flavour == Flavour::tcp)
        Relay::start(*this, client, number);
    else
        Session::start(*this, client, number);
}

reports::FlowMeter* Proxy::flow_of(std::uint32_t edge_state) {
    if (!settings_.counts_flow || commons_.meters == nullptr || model_ == nullptr) return nullptr;
    return &commons_.meters->flow(model_->edge_states[edge_state].flow);
}

reports::ServiceMeter* Proxy::service() {
    if (!settings_.counts_service || commons_.meters == nullptr || model_ == nullptr)
        return nullptr;
    return &commons_.meters->service(model_->replicas[settings_.replica].service);
}

void Proxy::begin_call(std::uint32_t edge_state) {
    ++meter_.calls;
    if (reports::FlowMeter* flow = flow_of(edge_state)) {
        ++flow->now.started;
        ++flow->now.attempts;
        ++flow->now.sent;
    }
}

void Proxy::reach(Time at) {
    if (reports::ServiceMeter* callee = service()) {
        ++callee->now.arrived;
        callee->enter(at);
    }
}

void Proxy::end_call(std::uint32_t edge_state, Outcome outcome, Duration took, bool reached) {
    meter_.settle(outcome, took);
    if (reports::FlowMeter* flow = flow_of(edge_state)) {
        flow->settle(outcome, took);
        ++flow->now.tries[static_cast<std::size_t>(outcome)];
    }
    reports::ServiceMeter* callee = service();
    if (!reached || callee == nullptr) return;
    callee->leave(commons_.clock.now());
    if (is_refusal(outcome)) {
        ++callee->now.refused[static_cast<std::size_t>(outcome)];
        return;
    }
    ++callee->now.admitted;
    if (outcome == Outcome::unreachable)
        ++callee->now.lost;
    else if (outcome == Outcome::timeout)
        ++callee->now.cancelled;
    else
        ++callee->now.completed;
}

void Proxy::set_upstream(const Address& upstream) {
    settings_.upstream = upstream;
    for_each_connection([](Connection& connection) { connection.abort(); });
}

void Proxy::set_listen(const Address& listen) {
    settings_.listen = listen;
    address_ = listen;
}

void Proxy::on_weather(const std::vector<std::uint32_t>& started) {
    sky_.changed();
    if (!started.empty()) {
        for_each_connection([&](Connection& connection) {
            faults::Verdict verdict;
            for (const std::uint32_t occurrence : started)
                verdict = faults::combine(verdict,
                                          sky_.judge_in_flight(occurrence, connection.edge_state(),
                                                               connection.in_flight()));
            if (verdict != faults::Verdict{}) connection.strike(verdict);
        });
    }
    on_change();
}

void Proxy::put_fault(LiveFault fault, const Sky* with) {
    const std::string id = fault.id;
    const bool is_new = sky_.find(id) == nullptr;
    sky_.put(std::move(fault), commons_.clock.now(), with);
    if (is_new) {
        for_each_connection([&](Connection& connection) {
            const faults::Verdict verdict = sky_.judge_in_flight(id, connection.in_flight());
            if (verdict != faults::Verdict{}) connection.strike(verdict);
        });
    }
    on_change();
}

bool Proxy::remove_fault(const std::string& id) {
    if (!sky_.remove(id)) return false;
    for_each_connection([](Connection& connection) { connection.end_if_swallowed(); });
    on_change();
    return true;
}

void Proxy::remove_faults() {
    sky_.remove_all();
    for_each_connection([](Connection& connection) { connection.end_if_swallowed(); });
    on_change();
}

}  // namespace shaketable::injector::proxy
