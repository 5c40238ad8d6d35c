/// A non-blocking TCP connection that sends HTTP messages whose bodies are filler of a given size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <netinet/in.h>

#include "injector/descriptor.h"

namespace shaketable::injector {

class Socket {
  public:
    Socket() = default;
    /// Of an accepted connection. Sends without waiting for more to send (TCP_NODELAY).
    explicit Socket(Descriptor fd);
    /// Starts to connect; what is sent meanwhile waits. Not `is_open()`: the kernel has no
    /// descriptor, port or way for it.
    [[nodiscard]] static Socket connect(const sockaddr_in& to);

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] bool is_open() const noexcept { return fd_.is_open(); }

    /// Sends `head` and `body` bytes of filler; what the kernel does not take at once is kept for
    /// `flush`. False: the connection is broken. Precondition: nothing is unsent.
    bool send(std::string_view head, std::int64_t body);
    /// Goes on sending. False: the connection is broken.
    bool flush();
    [[nodiscard]] bool has_unsent() const noexcept { return !head_.empty() || body_left_ > 0; }

    struct Read {
        std::string_view bytes;  ///< in a buffer of the process; valid until its next read
        bool closed = false;     ///< the other end has closed its side
        bool broken = false;     ///< reset, or never connected
    };
    /// What there is, at most 64 KiB. Nothing of the three: nothing yet.
    [[nodiscard]] Read read();
    /// Reads shorter than this have emptied the kernel's buffer.
    static constexpr std::size_t read_max = 65536;

    void close() noexcept { fd_.reset(); }
    /// Closes so that the other end sees a reset, not an end.
    void reset() noexcept;

  private:
    [[nodiscard]] bool push(std::string_view head);

    Descriptor fd_;
    std::string head_;            ///< unsent
    std::int64_t body_left_ = 0;  ///< unsent
};

/// Raises this process's limit of descriptors as far as it may.
void allow_many_descriptors();

/// A socket that listens on 127.0.0.1; `port` 0: one that the kernel chooses. Closed: it is taken.
[[nodiscard]] Descriptor listen_on_loopback(std::uint16_t port = 0);
/// Where a listening socket listens.
[[nodiscard]] sockaddr_in address_of(const Descriptor& listener);

}  // namespace shaketable::injector
