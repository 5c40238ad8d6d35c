/// The right-hand side of a claim: a number of whatever its metric counts.
#pragma once

#include <string_view>

#include "base/result.h"
#include "scenarios/expectation.h"

namespace shaketable::scenarios {

struct Limit {
    double value = 0;  ///< in `unit`
    Unit unit = Unit::seconds;
};

/// `token`: `300ms`, `99.9%`, `400/s`, `250`. The place of a problem counts within the token.
/// Errors: E121 not what the metric counts; E122 no value could keep the claim; E119 no value at
/// all.
[[nodiscard]] Result<Limit> read_claim_limit(std::string_view token, Metric metric,
                                             Comparison comparison);

}  // namespace shaketable::scenarios
