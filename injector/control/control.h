/// The control API of a worker: Toxiproxy's dialect and our own, on one server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "injector/control/own_api.h"
#include "injector/control/proxies.h"
#include "injector/control/server.h"
#include "injector/control/toxiproxy.h"

namespace shaketable::injector::control {

class Control {
  public:
    /// `worker` outlives it, and stands in no run.
    explicit Control(proxy::Worker& worker, const ServerLimits& limits = {});

    [[nodiscard]] Server& server() noexcept { return server_; }
    [[nodiscard]] Proxies& proxies() noexcept { return proxies_; }
    [[nodiscard]] Toxiproxy& toxiproxy() noexcept { return toxiproxy_; }

    [[nodiscard]] Answer answer(const Request& request);

  private:
    Proxies proxies_;
    Toxiproxy toxiproxy_;
    OwnApi own_;
    Server server_;
    std::uint64_t events_ = 0;
};

}  // namespace shaketable::injector::control
