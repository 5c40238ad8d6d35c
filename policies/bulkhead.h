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

/// Counts only; the world keeps the waiting calls in order. 16 bytes.
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
        if (waiting_ > 0) return --waiting_, true;
        return --busy_, false;
    }
    /// A waiting call left.
    void leave() noexcept { --waiting_; }

    [[nodiscard]] std::uint32_t busy() const noexcept { return busy_; }
    [[nodiscard]] std::uint32_t waiting() const noexcept { return waiting_; }

  private:
    std::uint32_t connections_;
    std::uint32_t pending_;
    std::uint32_t busy_ = 0;
    std::uint32_t waiting_ = 0;
};

}  // namespace shaketable::policies
