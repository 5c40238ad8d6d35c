#include "injector/control/serve.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "injector/control/control.h"
#include "injector/http/socket.h"

namespace shaketable::injector::control {

namespace {

/// Two descriptors a connection; some are kept back, so that the API can always answer.
proxy::Limits limits_of_process() {
    constexpr rlim_t kept_back = 512;
    allow_many_descriptors();
    rlimit descriptors{};
    proxy::Limits limits;
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return limits;
    const rlim_t most = descriptors.rlim_cur;
    const rlim_t pairs = (most > 2 * kept_back ? most - kept_back : most / 2) / 2;
    limits.connections_max =
        static_cast<std::uint32_t>(std::min<rlim_t>(limits.connections_max, pairs));
    return limits;
}

}  // namespace

std::optional<Problem> serve(const ServeSettings& settings,
                             const std::function<void(const proxy::Address&)>& ready) {
    proxy::Worker worker{LiveClock{std::chrono::steady_clock::now()}, limits_of_process(),
                         settings.seed};
    Control control{worker};
    if (auto problem = control.server().listen(settings.listen)) return problem;
    if (!settings.populate.empty())
        if (auto why = control.toxiproxy().populate(settings.populate))
            return Problem{.code = "E004", .message = *why};
    boost::asio::signal_set signals{worker.io(), SIGINT, SIGTERM};
    boost::asio::steady_timer last{worker.io()};
    signals.async_wait([&](boost::system::error_code error, int) {
        if (error) return;
        // From here on they do what they do to any program.
        signals.clear();
        control.server().stop();
        // Answers that are on their way get a moment.
        last.expires_after(std::chrono::milliseconds{200});
        last.async_wait([&](boost::system::error_code) { worker.io().stop(); });
    });
    ready(control.server().address());
    worker.io().run();
    return std::nullopt;
}

}  // namespace shaketable::injector::control
