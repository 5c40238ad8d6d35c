#include "injector/proxy/worker.h"

#include <algorithm>

namespace shaketable::injector::proxy {

namespace {

Problem no_such(std::string_view what, std::string_view name) {
    return Problem{
        .code = "E101",
        .message = "there is no " + std::string{what} + " \"" + std::string{name} + "\""};
}

}  // namespace

std::string_view edge_of(std::string_view proxy) noexcept {
    if (!proxy.ends_with(']')) return proxy;
    const std::size_t digits = proxy.find_last_not_of("0123456789", proxy.size() - 2);
    const bool is_numbered =
        digits != proxy.npos && digits > 0 && proxy[digits] == '[' && digits + 2 < proxy.size();
    return is_numbered ? proxy.substr(0, digits) : proxy;
}

std::optional<Problem> find_problem_live(const faults::AnyKind& kind, Flavour flavour) {
    const std::string name{faults::kind_name(kind)};
    if (!faults::is_traffic_fault(kind) || !faults::worlds_of(kind).live)
        return Problem{.code = "E114",
                       .message = "a proxy cannot carry out " + name,
                       .hint = std::holds_alternative<faults::Loss>(kind)
                                   ? "TCP hides lost packets from a proxy"
                                   : ""};
    const bool of_http =
        std::holds_alternative<faults::Error>(kind) || std::holds_alternative<faults::Tamper>(kind);
    if (flavour == Flavour::tcp && of_http)
        return Problem{.code = "E114",
                       .message = "a tcp proxy cannot carry out " + name,
                       .hint = "it does not know requests: make it an http proxy"};
    return std::visit(
        []<class K>(const K& fault) -> std::optional<Problem> {
            if constexpr (FindsProblems<K>) {
                // A cap of 0 is one that a live edge can have, and none that a plan would mean.
                if constexpr (std::is_same_v<K, faults::BandwidthCap>)
                    if (fault.rate.bytes_per_second == 0) return std::nullopt;
                return fault.find_problem();
            }
            return std::nullopt;
        },
        kind);
}

Worker::Worker(const LiveClock& clock, const Limits& limits, std::uint64_t seed)
    : commons_{clock, limits}, seed_{seed}, weather_timer_{commons_.io} {}

Worker::Worker(const LiveClock& clock, const Limits& limits, const model::Model& model,
               faults::Timeline timeline, std::uint64_t repeat)
    : commons_{clock, limits},
      model_{&model},
      seed_{model.scenario.run.seed},
      repeat_{repeat},
      weather_{std::make_unique<model::Weather>(model, std::move(timeline), repeat)},
      weather_timer_{commons_.io},
      ordinals_(model.routes.size()) {
    follow_weather();
}

Worker::~Worker() {
    weather_timer_.cancel();
    proxies_.clear();
    // Waits that were cut short hold their connections until they have been told.
    commons_.io.restart();
    commons_.io.poll();
}

/// Brings the weather up to now, and comes back at its next change.
void Worker::follow_weather() {
    const Time now = commons_.clock.now();
    while (weather_->next_change() <= now) {
        const std::vector<std::uint32_t> started =
            weather_->advance(weather_->next_change()).started;
        for (const auto& proxy : proxies_) proxy->on_weather(started);
    }
    if (weather_->next_change() == never) return;
    weather_timer_.expires_at(commons_.clock.zero() + weather_->next_change().time_since_epoch());
    weather_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) follow_weather();
    });
}

Proxy* Worker::find(std::string_view name) {
    for (const auto& proxy : proxies_)
        if (proxy->settings().name == name) return proxy.get();
    return nullptr;
}

std::vector<Proxy*> Worker::list_of(std::string_view edge) {
    std::vector<Proxy*> all;
    for (const auto& proxy : proxies_)
        if (const std::string& name = proxy->settings().name;
            name.size() > edge.size() && edge_of(name) == edge)
            all.push_back(proxy.get());
    std::stable_sort(all.begin(), all.end(), [](Proxy* a, Proxy* b) {  // 2 before 10
        return a->settings().name.size() < b->settings().name.size();
    });
    return all;
}

