/// A non-blocking stream socket and its place in the event loop.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/result.h"
#include "injector/proxy/address.h"

namespace shaketable::injector::proxy {

/// What became of one call to the kernel.
struct Transfer {
    enum class State : std::uint8_t {
        moved,    ///< `bytes` > 0 of them
        blocked,  ///< nothing to read, or no room to write, now
        ended,    ///< the other side sends nothing more
        broken,   ///< the connection is reset or dead
    };
    State state = State::blocked;
    std::size_t bytes = 0;
    [[nodiscard]] bool moved() const noexcept { return state == State::moved; }
    [[nodiscard]] bool broken() const noexcept { return state == State::broken; }
};

/// Closes at the end of its life, with a FIN.
class Socket {
  public:
    explicit Socket(boost::asio::io_context& io) : descriptor_{io} {}
    /// Takes over an open, non-blocking descriptor.
    Socket(boost::asio::io_context& io, int descriptor) : descriptor_{io, descriptor} {}
    void assign(int descriptor) { descriptor_.assign(descriptor); }

    [[nodiscard]] bool is_open() const noexcept { return descriptor_.is_open(); }
    [[nodiscard]] int native() { return descriptor_.native_handle(); }
    [[nodiscard]] boost::asio::posix::stream_descriptor& readiness() noexcept {
        return descriptor_;
    }

    [[nodiscard]] Transfer read(std::span<char> into);
    [[nodiscard]] Transfer write(std::span<const char> bytes);
    /// Between a socket and a pipe, without copying through this process.
    [[nodiscard]] Transfer splice_to(int pipe, std::size_t most);
    [[nodiscard]] Transfer splice_from(int pipe, std::size_t most);

    /// FIN: nothing more will be written; reading goes on.
    void end();
    /// RST, and closes.
    void reset();
    void close();
    /// The pending error of the socket, taken off it; 0 = none.
    [[nodiscard]] int take_error();

  private:
    boost::asio::posix::stream_descriptor descriptor_;
};

/// A listening socket. A file of a unix socket that nobody listens on any more is replaced.
/// A TCP socket keeps its port while it is made to stop listening (shutdown(2)) and listen again.
/// Errors: E001 with the system's reason.
[[nodiscard]] Result<int> listen_at(const Address& address);

/// An accepted connection; none where none waits. `error`: what the system said, 0 if nothing.
[[nodiscard]] std::optional<int> accept_from(int listener, int& error);

/// Begins to connect: the socket is writable when that is decided (`take_error`). `number` spreads
/// connections to 127.0.0.0/8 over eight source addresses, 127.0.1.2 to 127.0.1.9: beyond some
/// 14,000 ports of one source the kernel searches for milliseconds. Errors: E001 refused at once.
[[nodiscard]] Result<int> connect_to(const Address& address, std::uint64_t number);

}  // namespace shaketable::injector::proxy
