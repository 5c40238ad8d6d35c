/// Who may speak to the control API: nobody by way of a browser.
///
/// A page of a stranger can send requests to loopback, and can make a name of its own mean
/// 127.0.0.1 (DNS rebinding). The first ones carry `Origin` or `Sec-Fetch-Site`, the others a
/// `Host` that is not ours. Over a unix socket no page can come, so its Host may be any.
#pragma once

#include <optional>

#include "injector/control/message.h"
#include "injector/proxy/address.h"

namespace shaketable::injector::control {

/// The refusal; none: the request may be answered. `listening`: where it came in.
[[nodiscard]] std::optional<Answer> find_stranger(const Request& request,
                                                  const proxy::Address& listening);

}  // namespace shaketable::injector::control
