/// A caller's side of its calls: the rules of an edge, compiled once, and the machines of one
/// calling replica.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/distribution.h"
#include "base/outcome.h"
#include "base/random.h"
#include "base/units.h"
#include "model/index.h"
#include "policies/balance.h"
#include "policies/chain.h"

namespace shaketable::model {

/// What an edge's policies come to, without their states.
struct EdgeRules {
    explicit EdgeRules(const policies::EdgePolicy& policy);

    bool plain = true;  ///< one attempt, started at once or never, settles the call: no Call record
                        ///< is needed
    bool direct = true;  ///< the first try starts at once or never: no Call record is needed until
                         ///< it fails; all that is plain is direct
    std::optional<policies::RetryRule> retry;
    std::optional<policies::OutcomeMask> fallback;
    Sampler fallback_work;
    bool hedges = false;
    bool hedges_elsewhere = false;      ///< to a replica that does not have the call yet
    Duration attempt_timeout{forever};  ///< the longest; of a law, which has none, `forever`
    Sampler attempt_patience{};         ///< of a law: see `draws_timeout`
    bool draws_timeout = false;         ///< the attempt's timeout is drawn for each try
    Duration total_timeout{forever};
    Duration pool_wait{forever};   ///< longest wait for a connection
    bool pool_wait_counts = true;  ///< into the attempt's timeout
    std::optional<policies::Deadline> deadline;
    policies::CancelMode cancel = policies::CancelMode::none;
    Duration cancel_delay{0};
    std::vector<policies::PolicyKind> call_gates;     ///< asked once per call, outermost first
    std::vector<policies::PolicyKind> attempt_gates;  ///< asked for every try
    bool breaker_per_call = false;                    ///< the breaker is one of the call's gates
    bool spares_first_try = false;  ///< its breaker refuses tries after the first only
    bool place_per_try = false;     ///< every try takes a place of the bulkhead, not the call one

    /// When a try that started then is given up; `never` without a timeout.
    [[nodiscard]] Time gives_up(Time started, Random& random) const {
        if (draws_timeout) return started + attempt_patience.draw(random);
        return attempt_timeout == forever ? never : started + attempt_timeout;
    }
};

/// The HTTP status of an outcome that brings none of its own.
[[nodiscard]] std::uint16_t status_of(Outcome outcome) noexcept;

/// The dice of one edge, each for its own purpose.
struct EdgeDice {
    Random network, back_off, balance, policy;
};

/// The machines of one calling replica. Which exist depends on the edge's policies and the callee's
/// balance.
struct EdgeMachines {
    EdgeMachines(const policies::EdgePolicy& policy, const policies::Balance& balance,
                 std::uint32_t endpoints);

    policies::Balancer balancer;
    std::optional<policies::HealthMachine> health;
    std::optional<policies::EjectionMachine> ejection;
    std::optional<policies::BreakerMachine> breaker;
    std::optional<policies::RetryBudgetMachine> budget;
    std::optional<policies::RateLimitMachine> rate_limit;
    std::optional<policies::AdaptiveThrottleMachine> throttle;
    std::optional<policies::BulkheadMachine> bulkhead;
    std::optional<policies::HedgeMachine> hedge;
};

}  // namespace shaketable::model
