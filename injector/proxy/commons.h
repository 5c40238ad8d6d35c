/// What all proxies of a worker share: the event loop, the clock, memory, and how much is in use.
#pragma once

#include <csignal>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/units.h"
#include "injector/clock.h"
#include "injector/proxy/outlet.h"
#include "injector/proxy/pipes.h"
#include "reports/record/meters.h"

namespace shaketable::injector::proxy {

struct Limits {
    /// Each takes two descriptors of the process's 20,000; the rest is for pipes, listeners and
    /// control. What is beyond waits in the kernel until one ends.
    std::uint32_t connections_max = 9'500;
    Duration dial_timeout = std::chrono::seconds{5};
    std::size_t held_max = std::size_t{256} << 20U;  ///< bytes that delays hold, all together
};

struct Commons {
    Commons(const LiveClock& at, const Limits& limited)
        : clock{at}, limits{limited}, budget{.most = limited.held_max}, scratch_(1U << 16U) {
        // splice(2) into a connection that was reset raises it, and has no flag against it.
        (void)std::signal(SIGPIPE, SIG_IGN);
    }

    LiveClock clock;
    Limits limits;
    Budget budget;
    PipePool pipes;
    std::uint32_t open = 0;             ///< connections
    reports::Meters* meters = nullptr;  ///< of the run's record; null outside of a run
    /// One thread runs it, so its queues need no locks.
    boost::asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};

    /// Bytes are read into here and are on their way again before anybody else reads.
    [[nodiscard]] std::span<char> scratch() noexcept { return scratch_; }

  private:
    std::vector<char> scratch_;
};

}  // namespace shaketable::injector::proxy
