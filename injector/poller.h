/// Waits for sockets and for a time, whichever comes first.
///
/// Sockets are reported by edge: once when something changes, so whoever is told must read or write
/// until the kernel has no more. Not thread-safe. A closed descriptor needs no removal.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <sys/epoll.h>

#include "injector/clock.h"
#include "injector/descriptor.h"

namespace shaketable::injector {

/// Names a socket for its owner. The generation tells a socket from an earlier one of its index.
struct Token {
    enum class Kind : std::uint8_t { channel, timer, listener, session, connection, burner };
    Kind kind = Kind::channel;
    std::uint32_t generation = 0;  ///< 24 bits
    std::uint32_t index = 0;

    [[nodiscard]] std::uint64_t pack() const noexcept {
        return std::uint64_t{static_cast<std::uint8_t>(kind)} << 56U |
               std::uint64_t{generation & 0xFF'FFFFU} << 32U | index;
    }
    [[nodiscard]] static Token unpack(std::uint64_t bits) noexcept {
        return {static_cast<Kind>(bits >> 56U),
                static_cast<std::uint32_t>(bits >> 32U) & 0xFF'FFFFU,
                static_cast<std::uint32_t>(bits)};
    }
};

class Poller {
  public:
    Poller();

    /// False: the kernel has no room for it.
    [[nodiscard]] bool add(int fd, Token token);
    /// What is ready; empty when `until` has come first, or at a signal. `never` waits for sockets
    /// alone. Valid until the next call.
    [[nodiscard]] std::span<const epoll_event> wait(const LiveClock& clock, Time until);

  private:
    void arm(const LiveClock& clock, Time until);

    Descriptor epoll_, timer_;
    Time armed_ = never;
    std::array<epoll_event, 64> ready_{};
};

}  // namespace shaketable::injector
