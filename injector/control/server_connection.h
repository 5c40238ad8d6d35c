/// One connection of the control server: requests, one after the other, or a stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "injector/control/request_reader.h"
#include "injector/control/server.h"
#include "injector/proxy/socket.h"
#include "injector/proxy/task.h"

namespace shaketable::injector::control {

/// Listed by its server from its birth until it ends, or the server does.
class Server::Connection final : public proxy::Owner {
  public:
    Connection(Server& server, int descriptor);

    static proxy::Task<> serve(std::shared_ptr<Connection> self);
    /// Says that there are too many, and ends.
    static proxy::Task<> refuse(std::shared_ptr<Connection> self);

    /// Closes it now.
    void drop();
    /// Ends when its answer is out; at once where it waits for a request.
    void stop();
    /// The server goes away: drops it, too.
    void forget();
    void publish(std::string_view text);
    [[nodiscard]] bool is_idle() const noexcept { return idle_ && is_alive(); }
    /// Does it take one of the places? Not when it is refused, nor when it has been dropped.
    [[nodiscard]] bool is_served() const noexcept { return !refused_ && is_alive(); }
    [[nodiscard]] Time waits_since() const noexcept { return since_; }

  private:
    /// Reads up to the end of a request. False: none comes any more.
    [[nodiscard]] proxy::Task<bool> read_request();
    /// What is to be said where a wait was in vain; "" = nothing.
    [[nodiscard]] Time deadline(RequestReader::State state) const;
    /// Sends what is unsent. False: it cannot.
    [[nodiscard]] proxy::Task<bool> send();
    [[nodiscard]] proxy::Task<> turn_down(Answer answer);
    [[nodiscard]] proxy::Task<> stream();
    [[nodiscard]] Answer answer(const Request& request);
    void write(const Answer& answer, bool keep_alive, bool with_body);
    void leave();
    [[nodiscard]] bool is_alive() const noexcept { return server_ != nullptr && !dropped_; }
    [[nodiscard]] Time now() const noexcept { return commons_.clock.now(); }

    Server* server_;
    proxy::Commons& commons_;
    const ServerLimits limits_;
    proxy::Socket socket_;
    proxy::Waiter waiter_;
    RequestReader reader_;
    std::string unsent_;
    Time since_;  ///< of the request under way its first byte; of an idle one the last answer
    bool idle_ = true;
    bool answered_ = false;  ///< one request at least
    bool stopping_ = false, dropped_ = false, streams_ = false, refused_ = false;
};

}  // namespace shaketable::injector::control
