/// A socket that listens, and the coroutine that accepts from it.
///
/// A slow dial, or a full house, is no reason to stop others: whoever takes a connection goes on
/// with it by itself, and what cannot be taken waits in the kernel.
#pragma once

#include <functional>
#include <memory>

#include "injector/proxy/commons.h"
#include "injector/proxy/socket.h"
#include "injector/proxy/task.h"
#include "injector/proxy/waiter.h"

namespace shaketable::injector::proxy {

class Listener final : public Owner {
  public:
    enum class Room : std::uint8_t {
        some,
        full,  ///< it asks again in a moment
        shut,  ///< nobody is taken until it is poked
    };
    /// Asks `room` before each connection, and hands its descriptor to `take`; both may stop it,
    /// and are called no more after `stop`. Owns the listening descriptor. `commons` outlives it.
    Listener(Commons& commons, int descriptor, std::function<Room()> room,
             std::function<void(int)> take);
    /// Accepts until it is stopped; may take connections before it returns.
    static void start(const std::shared_ptr<Listener>& listener) { run(listener).start(); }

    void stop();
    /// There may be room again.
    void poke() { waiter_.poke(); }
    [[nodiscard]] int native() { return socket_.native(); }

  private:
    static Task<> run(std::shared_ptr<Listener> self);
    [[nodiscard]] Room accept_some();

    Commons& commons_;
    Socket socket_;
    Waiter waiter_;
    std::function<Room()> room_;
    std::function<void(int)> take_;
    bool stopped_ = false;
};

}  // namespace shaketable::injector::proxy