std::vector<Proxy*> Worker::list() {
    std::vector<Proxy*> all;
    for (const auto& proxy : proxies_) all.push_back(proxy.get());
    return all;
}

Result<Proxy*> Worker::create(ProxySettings settings) {
    if (find(settings.name) != nullptr)
        return Unexpected{Problem{.code = "E105",
                                  .message = "there is a proxy \"" + settings.name + "\" already"}};
    Sky::Place place;
    std::string route = settings.name;
    if (settings.replica != model::none && !settings.edge_states.empty()) {
        const std::uint32_t state = settings.edge_states.front();
        const std::uint32_t number = model_->edges[model_->edge_states[state].edge].route;
        route = model_->routes[number];
        place = {weather_.get(), settings.replica, state, &ordinals_[number]};
    }
    const std::vector<Proxy*> others = list_of(edge_of(settings.name));
    const bool enabled = settings.enabled;
    auto proxy = std::make_unique<Proxy>(
        commons_, std::move(settings), Sky{place, seed_, repeat_, std::move(route)}, model_,
        others.empty() ? std::make_shared<Wires>() : others.front()->wires());
    if (enabled)
        if (auto problem = proxy->enable()) return Unexpected{std::move(*problem)};
    const auto after = std::find_if(proxies_.begin(), proxies_.end(), [&](const auto& other) {
        return other->settings().name > proxy->settings().name;
    });
    return proxies_.insert(after, std::move(proxy))->get();
}

std::optional<Problem> Worker::remove(std::string_view name) {
    const auto is_it = [&](const auto& proxy) { return proxy->settings().name == name; };
    if (std::erase_if(proxies_, is_it) == 0) return no_such("proxy", name);
    return std::nullopt;
}

std::optional<Problem> Worker::set_enabled(std::string_view name, bool enabled) {
    Proxy* proxy = find(name);
    if (proxy == nullptr) return no_such("proxy", name);
    if (enabled) return proxy->enable();
    proxy->disable();
    return std::nullopt;
}

std::optional<Problem> Worker::move(std::string_view name, const Address& listen,
                                    const Address& upstream) {
    Proxy* proxy = find(name);
    if (proxy == nullptr) return no_such("proxy", name);
    if (!(upstream == proxy->settings().upstream)) proxy->set_upstream(upstream);
    if (listen == proxy->address()) return std::nullopt;
    const bool enabled = proxy->is_enabled();
    proxy->disable();
    proxy->set_listen(listen);
    return enabled ? proxy->enable() : std::nullopt;
}

std::optional<Problem> Worker::put_fault(std::string_view name, LiveFault fault, Proxy* with) {
    Proxy* proxy = find(name);
    if (proxy == nullptr) return no_such("proxy", name);
    if (auto problem = find_problem_live(fault.kind, proxy->settings().flavour)) return problem;
    const LiveFault* same = proxy->sky().find(fault.id);
    if (same != nullptr && same->kind.index() != fault.kind.index())
        return Problem{.code = "E114",
                       .message = "the fault \"" + fault.id + "\" is a " +
                                  std::string{faults::kind_name(same->kind)},
                       .hint = "remove it, and add another one"};
    if (same == nullptr && std::holds_alternative<faults::Tamper>(fault.kind) &&
        !proxy->sky().has_room_for_tamper())
        return Problem{.code = "E023", .message = "expected at most 64 tamper faults on a proxy"};
    proxy->put_fault(std::move(fault), with != nullptr ? &with->sky() : nullptr);
    return std::nullopt;
}

std::optional<Problem> Worker::remove_fault(std::string_view name, const std::string& id) {
    Proxy* proxy = find(name);
    if (proxy == nullptr) return no_such("proxy", name);
    if (!proxy->remove_fault(id)) return no_such("fault", id);
    return std::nullopt;
}

std::optional<Problem> Worker::reset() {
    std::optional<Problem> last;
    for (const auto& proxy : proxies_) {
        proxy->remove_faults();
        if (auto problem = proxy->enable()) last = std::move(problem);
    }
    return last;
}

}  // namespace shaketable::injector::proxy
