/// How long a caller waits: for a connection, for one attempt, for the whole call.
#pragma once

#include <optional>
#include <string_view>

#include "base/distribution.h"
#include "base/field.h"
#include "base/problem.h"
#include "base/quantity.h"

namespace shaketable::policies {

/// `timeout: 1s` is the attempt's. Each scope that is not written does not exist: nobody gives up
/// on it.
///
/// Deadlines are inclusive: an answer in the very nanosecond of its timeout is still an answer (see
/// `has_passed`).
struct Timeout {
    static constexpr std::string_view kind = "timeout";
    static constexpr std::string_view summary = "gives up waiting; the callee may go on working";

    std::optional<Duration> connect;  ///< waiting for a bulkhead's connection; > 0. Without it that
                                      ///< wait counts into `attempt`
    std::optional<Distribution> attempt;  ///< one try, from the moment it passes the caller's
                                          ///< policies; > 0; a law is drawn anew for each try
    std::optional<Duration> total;        ///< the call with all its tries and back-offs; > 0

    static constexpr auto fields() {
        return fields_of(
            field("connect", &Timeout::connect,
                  "longest wait for a connection; default: counts into `attempt`"),
            field("attempt", &Timeout::attempt, "longest wait for one try; default: no limit"),
            field("total", &Timeout::total,
                  "longest wait for the call with its retries and back-offs; default: no limit"));
    }
    static constexpr auto shorthand() { return &Timeout::attempt; }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Timeout&) const = default;
};

/// True when `now` is after the deadline. At the deadline itself the answer still wins.
[[nodiscard]] constexpr bool has_passed(Time deadline, Time now) noexcept {
    return now > deadline;
}

}  // namespace shaketable::policies
