#include "injector/control/proxies.h"

#include <algorithm>

namespace shaketable::injector::control {

using proxy::Address;
using proxy::LiveFault;
using proxy::Proxy;

namespace {

/// As Go says it, whose clients compare the text.
Refusal cannot_listen(const std::string& address, const Problem& problem) {
    std::string reason = problem.message.substr(problem.message.rfind(": ") + 2);
    if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z')
        reason[0] = static_cast<char>(reason[0] - 'A' + 'a');
    return {500, "listen tcp " + address + ": bind: " + reason};
}

Result<Address, Refusal> parse_address(const std::string& text) {
    if (!text.starts_with("unix:") && text.rfind(':') == std::string::npos)
        return Unexpected{Refusal{500, "address " + text + ": missing port in address"}};
    Result<Address> address = Address::parse(text.ends_with(':') ? text + "0" : text);
    if (!address) return Unexpected{Refusal{500, "address " + text + ": " + address.error().hint}};
    return *address;
}

Result<Address, Refusal> parse_listen(const std::string& text) {
    if (text.empty()) return *Address::parse("127.0.0.1:0");
    Result<Address, Refusal> address = parse_address(text);
    if (!address) return Unexpected{Refusal{500, "listen tcp: " + address.error().message}};
    return address;
}

Refusal no_proxy() {
    return {404, "proxy not found"};
}

}  // namespace

Proxies::Proxies(proxy::Worker& worker, Stand stand)
    : worker_{worker}, stand_{stand}, lease_timer_{worker.io()} {}

Proxies::Kept& Proxies::kept(std::string_view name) {
    const auto found = kept_.find(name);
    return found != kept_.end() ? found->second : kept_[std::string{name}];
}

void Proxies::tell(std::string_view what, std::string_view proxy, std::string_view fault) {
    if (!on_change) return;
    Json whom{{"proxy", proxy}};
    if (!fault.empty()) whom["fault"] = fault;
    on_change(what, whom);
}

void Proxies::tell(std::string_view what, const HeldFault& held) {
    if (on_change)
        on_change(what, Json{{held.is_of_edge ? "edge" : "proxy", held.target},
                             {"fault", held.fault.id}});
}

std::optional<Refusal> Proxies::enable(Proxy& proxy) {
    const std::string address = proxy.address().print();
    if (auto problem = proxy.enable()) return cannot_listen(address, *problem);
    kept(proxy.settings().name).has_listened = true;
    return std::nullopt;
}

std::optional<Refusal> Proxies::create(const ProxySpec& spec, const std::vector<Toxic>& toxics) {
    if (find(spec.name) != nullptr) return Refusal{409, "proxy already exists"};
    const Result<Address, Refusal> listen = parse_listen(spec.listen);
    if (!listen) return listen.error();
    const Result<Address, Refusal> upstream = parse_address(spec.upstream);
    if (!upstream) return upstream.error();
    const Result<Proxy*> made = worker_.create({.name = spec.name,
                                                .flavour = spec.flavour,
                                                .listen = *listen,
                                                .upstream = *upstream,
                                                .enabled = false});
    if (!made) return Refusal{500, made.error().message};
    kept_[spec.name] = {.listen = spec.listen, .upstream = spec.upstream};
    // Nobody listens yet: no connection ever passes without its faults.
    replace_toxics(spec.name, toxics);
    std::optional<Refusal> refusal = put_faults_of_edge(spec.name);
    if (!refusal && spec.enabled) refusal = enable(**made);
    if (refusal) {
        (void)worker_.remove(spec.name);
        kept_.erase(spec.name);
        return refusal;
    }
    tell("proxy.create", spec.name);
    return std::nullopt;
}

std::optional<Refusal> Proxies::update(std::string_view name, const ProxyChange& change) {
    Proxy* proxy = find(name);
    if (proxy == nullptr) return no_proxy();
    Kept& given = kept(name);
    Result<Address, Refusal> listen = proxy->address();
    // The address that is shown is not a new one, though it may differ from the one that was given.
    if (change.listen && *change.listen != listen_of(*proxy)) {
        listen = parse_address(*change.listen);
        if (!listen) return listen.error();
    }
    Result<Address, Refusal> upstream = proxy->settings().upstream;
    if (change.upstream) {
        upstream = parse_address(*change.upstream);
        if (!upstream) return upstream.error();
        given.upstream = *change.upstream;
    }
    const bool wanted = change.enabled.value_or(proxy->is_enabled());
    const bool moves = !(*listen == proxy->address());
    if (!wanted || moves) proxy->disable();
    if (moves) {
        proxy->set_listen(*listen);
        given.listen = *change.listen;
        given.has_listened = false;
    }
    if (!(*upstream == proxy->settings().upstream)) proxy->set_upstream(*upstream);
    std::optional<Refusal> refusal;
    if (wanted) refusal = enable(*proxy);
    tell("proxy.update", name);
    return refusal;
}

std::optional<Refusal> Proxies::remove(std::string_view name) {
    if (worker_.remove(name)) return no_proxy();
    kept_.erase(kept_.find(name));
    std::erase_if(faults_, [&](const auto& entry) {
        return entry.second.stands_on(name) && proxies_of(entry.second).empty();
    });
    wait_for_lease();
    tell("proxy.remove", name);
    return std::nullopt;
}

bool Proxies::is_same(const ProxySpec& spec) {
    Proxy* proxy = find(spec.name);
    if (proxy == nullptr) return false;
    const Result<Address, Refusal> listen = parse_listen(spec.listen);
    const Result<Address, Refusal> upstream = parse_address(spec.upstream);
    if (!listen || !upstream) return false;
    if (!listen->is_unix() && listen->port() == 0) return false;
    return *listen == proxy->address() && *upstream == proxy->settings().upstream;
}

std::optional<Refusal> Proxies::reset() {
    for (auto& [name, given] : kept_) given.toxics.clear();
    faults_.clear();
    wait_for_lease();
    std::optional<Refusal> last;
    for (Proxy* proxy : list()) {
        proxy->remove_faults();
        if (auto refusal = enable(*proxy)) last = std::move(refusal);
    }
    if (on_change) on_change("reset", Json::object());
    return last;
}

std::string Proxies::listen_of(Proxy& proxy) {
    const Kept& given = kept(proxy.settings().name);
    return given.has_listened || given.listen.empty() ? proxy.address().print() : given.listen;
}

std::string Proxies::upstream_of(Proxy& proxy) {
    if (is_in_a_run()) return proxy.settings().upstream.print();
    return kept(proxy.settings().name).upstream;
}

std::vector<const Toxic*> Proxies::toxics(std::string_view name) {
    std::vector<const Toxic*> sorted;
    for (const proxy::Way way : proxy::both_ways)
        for (const Toxic& toxic : kept(name).toxics)
            if (toxic.way == way) sorted.push_back(&toxic);
    return sorted;
}

const Toxic* Proxies::find_toxic(std::string_view name, std::string_view toxic) {
    for (const Toxic& one : kept(name).toxics)
        if (one.name == toxic) return &one;
    return nullptr;
}

/// A toxic can begin or cease to change something when its values change.
std::optional<Refusal> Proxies::carry_out(std::string_view name, const Toxic& toxic) {
    std::optional<LiveFault> fault = toxic.fault();
    std::optional<Problem> problem;
    if (fault)
        problem = worker_.put_fault(name, *std::move(fault));
    else if (find(name)->sky().find(toxic.fault_id()) != nullptr)
        problem = worker_.remove_fault(name, toxic.fault_id());
    if (problem) return Refusal{500, problem->message};
    return std::nullopt;
}

std::optional<Refusal> Proxies::put_toxic(std::string_view name, Toxic toxic) {
    if (find(name) == nullptr) return no_proxy();
    if (auto refusal = carry_out(name, toxic)) return refusal;
    std::vector<Toxic>& all = kept(name).toxics;
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const Toxic& one) { return one.name == toxic.name; });
    tell(same == all.end() ? "toxic.add" : "toxic.update", name, toxic.name);
    if (same == all.end())
        all.push_back(std::move(toxic));
    else
        *same = std::move(toxic);
    return std::nullopt;
}

