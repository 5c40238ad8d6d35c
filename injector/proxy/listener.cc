#include "injector/proxy/listener.h"

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

namespace shaketable::injector::proxy {

Listener::Listener(Commons& commons, int descriptor, std::function<Room()> room,
                   std::function<void(int)> take)
    : commons_{commons},
      socket_{commons.io, descriptor},
      waiter_{commons.io, commons.clock, *this},
      room_{std::move(room)},
      take_{std::move(take)} {}

void Listener::stop() {
    stopped_ = true;
    socket_.close();
    waiter_.poke();
}

Task<> Listener::run(std::shared_ptr<Listener> self) {
    constexpr Duration pause = std::chrono::milliseconds{50};
    while (!self->stopped_) {
        const Room room = self->accept_some();
        if (self->stopped_) break;
        const Time retry = room == Room::full ? self->commons_.clock.now() + pause : never;
        (void)co_await self->waiter_.wait(room == Room::some ? on_readable : Events{0},
                                          &self->socket_, nullptr, retry);
    }
}

Listener::Room Listener::accept_some() {
    constexpr int at_once_max = 64;
    for (int i = 0; i < at_once_max; ++i) {
        const Room room = room_();
        if (stopped_ || room != Room::some) return room;
        int error = 0;
        const std::optional<int> descriptor = accept_from(socket_.native(), error);
        // Without a descriptor or memory for one more, those that wait are as if it were full.
        if (!descriptor) return error == 0 || error == ECONNABORTED ? Room::some : Room::full;
        take_(*descriptor);
        if (stopped_) break;
    }
    return Room::some;
}

}  // namespace shaketable::injector::proxy
