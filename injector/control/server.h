/// A small HTTP/1.1 server on the loop of a worker. It holds little, for a short time, of few: who
/// is slow, large or many is refused, and the others do not wait.
///
/// Answers are made at once, from within the loop, so no answer can be kept back by a peer of the
/// data plane. The grammar is Beast's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "injector/control/message.h"
#include "injector/proxy/commons.h"
#include "injector/proxy/waiter.h"

namespace shaketable::injector::proxy {
class Listener;
}

namespace shaketable::injector::control {

struct ServerLimits {
    std::size_t connections_max = 128;
    std::uint32_t head_max = 16 * 1024;                 ///< bytes
    std::size_t body_max = std::size_t{1} << 20U;       ///< bytes
    std::size_t unsent_max = std::size_t{1} << 20U;     ///< bytes, of what is published
    Duration head_time = std::chrono::seconds{5};       ///< from its first byte
    Duration body_time = std::chrono::seconds{15};      ///< from the first byte of the head
    Duration write_time = std::chrono::seconds{30};     ///< of an answer
    Duration idle_time = std::chrono::seconds{60};      ///< between requests
    Duration lingering_time = std::chrono::seconds{1};  ///< until a refusal has been read
};

class Server {
  public:
    /// Called once for each request that may be answered.
    using Answerer = std::function<Answer(const Request&)>;
    /// `commons` outlives it, as do the handlers that wait in its loop.
    Server(proxy::Commons& commons, const ServerLimits& limits, Answerer answerer);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// At loopback or a unix socket, whose file then is the user's alone. Errors: E304 the address
    /// is of neither, E001 with the system's reason.
    [[nodiscard]] std::optional<Problem> listen(const proxy::Address& address);
    /// Where it listens, with the port that the kernel chose.
    [[nodiscard]] const proxy::Address& address() const noexcept { return address_; }
    /// Takes no more connections; those that wait for a request end, the others when they have
    /// their answer.
    void stop();
    /// Sends to all who listen to a stream. Who has too much unsent is left.
    void publish(std::string_view text);

    [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

  private:
    class Connection;
    void accept(int descriptor);

    proxy::Commons& commons_;
    ServerLimits limits_;
    Answerer answerer_;
    proxy::Address address_;
    std::shared_ptr<proxy::Listener> listener_;
    std::vector<Connection*> connections_;  ///< the one that has been idle longest, first
    std::uint64_t refused_ = 0;             ///< because too many are there
};

}  // namespace shaketable::injector::control
