/// One proxy: a listener, an upstream, the faults between them, and the connections through it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "injector/proxy/commons.h"
#include "injector/proxy/connection.h"
#include "injector/proxy/live_fault.h"
#include "injector/proxy/meter.h"
#include "injector/proxy/sky.h"
#include "model/index.h"
#include "model/model.h"

namespace shaketable::injector::proxy {

enum class Flavour : std::uint8_t {
    tcp,   ///< bytes; a request is what a client sends from after an answer up to the next one
    http,  ///< requests of HTTP/1.1
};

struct ProxySettings {
    std::string name;
    Flavour flavour = Flavour::tcp;
    Address listen{};     ///< port 0: the kernel chooses
    int descriptor = -1;  ///< a listening socket that is there already; -1: one is made
    Address upstream{};
    bool enabled = true;
    // Of a proxy that stands in a model:
    std::uint32_t replica = model::none;       ///< it leads to; `none`: outside of the model
    std::vector<std::uint32_t> edge_states{};  ///< whose crossings take it, all of one route
    bool counts_flow = false;     ///< the caller counts nothing for the record: count its calls
    bool counts_service = false;  ///< neither does the callee: count what reaches it
    bool hide_own = true;  ///< the upstream is none of our stand-ins: it sees no header of ours
};

class Listener;

using Wires = std::array<Wire, 2>;  ///< by way

/// Owned by a worker. Faults and settings change between two events of its loop, never within one.
class Proxy {
  public:
    /// `model`: of the run, or null where the proxy stands outside of it. `wires`: what a rate of
    /// the whole edge goes through, each way; all proxies of an edge have the same.
    Proxy(Commons& commons, ProxySettings settings, Sky sky, const model::Model* model,
          std::shared_ptr<Wires> wires);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    /// Listens, if it is not refused now. Errors: E001 with the system's reason.
    [[nodiscard]] std::optional<Problem> enable();
    /// Closes the listener and resets all connections.
    void disable();
    [[nodiscard]] bool is_enabled() const noexcept { return enabled_; }
    /// Why it does not listen again after a refusal; none: it does, or should not.
    [[nodiscard]] const std::optional<Problem>& problem() const noexcept { return problem_; }

    [[nodiscard]] const ProxySettings& settings() const noexcept { return settings_; }
    /// What it is bound to, or would be: with the port that the kernel chose.
    [[nodiscard]] const Address& address() const noexcept { return address_; }
    /// New connections go there; those that exist are reset, as a listener's are.
    void set_upstream(const Address& upstream);
    /// Takes effect when it is enabled. Precondition: it is not.
    void set_listen(const Address& listen);

    [[nodiscard]] Sky& sky() noexcept { return sky_; }
    [[nodiscard]] EdgeMeter& meter() noexcept { return meter_; }
    [[nodiscard]] Commons& commons() noexcept { return commons_; }
    [[nodiscard]] const std::shared_ptr<Wires>& wires() const noexcept { return wires_; }
    [[nodiscard]] Wire& wire(Way way) noexcept { return (*wires_)[index_of(way)]; }
    [[nodiscard]] const model::Model* model() const noexcept { return model_; }

    // A call, as the meter and the record count it. `reached`: its request went on to the upstream.
    void begin_call(std::uint32_t edge_state);
    void reach(Time at);
    void end_call(std::uint32_t edge_state, Outcome outcome, Duration took, bool reached);

    /// Faults of the run began (`started`: occurrences) or ended.
    void on_weather(const std::vector<std::uint32_t>& started);
    /// `with`: as of `Sky::put`.
    void put_fault(LiveFault fault, const Sky* with = nullptr);
    [[nodiscard]] bool remove_fault(const std::string& id);
    void remove_faults();

  private:
    friend class Connection;
    void on_change();
    [[nodiscard]] std::optional<Problem> listen();
    void close_listener();
    void refuse();
    void accept(int client);
    /// Calls `act` with each connection; they may leave meanwhile.
    [[nodiscard]] reports::FlowMeter* flow_of(std::uint32_t edge_state);
    [[nodiscard]] reports::ServiceMeter* service();
    template <class Act>
    void for_each_connection(Act act);

    Commons& commons_;
    ProxySettings settings_;
    Address address_;
    Sky sky_;
    const model::Model* model_;
    EdgeMeter meter_;
    std::shared_ptr<Wires> wires_;
    std::shared_ptr<Listener> listener_;
    std::vector<Connection*> connections_;
    std::uint64_t next_connection_ = 0;
    std::optional<Problem> problem_;
    bool enabled_ = false;
    bool refusing_ = false;
};

}  // namespace shaketable::injector::proxy
