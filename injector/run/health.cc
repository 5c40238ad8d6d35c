#include "injector/run/health.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "injector/descriptor.h"

namespace shaketable::injector {

namespace {

constexpr int patience_ms = 1000;

bool wait_for(int fd, short what) {
    pollfd wait{fd, what, 0};
    return ::poll(&wait, 1, patience_ms) == 1;
}

}  // namespace

bool is_healthy(const proxy::Address& address, const std::string& path, std::string& reason) {
    const auto say = [&](const std::string& why) { return reason = why, false; };
    const Descriptor fd{::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (::connect(fd.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS)
        return say(std::strerror(errno));
    int error = ETIMEDOUT;
    socklen_t size = sizeof error;
    if (wait_for(fd.get(), POLLOUT))
        (void)::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return say(std::strerror(error));
    if (path.empty()) return true;
    const std::string request =
        "GET " + path + " HTTP/1.1\r\nhost: shaketable\r\nconnection: close\r\n\r\n";
    if (::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
        return say("it does not listen to requests");
    std::string line(12, '\0');  // "HTTP/1.1 200"
    std::size_t got = 0;
    while (got < line.size() && wait_for(fd.get(), POLLIN)) {
        const ssize_t n = ::recv(fd.get(), line.data() + got, line.size() - got, 0);
        if (n <= 0) break;
        got += static_cast<std::size_t>(n);
    }
    if (got == line.size() && line.starts_with("HTTP/1.") && line[9] == '2') return true;
    return say(got == 0 ? "it does not answer " + path : path + " answers " + line.substr(9, 3));
}

}  // namespace shaketable::injector
