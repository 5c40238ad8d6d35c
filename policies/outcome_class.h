/// Which outcomes a rule is about: `when: [timeout, 5xx]` as written, and as a bit mask that is
/// tested in one instruction.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/outcome.h"

namespace shaketable::policies {

/// A class of outcomes, as a scenario names it. Classes overlap.
enum class OutcomeClass : std::uint8_t {
    any,          ///< everything that is not a success
    timeout,      ///< the caller gave up waiting
    refused,      ///< queue full, breaker open, rate limited, shed, limited, bulkhead full, expired
    unreachable,  ///< reset, refused connection, noticed partition
    unavailable,  ///< status 503 (gRPC 14), unreachable, refused
    throttled,    ///< status 429 (gRPC 8), rate limited, shed, limited
    conflict,     ///< status 409 (gRPC 10): another has committed meanwhile
    error,        ///< an answer with any error status
    error_5xx,    ///< status 5xx or unknown; gRPC 2, 4, 12, 13, 14, 15
    error_4xx,    ///< status 4xx; the other gRPC codes
};

constexpr auto enum_names(OutcomeClass) {
    using P = std::pair<std::string_view, OutcomeClass>;
    return std::array{P{"any", OutcomeClass::any},
                      P{"timeout", OutcomeClass::timeout},
                      P{"refused", OutcomeClass::refused},
                      P{"unreachable", OutcomeClass::unreachable},
                      P{"unavailable", OutcomeClass::unavailable},
                      P{"throttled", OutcomeClass::throttled},
                      P{"conflict", OutcomeClass::conflict},
                      P{"error", OutcomeClass::error},
                      P{"5xx", OutcomeClass::error_5xx},
                      P{"4xx", OutcomeClass::error_4xx}};
}

/// A set of outcomes, errors told apart by their status. Two bytes of settings would do; four are
/// kept.
class OutcomeMask {
  public:
    constexpr OutcomeMask() = default;
    /// The union of the classes. An empty list is the empty set: callers put their own default in
    /// its place.
    explicit OutcomeMask(const std::vector<OutcomeClass>& classes);

    /// `status` is the answer's HTTP or gRPC (1..16) status where the outcome is `error`; 0 =
    /// unknown, taken as 500.
    [[nodiscard]] bool contains(Outcome outcome, int status = 0) const noexcept {
        if (outcome == Outcome::error) [[unlikely]]
            return (bits_ & error_bit(status)) != 0;
        return (bits_ & (1U << static_cast<unsigned>(outcome))) != 0;
    }
    bool operator==(const OutcomeMask&) const = default;

  private:
    [[nodiscard]] static std::uint32_t error_bit(int status) noexcept;

    std::uint32_t bits_ = 0;  ///< bit 0..12 per Outcome; from 16 on, per class of status
};

/// True for a failure that says "too much": it costs a retry budget less or more than others do.
[[nodiscard]] bool is_throttling(Outcome outcome, int status) noexcept;

}  // namespace shaketable::policies
