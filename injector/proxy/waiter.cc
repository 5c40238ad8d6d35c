#include "injector/proxy/waiter.h"

namespace shaketable::injector::proxy {

using boost::asio::posix::stream_descriptor;

namespace {

std::chrono::steady_clock::time_point instant(const LiveClock& clock, Time time) {
    return clock.zero() + time.time_since_epoch();
}

}  // namespace

void Waiter::suspend(std::coroutine_handle<> who, Events wanted, Socket* source, Socket* sink,
                     Time until) {
    waiting_ = who;
    wanted_ = wanted | on_poke;
    happened_ = 0;
    if ((wanted & on_readable) != 0) arm(*source, stream_descriptor::wait_read, on_readable);
    if ((wanted & on_failed) != 0) arm(*source, stream_descriptor::wait_error, on_failed);
    if ((wanted & on_writable) != 0) arm(*sink, stream_descriptor::wait_write, on_writable);
    if (until != never) {
        wanted_ |= on_due;
        arm_timer(until);
    }
}

void Waiter::arm(Socket& socket, stream_descriptor::wait_type type, Events event) {
    if ((armed_ & event) != 0) return;
    armed_ |= event;
    socket.readiness().async_wait(
        type, [this, event, keep = owner_.shared_from_this()](boost::system::error_code) {
            armed_ &= static_cast<Events>(~event);
            happen(event);
        });
}

void Waiter::arm_timer(Time until) {
    if ((armed_ & on_due) != 0 && timer_at_ == until) return;
    if (!timer_) timer_.emplace(io_);
    timer_at_ = until;
    armed_ |= on_due;
    timer_->expires_at(instant(clock_, until));
    timer_->async_wait(
        [this, until, keep = owner_.shared_from_this()](boost::system::error_code error) {
            if (error || until != timer_at_) return;
            armed_ &= static_cast<Events>(~on_due);
            happen(on_due);
        });
}

void Waiter::happen(Events event) {
    if ((wanted_ & event) == 0 && event != on_poke) return;  // armed for an earlier wait
    happened_ |= event;
    if (!waiting_) return;
    wanted_ = 0;
    std::exchange(waiting_, nullptr).resume();
}

}  // namespace shaketable::injector::proxy