std::optional<Refusal> Proxies::remove_toxic(std::string_view name, std::string_view toxic) {
    Proxy* proxy = find(name);
    if (proxy == nullptr) return no_proxy();
    const Toxic* found = find_toxic(name, toxic);
    if (found == nullptr) return Refusal{404, "toxic not found"};
    (void)proxy->remove_fault(found->fault_id());
    tell("toxic.remove", name, toxic);
    std::erase_if(kept(name).toxics, [&](const Toxic& one) { return &one == found; });
    return std::nullopt;
}

void Proxies::replace_toxics(std::string_view name, const std::vector<Toxic>& toxics) {
    Proxy* proxy = find(name);
    std::vector<Toxic>& all = kept(name).toxics;
    for (const Toxic& toxic : all) (void)proxy->remove_fault(toxic.fault_id());
    all = toxics;
    for (const Toxic& toxic : all) (void)carry_out(name, toxic);
}

std::vector<Proxy*> Proxies::proxies_of(const HeldFault& held) {
    if (held.is_of_edge) return worker_.list_of(held.target);
    Proxy* one = find(held.target);
    return one != nullptr ? std::vector{one} : std::vector<Proxy*>{};
}

/// On all of its proxies, or as before on all of them.
std::optional<Refusal> Proxies::stand(const HeldFault& held, const HeldFault* before) {
    const std::vector<Proxy*> proxies = proxies_of(held);
    for (std::size_t i = 0; i < proxies.size(); ++i) {
        const auto problem =
            worker_.put_fault(proxies[i]->settings().name, held.fault, proxies.front());
        if (!problem) continue;
        for (std::size_t done = 0; done < i; ++done)
            if (before != nullptr)
                proxies[done]->put_fault(before->fault);
            else
                (void)proxies[done]->remove_fault(held.fault.id);
        return Refusal{400, problem->message + (problem->hint.empty() ? "" : ": " + problem->hint)};
    }
    return std::nullopt;
}

