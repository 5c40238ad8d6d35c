/// Our own control API: `/v1/faults` in the words of the scenario language, `/v1/proxies`, and
/// `/v1/events`.
#pragma once

#include <optional>
#include <string_view>

#include "injector/control/fault_text.h"
#include "injector/control/message.h"
#include "injector/control/proxies.h"

namespace shaketable::injector::control {

class OwnApi {
  public:
    /// `proxies` outlives it.
    explicit OwnApi(Proxies& proxies) : proxies_{proxies} {}

    /// None: the path is not one of these.
    [[nodiscard]] std::optional<Answer> answer(const Request& request);

  private:
    [[nodiscard]] Answer list_faults();
    [[nodiscard]] Answer of_fault(const Request& request, std::string_view id);
    [[nodiscard]] Answer add_fault(const Request& request);
    [[nodiscard]] Answer put_fault(const Request& request, const std::string& id);
    [[nodiscard]] Answer put_fault(FaultText fault, const std::string& id);
    [[nodiscard]] Answer list_proxies();
    [[nodiscard]] Answer of_proxy(const Request& request, std::string_view name);
    [[nodiscard]] Answer put_proxy(const Request& request, const std::string& name);
    [[nodiscard]] Json describe(const HeldFault& held);
    [[nodiscard]] Json describe(proxy::Proxy& proxy);

    Proxies& proxies_;
};

}  // namespace shaketable::injector::control
