/// The control API that Toxiproxy's clients speak: paths, bodies, statuses and texts of version
/// 2.12, without the defects that docs/control.md lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "injector/control/message.h"
#include "injector/control/proxies.h"

namespace shaketable::injector::control {

/// What a path leads to.
enum class ToxiproxyPath : std::uint8_t { version, all, populate, reset, proxy, toxics, toxic };

class Toxiproxy {
  public:
    /// `proxies` outlives it.
    explicit Toxiproxy(Proxies& proxies) : proxies_{proxies} {}

    /// None: the path is not one of this dialect.
    [[nodiscard]] std::optional<Answer> answer(const Request& request);
    /// POST /populate with this body; where it is wrong, why.
    [[nodiscard]] std::optional<std::string> populate(const std::string& body);

    static constexpr std::string_view version = "2.12.0";  ///< whose API this is

  private:
    [[nodiscard]] Answer carry_out(const Request& request, ToxiproxyPath to,
                                   const std::vector<std::string_view>& parts);
    [[nodiscard]] Answer list();
    [[nodiscard]] Answer create(const Request& request);
    [[nodiscard]] Answer of_proxy(const Request& request, std::string_view name);
    [[nodiscard]] Answer add_toxic(const Request& request, std::string_view name);
    [[nodiscard]] Answer of_toxic(const Request& request, std::string_view name,
                                  std::string_view toxic);
    [[nodiscard]] Answer fill(const std::string& body);
    [[nodiscard]] std::optional<Refusal> put_entry(const ProxySpec& spec,
                                                   const std::vector<Toxic>& toxics);
    [[nodiscard]] Json describe(proxy::Proxy& proxy);
    [[nodiscard]] Json toxics_of(std::string_view name);

    Proxies& proxies_;
    std::uint64_t requests_ = 0;
};

}  // namespace shaketable::injector::control
