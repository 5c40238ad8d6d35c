/// A client's connection through a proxy, whatever its flavour.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/random.h"
#include "faults/crossing.h"
#include "faults/verdict.h"
#include "injector/proxy/commons.h"
#include "injector/proxy/task.h"
#include "injector/proxy/waiter.h"

namespace shaketable::injector::proxy {

class Proxy;

/// Listed by its proxy from its birth until `leave`. Lives as long as its coroutines do.
class Connection : public Owner {
  public:
    Connection(Proxy& proxy, int client, std::uint64_t number);

    /// Resets both sides now. Idempotent.
    virtual void abort() = 0;
    /// The sky has changed: what waits goes by the new faults.
    virtual void on_change() = 0;
    /// What a fault that has just begun does to it.
    virtual void strike(const faults::Verdict& verdict) = 0;
    /// A fault was taken away by hand. If bytes were swallowed and would not be now, the stream has
    /// a hole: it ends.
    virtual void end_if_swallowed() = 0;

    /// As a fault sees it now; its ordinal is one of its own, past all others, so that judging it
    /// moves nobody's dice.
    [[nodiscard]] faults::Crossing in_flight() const noexcept;
    [[nodiscard]] std::uint32_t edge_state() const noexcept { return edge_state_; }

  protected:
    [[nodiscard]] Commons& commons() noexcept;
    [[nodiscard]] Time now() const noexcept;
    /// Of this connection alone, the same in every run of the proxy's name.
    [[nodiscard]] Random dice(std::string_view purpose) const;
    [[nodiscard]] bool is_open() const noexcept { return listed_; }
    /// Connects `server_`, at most `dial_timeout` long. False: the upstream cannot be reached, or
    /// the connection ended meanwhile.
    [[nodiscard]] Task<bool> dial(Waiter& waiter);
    /// Closes both sides; its proxy forgets it. Idempotent.
    void leave();

    friend class Proxy;
    Proxy& proxy_;
    Socket client_, server_;
    faults::Crossing crossing_;
    std::uint32_t edge_state_;
    std::uint32_t place_ = 0;  ///< in the list of the proxy
    bool listed_ = true;
};

}  // namespace shaketable::injector::proxy
