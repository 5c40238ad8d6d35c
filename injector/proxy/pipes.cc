#include "injector/proxy/pipes.h"

#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace shaketable::injector::proxy {

Pipe Pipe::make() {
    Pipe pipe;
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return pipe;
    pipe.out_ = ends[0];
    pipe.in_ = ends[1];
    // Fails where the user's pipes take too much memory together: then it stays at 64 KiB.
    (void)::fcntl(pipe.in_, F_SETPIPE_SZ, 1 << 18);
    return pipe;
}

Pipe::Pipe(Pipe&& other) noexcept
    : held{std::exchange(other.held, 0)},
      in_{std::exchange(other.in_, -1)},
      out_{std::exchange(other.out_, -1)} {}

Pipe& Pipe::operator=(Pipe&& other) noexcept {
    std::swap(held, other.held);
    std::swap(in_, other.in_);
    std::swap(out_, other.out_);
    return *this;
}

Pipe::~Pipe() {
    if (!is_open()) return;
    ::close(in_);
    ::close(out_);
}

Pipe PipePool::take() {
    if (!free_.empty()) {
        Pipe pipe = std::move(free_.back());
        free_.pop_back();
        ++lent_;
        return pipe;
    }
    if (lent_ == most) return {};
    Pipe pipe = Pipe::make();
    if (pipe.is_open()) ++lent_;
    return pipe;
}

void PipePool::give(Pipe pipe) {
    if (!pipe.is_open()) return;
    --lent_;
    if (pipe.held == 0) free_.push_back(std::move(pipe));
}

}  // namespace shaketable::injector::proxy
