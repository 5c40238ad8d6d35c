#include "injector/poller.h"

#include <sys/timerfd.h>

#include "base/check.h"

namespace shaketable::injector {

Poller::Poller()
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)},
      timer_{::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)} {
    SHAKETABLE_CHECK(epoll_.is_open() && timer_.is_open(), "the kernel can wait for sockets");
    SHAKETABLE_CHECK(add(timer_.get(), {.kind = Token::Kind::timer}), "and for a timer");
}

bool Poller::add(int fd, Token token) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = token.pack();
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

/// A timer by the kernel's high-resolution clock: the timeout of epoll_wait() has whole
/// milliseconds, and the kernel's slack on top.
void Poller::arm(const LiveClock& clock, Time until) {
    if (until == armed_) return;
    armed_ = until;
    itimerspec spec{};
    if (until != never) {
        const Duration at = clock.zero().time_since_epoch() + until.time_since_epoch();
        spec.it_value.tv_sec = at.count() / 1'000'000'000;
        spec.it_value.tv_nsec = at.count() % 1'000'000'000;
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

std::span<const epoll_event> Poller::wait(const LiveClock& clock, Time until) {
    const bool at_once = until != never && until <= clock.now();
    if (!at_once) arm(clock, until);
    const int count = ::epoll_wait(epoll_.get(), ready_.data(), static_cast<int>(ready_.size()),
                                   at_once ? 0 : -1);
    if (count <= 0) return {};
    std::size_t kept = 0;
    for (int i = 0; i < count; ++i) {
        const epoll_event event = ready_[static_cast<std::size_t>(i)];
        if (Token::unpack(event.data.u64).kind == Token::Kind::timer)
            armed_ = never;  // it has fired: the next wait sets it anew
        else
            ready_[kept++] = event;
    }
    return {ready_.data(), kept};
}

}  // namespace shaketable::injector
