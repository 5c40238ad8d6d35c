/// All proxies of one process, and the loop that runs them. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/result.h"
#include "injector/proxy/commons.h"
#include "injector/proxy/proxy.h"
#include "model/model.h"
#include "model/weather.h"

namespace shaketable::injector::proxy {

class Worker {
  public:
    /// Of proxies that stand in no run: only live faults act. `seed`: of their dice.
    Worker(const LiveClock& clock, const Limits& limits, std::uint64_t seed);
    /// Of a run. `model` outlives the worker.
    Worker(const LiveClock& clock, const Limits& limits, const model::Model& model,
           faults::Timeline timeline, std::uint64_t repeat);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    [[nodiscard]] boost::asio::io_context& io() noexcept { return commons_.io; }
    [[nodiscard]] Commons& commons() noexcept { return commons_; }

    // Proxies, by name. They, and their faults, may change while the loop runs, from within it.
    // Errors: E101 there is none of that name, E105 there is one already, E001 it cannot listen.
    [[nodiscard]] Result<Proxy*> create(ProxySettings settings);
    [[nodiscard]] std::optional<Problem> remove(std::string_view name);
    [[nodiscard]] std::optional<Problem> set_enabled(std::string_view name, bool enabled);
    /// Moves a proxy to other addresses; its faults stay, its connections do not.
    [[nodiscard]] std::optional<Problem> move(std::string_view name, const Address& listen,
                                              const Address& upstream);
    /// By name, ascending.
    [[nodiscard]] std::vector<Proxy*> list();
    [[nodiscard]] Proxy* find(std::string_view name);

    /// All proxies of an edge, in the order of their numbers: those named `edge[0]`, `edge[1]`, ...
    [[nodiscard]] std::vector<Proxy*> list_of(std::string_view edge);

    /// Adds a fault to a proxy, or changes the one of its id. `with`: another proxy of its edge, on
    /// which the same fault stands already (see `Sky::put`). Further errors: E114 not a fault of
    /// traffic, or one that no proxy can carry out (loss), or of another kind than it was; E023 no
    /// bit left for a tamper; those of the kind.
    [[nodiscard]] std::optional<Problem> put_fault(std::string_view proxy, LiveFault fault,
                                                   Proxy* with = nullptr);
    [[nodiscard]] std::optional<Problem> remove_fault(std::string_view proxy,
                                                      const std::string& id);
    /// Removes all live faults and enables all proxies; the last problem of those that cannot.
    [[nodiscard]] std::optional<Problem> reset();

    [[nodiscard]] model::Weather* weather() noexcept { return weather_.get(); }

  private:
    void follow_weather();

    Commons commons_;
    const model::Model* model_ = nullptr;
    std::uint64_t seed_, repeat_ = 0;
    std::unique_ptr<model::Weather> weather_;
    boost::asio::steady_timer weather_timer_;
    std::vector<Ordinal> ordinals_;                ///< per route
    std::vector<std::unique_ptr<Proxy>> proxies_;  ///< by name
};

/// Of a proxy `web -> db[0]`: the edge `web -> db`, whose replicas have a proxy each. Of a name
/// that ends in no number: the name.
[[nodiscard]] std::string_view edge_of(std::string_view proxy) noexcept;

/// Why a proxy of this flavour cannot carry this fault out: its kind, or what is wrong with its
/// settings; none if it can.
[[nodiscard]] std::optional<Problem> find_problem_live(const faults::AnyKind& kind,
                                                       Flavour flavour);

}  // namespace shaketable::injector::proxy
