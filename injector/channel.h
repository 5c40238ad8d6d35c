/// What the controller of a live run and its processes tell each other: framed messages over one
/// socket pair per process.
///
/// Not thread-safe. A frame is a length (4 bytes, of kind and body), a kind (1 byte) and a body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/units.h"
#include "injector/descriptor.h"

namespace shaketable::injector {

enum class MessageKind : std::uint8_t {
    ready = 1,  ///< from a process: it listens, or is about to begin; no body
    sample,     ///< from a process, each `sample_every`: see injector/parts.h
    part,       ///< from a process, once, at its end: what it has counted; see injector/parts.h
    error,      ///< from a process: why it cannot go on; a text
    crash,      ///< to a process: what is in hand is lost; hand over the part and exit at once
    stop,       ///< to a process: hand over the part, if it is not done yet, and return
    order,      ///< to a process: something of its role, by its own encoding
};

struct Message {
    MessageKind kind = MessageKind::ready;
    std::string body;
};

class Channel {
  public:
    static constexpr std::size_t body_max = std::size_t{64} << 20U;  ///< bytes
    /// A peer that reads nothing for so long is given up.
    static constexpr Duration patience = std::chrono::seconds{10};

    /// Owns the descriptor, which becomes non-blocking.
    explicit Channel(Descriptor fd);
    /// Two connected ends. Both are closed on exec.
    [[nodiscard]] static std::pair<Channel, Channel> pair();

    /// To wait for in one's own way: readable means that `receive` may have something.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// Sends all of it, and waits while the other end is slow. False: the other end is gone, and so
    /// is this channel. Precondition: body.size() <= body_max.
    bool send(MessageKind kind, std::string_view body = {});
    /// The next message that is complete, without waiting. None: nothing yet, or `closed()`.
    [[nodiscard]] std::optional<Message> receive();
    /// Waits for the next message; none after `longest`, or if `closed()`.
    [[nodiscard]] std::optional<Message> wait_for_message(Duration longest);
    /// The other end is gone, or has sent what no process of ours sends.
    [[nodiscard]] bool closed() const noexcept { return closed_; }

  private:
    [[nodiscard]] bool read_more();
    [[nodiscard]] std::optional<Message> next_frame();
    [[nodiscard]] bool wait(short events, Duration longest) const;

    Descriptor fd_;
    std::string in_;        ///< read and not handed out yet
    std::size_t used_ = 0;  ///< of `in_`, handed out already
    bool closed_ = false;
};

}  // namespace shaketable::injector
