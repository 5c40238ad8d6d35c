/// Every policy word there is: read by `explain`, the JSON Schema, the reference and the
/// completeness tests.
#pragma once

#include <tuple>

#include "policies/adaptive_throttle.h"
#include "policies/balance.h"
#include "policies/breaker.h"
#include "policies/bulkhead.h"
#include "policies/cancel.h"
#include "policies/chain.h"
#include "policies/codel.h"
#include "policies/concurrency_limit.h"
#include "policies/deadline.h"
#include "policies/fallback.h"
#include "policies/health_check.h"
#include "policies/hedge.h"
#include "policies/outlier_ejection.h"
#include "policies/rate_limit.h"
#include "policies/retry.h"
#include "policies/retry_budget.h"
#include "policies/shed.h"
#include "policies/slow_start.h"
#include "policies/timeout.h"

namespace shaketable::policies {

/// What a caller does, outermost first; then what a service does; then what a balancer does.
using Catalogue =
    std::tuple<EdgePolicy, Deadline, Fallback, Hedge, Retry, Backoff, RetryBudget, RateLimit,
               AdaptiveThrottle, Breaker, Bulkhead, Timeout, Cancel, ServicePolicies, Shed,
               ConcurrencyLimit, CoDel, Balance, HealthCheck, OutlierEjection, SlowStart>;

/// Calls `visit(Word{})` for each.
template <class Visit>
constexpr void for_each_policy(Visit&& visit) {
    [&]<class... Words>(std::tuple<Words...>*) {
        (visit(Words{}), ...);
    }(static_cast<Catalogue*>(nullptr));
}

}  // namespace shaketable::policies
