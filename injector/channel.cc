#include "injector/channel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/check.h"

namespace shaketable::injector {

namespace {

constexpr std::size_t head_bytes = sizeof(std::uint32_t) + 1;

bool is_known(std::uint8_t kind) {
    return kind >= static_cast<std::uint8_t>(MessageKind::ready) &&
           kind <= static_cast<std::uint8_t>(MessageKind::order);
}

}  // namespace

Channel::Channel(Descriptor fd) : fd_{std::move(fd)} {
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    closed_ = flags < 0 || ::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK) < 0;
}

std::pair<Channel, Channel> Channel::pair() {
    std::array<int, 2> ends{-1, -1};
    const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
    SHAKETABLE_CHECK(made == 0, "a pair of sockets can be made");
    return {Channel{Descriptor{ends[0]}}, Channel{Descriptor{ends[1]}}};
}

bool Channel::wait(short events, Duration longest) const {
    pollfd waiting{.fd = fd_.get(), .events = events, .revents = 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
    int ready = 0;
    do {
        ready = ::poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(ms, 0, 1 << 30)));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

bool Channel::send(MessageKind kind, std::string_view body) {
    SHAKETABLE_CHECK(body.size() <= body_max, "a message fits its frame");
    if (closed_) return false;
    const auto length = static_cast<std::uint32_t>(body.size() + 1);
    std::array<char, head_bytes> head{};
    std::memcpy(head.data(), &length, sizeof length);
    head[sizeof length] = static_cast<char>(kind);
    std::size_t sent = 0;
    while (sent < head.size() + body.size()) {
        std::array<iovec, 2> pieces{};
        std::size_t count = 0;
        if (sent < head.size()) pieces[count++] = {head.data() + sent, head.size() - sent};
        const std::size_t body_sent = sent > head.size() ? sent - head.size() : 0;
        // sendmsg() only reads, whatever its types say.
        pieces[count++] = {const_cast<char*>(body.data()) + body_sent, body.size() - body_sent};
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        const ssize_t n = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
        if (n >= 0) {
            sent += static_cast<std::size_t>(n);
        } else if (errno != EINTR && !(errno == EAGAIN && wait(POLLOUT, patience))) {
            closed_ = true;
            return false;
        }
    }
    return true;
}

bool Channel::read_more() {
    std::array<char, 65536> chunk;
    while (true) {
        const ssize_t n = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
        if (n > 0) {
            in_.append(chunk.data(), static_cast<std::size_t>(n));
            return true;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n == 0 || errno != EAGAIN) closed_ = true;
        return false;
    }
}

std::optional<Message> Channel::next_frame() {
    const std::string_view rest = std::string_view{in_}.substr(used_);
    if (rest.size() < head_bytes) return std::nullopt;
    std::uint32_t length = 0;
    std::memcpy(&length, rest.data(), sizeof length);
    const auto kind = static_cast<std::uint8_t>(rest[sizeof length]);
    if (length == 0 || length > body_max + 1 || !is_known(kind)) {
        closed_ = true;
        in_.clear();
        used_ = 0;
        return std::nullopt;
    }
    if (rest.size() < sizeof length + length) return std::nullopt;
    Message message{static_cast<MessageKind>(kind),
                    std::string{rest.substr(head_bytes, length - 1)}};
    used_ += sizeof length + length;
    if (used_ == in_.size()) {
        in_.clear();
        used_ = 0;
    }
    return message;
}

std::optional<Message> Channel::receive() {
    while (true) {
        if (std::optional<Message> message = next_frame()) return message;
        if (closed_) return std::nullopt;
        in_.erase(0, used_);
        used_ = 0;
        // What the other end said before it went is still handed out.
        if (!read_more() && !closed_) return std::nullopt;
    }
}

std::optional<Message> Channel::wait_for_message(Duration longest) {
    const auto until = std::chrono::steady_clock::now() + longest;
    while (true) {
        if (std::optional<Message> message = receive()) return message;
        const auto left = until - std::chrono::steady_clock::now();
        if (closed_ || left <= Duration{0}) return std::nullopt;
        (void)wait(POLLIN, left);
    }
}

}  // namespace shaketable::injector
