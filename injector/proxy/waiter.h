/// Where a coroutine waits for several things at once.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "base/units.h"
#include "injector/clock.h"
#include "injector/proxy/socket.h"

namespace shaketable::injector::proxy {

/// What coroutines belong to. Whoever waits keeps it alive.
class Owner : public std::enable_shared_from_this<Owner> {
  public:
    virtual ~Owner() = default;
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
};

/// What a coroutine waits for, or what woke it; several at once.
using Events = std::uint8_t;
inline constexpr Events on_readable = 1;  ///< the source has bytes, its end or an error
inline constexpr Events on_writable = 2;  ///< the sink has room, or an error
inline constexpr Events on_failed = 4;    ///< the source has an error, while nobody reads
inline constexpr Events on_due = 8;       ///< the instant has come
inline constexpr Events on_poke = 16;     ///< something else changed; always wakes

/// One coroutine waits here at a time. A wait that was armed and not needed any more stays armed
/// and is used by the next one.
class Waiter {
  public:
    Waiter(boost::asio::io_context& io, const LiveClock& clock, Owner& owner)
        : io_{io}, clock_{clock}, owner_{owner} {}

    /// Suspends until something of `wanted` happens, or `until`, or a poke. May wake for no reason.
    /// `source` and `sink` must be the same ones each time.
    [[nodiscard]] auto wait(Events wanted, Socket* source, Socket* sink, Time until = never) {
        return Awaiter{*this, wanted, source, sink, until};
    }
    /// Wakes it now, or at once when it waits next. Runs it up to its next wait before returning.
    void poke() { happen(on_poke); }

  private:
    struct Awaiter {
        Waiter& waiter;
        Events wanted;
        Socket* source;
        Socket* sink;
        Time until;
        bool await_ready() const noexcept { return (waiter.happened_ & on_poke) != 0; }
        void await_suspend(std::coroutine_handle<> who) {
            waiter.suspend(who, wanted, source, sink, until);
        }
        Events await_resume() noexcept { return std::exchange(waiter.happened_, Events{0}); }
    };

    void suspend(std::coroutine_handle<> who, Events wanted, Socket* source, Socket* sink,
                 Time until);
    void arm(Socket& socket, boost::asio::posix::stream_descriptor::wait_type type, Events event);
    void arm_timer(Time until);
    void happen(Events event);

    boost::asio::io_context& io_;
    const LiveClock& clock_;
    Owner& owner_;
    std::coroutine_handle<> waiting_;
    std::optional<boost::asio::steady_timer> timer_;
    Time timer_at_ = never;
    Events wanted_ = 0;    ///< of who waits
    Events armed_ = 0;     ///< asked of the event loop and not answered
    Events happened_ = 0;  ///< since the last resumption
};

}  // namespace shaketable::injector::proxy