/// A proxy that comes to an edge has the faults of that edge.
std::optional<Refusal> Proxies::put_faults_of_edge(std::string_view name) {
    for (const auto& [id, held] : faults_) {
        if (!held.is_of_edge || !held.stands_on(name)) continue;
        const std::vector<Proxy*> others = proxies_of(held);
        const auto other = std::find_if(others.begin(), others.end(),
                                        [&](Proxy* one) { return one->settings().name != name; });
        if (auto problem =
                worker_.put_fault(name, held.fault, other != others.end() ? *other : nullptr))
            return Refusal{409, "the fault \"" + id + "\" of its edge: " + problem->message};
    }
    return std::nullopt;
}

std::optional<Refusal> Proxies::put_fault(const std::string& target, LiveFault fault,
                                          std::optional<Duration> lease) {
    const std::string id = fault.id;
    HeldFault wanted{.target = target,
                     .is_of_edge = find(target) == nullptr,
                     .fault = std::move(fault),
                     .lease = lease,
                     .until = lease ? worker_.commons().clock.now() + *lease : never};
    if (proxies_of(wanted).empty()) return no_proxy();
    const auto held = faults_.find(id);
    const HeldFault* before = held != faults_.end() ? &held->second : nullptr;
    if (before != nullptr && before->target != target)
        return Refusal{409, "the fault \"" + id + "\" stands on " +
                                (before->is_of_edge ? "the edge \"" : "the proxy \"") +
                                before->target + "\": remove it there first"};
    if (before != nullptr && before->fault.kind.index() != wanted.fault.kind.index())
        return Refusal{409, "the fault \"" + id + "\" is a " +
                                std::string{faults::kind_name(before->fault.kind)} +
                                ": remove it, and add another one"};
    if (room_for_fault) {
        const std::size_t others = faults_.size() - (before != nullptr ? 1 : 0);
        if (auto refusal = room_for_fault(wanted.until, others)) return refusal;
    }
    if (before != nullptr) wanted.is_of_edge = before->is_of_edge;
    if (auto refusal = stand(wanted, before)) return refusal;
    faults_[id] = std::move(wanted);
    wait_for_lease();
    tell("fault.put", faults_[id]);
    return std::nullopt;
}

bool Proxies::remove_fault(const std::string& id) {
    const auto held = faults_.find(id);
    if (held == faults_.end()) return false;
    const HeldFault gone = std::move(held->second);
    faults_.erase(held);
    for (Proxy* proxy : proxies_of(gone)) (void)proxy->remove_fault(id);
    wait_for_lease();
    tell("fault.remove", gone);
    return true;
}

std::optional<Duration> Proxies::left(const HeldFault& held) const {
    if (!held.lease) return std::nullopt;
    return std::max(Duration{0}, held.until - worker_.commons().clock.now());
}

void Proxies::wait_for_lease() {
    Time first = never;
    for (const auto& [id, held] : faults_) first = std::min(first, held.until);
    lease_timer_.cancel();
    if (first == never) return;
    lease_timer_.expires_at(worker_.commons().clock.zero() + first.time_since_epoch());
    lease_timer_.async_wait([self = std::weak_ptr{self_}](boost::system::error_code error) {
        if (const auto there = self.lock(); there && !error) (*there)->end_leases();
    });
}

void Proxies::end_leases() {
    const Time now = worker_.commons().clock.now();
    std::vector<std::string> ended;
    for (const auto& [id, held] : faults_)
        if (held.until <= now) ended.push_back(id);
    for (const std::string& id : ended) {
        tell("lease.end", faults_.at(id));
        remove_fault(id);
    }
    wait_for_lease();
}

}  // namespace shaketable::injector::control
