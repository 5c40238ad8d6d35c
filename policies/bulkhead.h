/// A caller's connections to a callee: so many calls at once, so many waiting for one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

/// `bulkhead: 25`. Full means refused at once (Outcome::bulkhead_full). Defaults: resilience4j
/// Bulkhead.
struct Bulkhead {
    static constexpr std::string_view kind = "bulkhead";
    static constexpr std::string_view summary =
        "bounds the calls in progress at once, and those waiting";

    std::optional<Count> connections{};  ///< calls in progress at once; >= 1, default 25
    std::optional<Count>
        pending{};  ///< calls waiting for a connection, first come first served; default 0
    std::optional<Duration>
        wait{};  ///< longest wait for a connection; default: the attempt's timeout

    static constexpr auto fields() {
        return fields_of(
            field("connections", &Bulkhead::connections, "calls in progress at once; default 25"),
            field("pending", &Bulkhead::pending, "calls waiting for a connection; default 0"),
            field("wait", &Bulkhead::wait,
                  "longest wait for a connection; default: the attempt's timeout"));
    }
    static constexpr auto shorthand() { return &Bulkhead::connections; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Bulkhead&) const = default;
};

/// Counts only; the world keeps the waiting calls in order. 20 bytes.
class BulkheadMachine {
  public:
    enum class Entry : std::uint8_t { go, wait, refuse };

    explicit BulkheadMachine(const Bulkhead& settings);

    [[nodiscard]] Entry admit() noexcept {
        if (busy_ < connections_) return ++busy_, Entry::go;
        if (waiting_ < pending_) return ++waiting_, Entry::wait;
        return Entry::refuse;
    }
    /// A call in progress ended. True: start the one that waits longest; it has the connection
    /// already.
    [[nodiscard]] bool release() noexcept {
        if (waiting_ > 0 && busy_ <= connections_) return --waiting_, true;
        return --busy_, false;
    }
    /// There are so many connections from now on: something else holds the others, or has given
    /// them back. Those in use stay with their calls, and are lost when these end. Returns how many
    /// waiting calls to start, longest first; they have their connections already.
    [[nodiscard]] std::uint32_t set_connections(std::uint64_t left) noexcept {
        connections_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, size_));
        const std::uint32_t free = connections_ > busy_ ? connections_ - busy_ : 0;
        const std::uint32_t started = std::min(free, waiting_);
        busy_ += started;
        waiting_ -= started;
        return started;
    }
    /// Connections where nothing is taken away.
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    /// A waiting call left.
    void leave() noexcept { --waiting_; }

    [[nodiscard]] std::uint32_t busy() const noexcept { return busy_; }
    [[nodiscard]] std::uint32_t waiting() const noexcept { return waiting_; }

  private:
    std::uint32_t size_;
    std::uint32_t connections_;  ///< that are left of them
    std::uint32_t pending_;
    std::uint32_t busy_ = 0;
    std::uint32_t waiting_ = 0;
};

}  // namespace shaketable::policies
