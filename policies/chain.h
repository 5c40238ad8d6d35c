/// All policies of one call edge, and their order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/field.h"
#include "base/problem.h"
#include "policies/adaptive_throttle.h"
#include "policies/breaker.h"
#include "policies/bulkhead.h"
#include "policies/cancel.h"
#include "policies/concurrency_limit.h"
#include "policies/deadline.h"
#include "policies/fallback.h"
#include "policies/hedge.h"
#include "policies/rate_limit.h"
#include "policies/retry.h"
#include "policies/shed.h"
#include "policies/timeout.h"

namespace shaketable::policies {

/// The policies that wrap a call, in their default order, outermost first.
enum class PolicyKind : std::uint8_t {
    deadline,
    fallback,
    hedge,
    retry,
    rate_limit,
    throttle,
    breaker,
    bulkhead,
    timeout
};
inline constexpr std::size_t policy_kind_count = 9;

constexpr auto enum_names(PolicyKind) {
    using P = std::pair<std::string_view, PolicyKind>;
    return std::array{P{"deadline", PolicyKind::deadline},     P{"fallback", PolicyKind::fallback},
                      P{"hedge", PolicyKind::hedge},           P{"retry", PolicyKind::retry},
                      P{"rate_limit", PolicyKind::rate_limit}, P{"throttle", PolicyKind::throttle},
                      P{"breaker", PolicyKind::breaker},       P{"bulkhead", PolicyKind::bulkhead},
                      P{"timeout", PolicyKind::timeout}};
}

/// What a caller does around a call. Everything is optional; `preset:` fills in a library's
/// settings, and what is written overrides them field by field (see `with_preset`).
struct EdgePolicy {
    static constexpr std::string_view kind = "policy";
    static constexpr std::string_view summary = "what a caller does around a call";

    std::string preset{};                        ///< a library's settings; "" = none
    std::optional<Deadline> deadline{};          ///<
    std::optional<Fallback> fallback{};          ///<
    std::optional<Hedge> hedge{};                ///<
    std::optional<Retry> retry{};                ///<
    std::optional<RateLimit> rate_limit{};       ///<
    std::optional<AdaptiveThrottle> throttle{};  ///<
    std::optional<Breaker> breaker{};            ///<
    std::optional<Bulkhead> bulkhead{};          ///<
    std::optional<Timeout> timeout{};            ///<
    std::optional<Cancel> cancel{};  ///< not a wrap: what becomes of work whose caller has left
    std::vector<PolicyKind>
        order{};  ///< outermost first; those not named keep their default order, innermost

    static constexpr auto fields() {
        using E = EdgePolicy;
        return fields_of(
            field("preset", &E::preset, "a library's settings, which the other keys override"),
            field("deadline", &E::deadline, Deadline::summary),
            field("fallback", &E::fallback, Fallback::summary),
            field("hedge", &E::hedge, Hedge::summary), field("retry", &E::retry, Retry::summary),
            field("rate_limit", &E::rate_limit, RateLimit::summary),
            field("throttle", &E::throttle, AdaptiveThrottle::summary),
            field("breaker", &E::breaker, Breaker::summary),
            field("bulkhead", &E::bulkhead, Bulkhead::summary),
            field("timeout", &E::timeout, Timeout::summary),
            field("cancel", &E::cancel, Cancel::summary),
            field("order", &E::order,
                  "of the policies, outermost first; default: the order above"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const EdgePolicy&) const = default;
};

/// What a service does with requests that arrive, in this order: rate limit, shed, concurrency
/// limit.
struct ServicePolicies {
    static constexpr std::string_view kind = "service-policies";
    static constexpr std::string_view summary = "what a service does with requests that arrive";

    std::optional<RateLimit> rate_limit{};                ///<
    std::optional<Shed> shed{};                           ///<
    std::optional<ConcurrencyLimit> concurrency_limit{};  ///<

    static constexpr auto fields() {
        using S = ServicePolicies;
        return fields_of(
            field("rate_limit", &S::rate_limit, RateLimit::summary),
            field("shed", &S::shed, Shed::summary),
            field("concurrency_limit", &S::concurrency_limit, ConcurrencyLimit::summary));
    }
    bool operator==(const ServicePolicies&) const = default;
};

/// Who wraps whom. The total timeout (`timeout.total`) bounds everything and has no place in it.
class PolicyOrder {
  public:
    /// The default order.
    PolicyOrder() : PolicyOrder(std::vector<PolicyKind>{}) {}
    /// `written` first, in its order; then the rest in the default order. Precondition: no kind
    /// twice.
    explicit PolicyOrder(const std::vector<PolicyKind>& written);

    /// True when `outer` wraps `inner`. E.g. a breaker inside the retry judges attempts, one
    /// outside judges calls.
    [[nodiscard]] bool wraps(PolicyKind outer, PolicyKind inner) const noexcept {
        return place_[static_cast<std::size_t>(outer)] < place_[static_cast<std::size_t>(inner)];
    }
    /// Outermost first.
    [[nodiscard]] const std::array<PolicyKind, policy_kind_count>& kinds() const noexcept {
        return kinds_;
    }
    bool operator==(const PolicyOrder&) const = default;

  private:
    std::array<PolicyKind, policy_kind_count> kinds_{};
    std::array<std::uint8_t, policy_kind_count> place_{};
};

}  // namespace shaketable::policies
