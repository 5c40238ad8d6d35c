/// Resilience lint: what is likely to go wrong, said without a run. Every rule is one file; its
/// finding is a warning.
#pragma once

#include "base/problem.h"
#include "scenarios/scenario.h"
#include "scenarios/validate.h"

namespace shaketable::scenarios {

/// All warnings, by rule. Codes W201 to W214, see `lint/catalogue.h`.
/// Precondition: `validate` found no error.
[[nodiscard]] Problems lint(const Scenario& scenario, const Locate& where);

}  // namespace shaketable::scenarios
