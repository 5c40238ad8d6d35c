/// `serve`: proxies that nobody planned, driven through the control API, until a signal ends it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/problem.h"
#include "injector/proxy/address.h"

namespace shaketable::injector::control {

struct ServeSettings {
    proxy::Address listen{};
    std::string populate{};  ///< the body of a POST /populate that comes first; "" = none
    std::uint64_t seed = 1;  ///< of all dice
};

/// Returns when SIGINT or SIGTERM came: the listeners are closed and all connections reset. A
/// second signal ends the process at once. `ready` is called when the API listens. Errors: E304 it
/// may not listen there, E001 it cannot, E004 why `populate` is refused; then nothing is served.
[[nodiscard]] std::optional<Problem> serve(const ServeSettings& settings,
                                           const std::function<void(const proxy::Address&)>& ready);

}  // namespace shaketable::injector::control
