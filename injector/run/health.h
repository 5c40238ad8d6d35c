/// Is somebody there, and well?
#pragma once

#include <string>

#include "injector/proxy/address.h"

namespace shaketable::injector {

/// Connects, and where `path` is not empty asks it with GET for an answer of 2xx; one second at
/// most. `reason`: why not, in a few words.
[[nodiscard]] bool is_healthy(const proxy::Address& address, const std::string& path,
                              std::string& reason);

}  // namespace shaketable::injector
