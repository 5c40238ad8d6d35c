// Any bytes to the control API, as one connection sends them: read in pieces, judged by the guard,
// answered by both dialects on proxies that are really made.
//
// The first byte is the size of the pieces; what would listen elsewhere than at a free port of
// loopback cannot, by `bind` below.
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"
#include "injector/control/control.h"
#include "injector/control/guard.h"
#include "injector/control/request_reader.h"
#include "tests/fuzz/abort_on_check.h"

using namespace shaketable;
using namespace shaketable::injector;
using namespace shaketable::injector::control;

/// In the place of the C library's: no input opens a port of the machine or makes a file. A port
/// that the kernel chose is named when it is bound again.
extern "C" int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
    static in_port_t chosen = 0;
    const auto* wanted = reinterpret_cast<const sockaddr_in*>(address);
    if (address->sa_family != AF_INET || ntohl(wanted->sin_addr.s_addr) != INADDR_LOOPBACK ||
        (wanted->sin_port != 0 && wanted->sin_port != chosen)) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    if (::syscall(SYS_bind, fd, address, size) != 0) return -1;
    sockaddr_in bound{};
    socklen_t length = sizeof bound;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) == 0)
        chosen = bound.sin_port;
    return 0;
}

namespace {

void check_answer(const Answer& answer) {
    SHAKETABLE_CHECK(answer.status >= 200 && answer.status < 600, "an answer has a status");
    SHAKETABLE_CHECK(!reason_of(answer.status).empty(), "a status has words");
    for (const auto& [name, value] : answer.fields)
        SHAKETABLE_CHECK((name + value).find_first_of("\r\n") == std::string::npos,
                         "what came from outside begins no line of a head");
    if (!answer.type.starts_with("application/json") || answer.body.empty()) return;
    SHAKETABLE_CHECK(read_first(answer.body).has_value(), "what says that it is JSON is JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::size_t requests_max = 64;
    const std::size_t piece = std::size_t{data[0]} * 8 + 1;
    std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
    proxy::Worker worker{LiveClock{std::chrono::steady_clock::now()}, {}, 1};
    Control control{worker};
    const proxy::Address listening = *proxy::Address::parse("127.0.0.1:8474");
    const ServerLimits limits;
    RequestReader reader{limits.head_max, limits.body_max};
    std::size_t answered = 0;
    RequestReader::State state = reader.feed({});
    while (answered < requests_max && state != RequestReader::State::bad) {
        if (state == RequestReader::State::done) {
            const Request request = reader.take().request;
            const auto stranger = find_stranger(request, listening);
            check_answer(stranger ? *stranger : control.answer(request));
            ++answered;
            state = reader.feed({});
            continue;
        }
        (void)reader.wants_to_go_on();
        if (rest.empty()) break;
        state = reader.feed(rest.substr(0, piece));
        rest.remove_prefix(std::min(piece, rest.size()));
    }
    if (state == RequestReader::State::bad) check_answer(plain(reader.status(), reader.why()));
    // Whatever was put, everything that stands can be shown and taken away.
    for (const auto* path : {"/v1/faults", "/v1/proxies", "/proxies", "/metrics"})
        check_answer(control.answer({.method = "GET", .path = path}));
    check_answer(control.answer({.method = "POST", .path = "/reset"}));
    SHAKETABLE_CHECK(control.proxies().faults().empty(), "a reset takes all faults away");
    return 0;
}
