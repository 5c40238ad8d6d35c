/// The proxies of a worker as both dialects of the control API see them: with their toxics, with
/// faults in our own words, and with the leases of those.
///
/// Belongs to the loop of the worker, as everything it calls. Nothing here waits for a peer.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "injector/control/toxic.h"
#include "injector/proxy/worker.h"

namespace shaketable::injector::control {

/// Why something was not done.
struct Refusal {
    int status = 500;     ///< of HTTP
    std::string message;  ///< one line
};

struct ProxySpec {
    std::string name;
    std::string listen;  ///< "": loopback, and a port that the kernel chooses
    std::string upstream;
    bool enabled = true;
    proxy::Flavour flavour = proxy::Flavour::tcp;
};

struct ProxyChange {
    std::optional<std::string> listen, upstream;
    std::optional<bool> enabled;
};

/// A fault in our own words, by its id.
struct HeldFault {
    std::string target;       ///< a proxy, or an edge
    bool is_of_edge = false;  ///< it stands on all proxies `target[0]`, `target[1]`, ...
    proxy::LiveFault fault;
    std::optional<Duration> lease;  ///< absent: until it is taken away
    Time until = never;             ///< of the lease
    [[nodiscard]] bool stands_on(std::string_view proxy) const noexcept {
        return is_of_edge ? proxy.size() > target.size() && proxy::edge_of(proxy) == target
                          : proxy == target;
    }
};

class Proxies {
  public:
    /// The proxies of a run are its plan's: faults come and go, they themselves stay.
    enum class Stand : std::uint8_t { alone, in_a_run };
    /// `worker` outlives it.
    explicit Proxies(proxy::Worker& worker, Stand stand = Stand::alone);
    [[nodiscard]] bool is_in_a_run() const noexcept { return stand_ == Stand::in_a_run; }

    // Proxies. Errors: 404 proxy not found, 409 proxy already exists, 500 with the reason why an
    // address does not parse or cannot be listened at.
    [[nodiscard]] std::optional<Refusal> create(const ProxySpec& spec,
                                                const std::vector<Toxic>& toxics = {});
    [[nodiscard]] std::optional<Refusal> update(std::string_view name, const ProxyChange& change);
    [[nodiscard]] std::optional<Refusal> remove(std::string_view name);
    /// Is there a proxy of that name with these addresses? A port of 0 is never the same.
    [[nodiscard]] bool is_same(const ProxySpec& spec);
    /// Enables all proxies and takes all faults away; those that cannot be enabled are told last.
    [[nodiscard]] std::optional<Refusal> reset();
    [[nodiscard]] proxy::Proxy* find(std::string_view name) { return worker_.find(name); }
    /// By name, ascending.
    [[nodiscard]] std::vector<proxy::Proxy*> list() { return worker_.list(); }
    /// Where it listens; as it was given while it never has.
    [[nodiscard]] std::string listen_of(proxy::Proxy& proxy);
    /// As it was given.
    [[nodiscard]] std::string upstream_of(proxy::Proxy& proxy);

    // Toxics of a proxy that is there, upstream ones first, each in the order in which they came.
    [[nodiscard]] std::vector<const Toxic*> toxics(std::string_view name);
    [[nodiscard]] const Toxic* find_toxic(std::string_view name, std::string_view toxic);
    /// Adds it, or puts it in the place of the one of its name.
    [[nodiscard]] std::optional<Refusal> put_toxic(std::string_view name, Toxic toxic);
    [[nodiscard]] std::optional<Refusal> remove_toxic(std::string_view name,
                                                      std::string_view toxic);
    void replace_toxics(std::string_view name, const std::vector<Toxic>& toxics);

    // Faults in our own words, by id.
    [[nodiscard]] const std::map<std::string, HeldFault>& faults() const { return faults_; }
    /// Adds it, or puts it in the place of the one of its id; its lease begins now. `target`: a
    /// proxy, or an edge: all proxies `target[0]`, `target[1]`, ..., those that come later too.
    /// Errors: 404 proxy not found, 409 it stands elsewhere or is of another kind, or as many
    /// faults act as may, 400 with the reason why a proxy cannot carry it out; then it stands on
    /// none.
    [[nodiscard]] std::optional<Refusal> put_fault(const std::string& target,
                                                   proxy::LiveFault fault,
                                                   std::optional<Duration> lease);
    /// Was there one?
    bool remove_fault(const std::string& id);
    /// How much of a lease is left; none: it has none.
    [[nodiscard]] std::optional<Duration> left(const HeldFault& held) const;

    /// Why one fault more may not act from now on `until` then, while so many `others` of /v1
    /// stand; none: it may. May be empty: any number may.
    std::function<std::optional<Refusal>(Time until, std::size_t others)> room_for_fault;
    /// Told of each change, "fault.put" and the like, and what it concerns.
    std::function<void(std::string_view what, const Json& whom)> on_change;

  private:
    struct Kept {
        std::string listen, upstream;  ///< as given
        bool has_listened = false;
        std::vector<Toxic> toxics;
    };
    [[nodiscard]] Kept& kept(std::string_view name);
    [[nodiscard]] std::optional<Refusal> enable(proxy::Proxy& proxy);
    [[nodiscard]] std::optional<Refusal> stand(const HeldFault& held, const HeldFault* before);
    [[nodiscard]] std::optional<Refusal> put_faults_of_edge(std::string_view name);
    [[nodiscard]] std::optional<Refusal> carry_out(std::string_view name, const Toxic& toxic);
    void tell(std::string_view what, std::string_view proxy, std::string_view fault = {});
    void tell(std::string_view what, const HeldFault& held);
    [[nodiscard]] std::vector<proxy::Proxy*> proxies_of(const HeldFault& held);
    void wait_for_lease();
    void end_leases();

    proxy::Worker& worker_;
    Stand stand_;
    std::map<std::string, Kept, std::less<>> kept_;
    std::map<std::string, HeldFault> faults_;
    boost::asio::steady_timer lease_timer_;
    /// A wait that is over may be told when all this has gone.
    std::shared_ptr<Proxies*> self_ = std::make_shared<Proxies*>(this);
};

}  // namespace shaketable::injector::control
