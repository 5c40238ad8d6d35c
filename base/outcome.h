/// How a call or an attempt ended. One word list for policies, both worlds and the record.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace shaketable {

enum class Outcome : std::uint8_t {
    ok,
    degraded,     ///< a fallback answered
    error,        ///< the callee answered with an error status
    timeout,      ///< the caller gave up waiting
    unreachable,  ///< reset, refused connection, a partition that was noticed
    // Refused, each counted apart:
    queue_full,
    breaker_open,
    rate_limited,
    shed,           ///< by a load shedder, CoDel or a priority rule
    limited,        ///< by a concurrency limit
    bulkhead_full,  ///<
    expired,        ///< its deadline or its longest wait had passed before it was served
    cancelled,      ///< its caller took it back; never seen by a caller
};
inline constexpr int outcome_count = 13;

constexpr auto enum_names(Outcome) {
    using P = std::pair<std::string_view, Outcome>;
    return std::array{P{"ok", Outcome::ok},
                      P{"degraded", Outcome::degraded},
                      P{"error", Outcome::error},
                      P{"timeout", Outcome::timeout},
                      P{"unreachable", Outcome::unreachable},
                      P{"queue-full", Outcome::queue_full},
                      P{"breaker-open", Outcome::breaker_open},
                      P{"rate-limited", Outcome::rate_limited},
                      P{"shed", Outcome::shed},
                      P{"limited", Outcome::limited},
                      P{"bulkhead-full", Outcome::bulkhead_full},
                      P{"expired", Outcome::expired},
                      P{"cancelled", Outcome::cancelled}};
}

[[nodiscard]] constexpr bool is_success(Outcome o) noexcept {
    return o <= Outcome::degraded;
}
[[nodiscard]] constexpr bool is_refusal(Outcome o) noexcept {
    return o >= Outcome::queue_full && o <= Outcome::expired;
}

}  // namespace shaketable
