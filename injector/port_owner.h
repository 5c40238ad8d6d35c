/// Who holds a port that we want?
#pragma once

#include <cstdint>
#include <string>

namespace shaketable::injector {

/// "nginx (process 4711)", or "" where the system does not say: of TCP ports of IPv4, and of
/// processes that we may look at.
[[nodiscard]] std::string port_owner(std::uint16_t port);

}  // namespace shaketable::injector
