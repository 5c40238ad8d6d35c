#include "policies/outcome_class.h"

namespace shaketable::policies {
namespace {

/// Classes of an error's status; an answer with an error status is in exactly one of them.
enum StatusBit : std::uint32_t {
    server_error = 1U << 16U,
    client_error = 1U << 17U,
    unavailable_status = 1U << 18U,
    throttled_status = 1U << 19U,
    conflict_status = 1U << 20U,
};
constexpr std::uint32_t every_status =
    server_error | client_error | unavailable_status | throttled_status | conflict_status;

constexpr std::uint32_t bit(Outcome o) {
    return 1U << static_cast<unsigned>(o);
}

constexpr std::uint32_t every_refusal = bit(Outcome::queue_full) | bit(Outcome::breaker_open) |
                                        bit(Outcome::rate_limited) | bit(Outcome::shed) |
                                        bit(Outcome::limited) | bit(Outcome::bulkhead_full) |
                                        bit(Outcome::expired);

constexpr std::uint32_t bits_of(OutcomeClass c) {
    switch (c) {
        case OutcomeClass::any:
            return every_status | every_refusal | bit(Outcome::timeout) | bit(Outcome::unreachable);
        case OutcomeClass::timeout:
            return bit(Outcome::timeout);
        case OutcomeClass::refused:
            return every_refusal;
        case OutcomeClass::unreachable:
            return bit(Outcome::unreachable);
        case OutcomeClass::unavailable:
            return unavailable_status | every_refusal | bit(Outcome::unreachable);
        case OutcomeClass::throttled:
            return throttled_status | bit(Outcome::rate_limited) | bit(Outcome::shed) |
                   bit(Outcome::limited);
        case OutcomeClass::conflict:
            return conflict_status;
        case OutcomeClass::error:
            return every_status;
        case OutcomeClass::error_5xx:
            return server_error | unavailable_status;
        case OutcomeClass::error_4xx:
            return client_error | throttled_status | conflict_status;
    }
    return 0;
}

}  // namespace

OutcomeMask::OutcomeMask(const std::vector<OutcomeClass>& classes) {
    for (const OutcomeClass c : classes) bits_ |= bits_of(c);
}

std::uint32_t OutcomeMask::error_bit(int status) noexcept {
    switch (status) {
        case 503:
        case 14:  // gRPC UNAVAILABLE
            return unavailable_status;
        case 429:
        case 8:  // gRPC RESOURCE_EXHAUSTED
            return throttled_status;
        case 409:
        case 10:  // gRPC ABORTED
            return conflict_status;
        case 2:   // gRPC UNKNOWN
        case 4:   // gRPC DEADLINE_EXCEEDED
        case 12:  // gRPC UNIMPLEMENTED
        case 13:  // gRPC INTERNAL
        case 15:  // gRPC DATA_LOSS
            return server_error;
        default:
            break;
    }
    const bool is_client_error = (status >= 400 && status < 500) || (status >= 1 && status <= 16);
    return is_client_error ? client_error : server_error;
}

bool is_throttling(Outcome outcome, int status) noexcept {
    return outcome == Outcome::rate_limited || outcome == Outcome::shed ||
           outcome == Outcome::limited ||
           (outcome == Outcome::error && (status == 429 || status == 8));
}

}  // namespace shaketable::policies
