/// Answers in the callee's stead when the call failed: a degraded answer instead of none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/distribution.h"
#include "base/field.h"
#include "base/problem.h"
#include "policies/outcome_class.h"

namespace shaketable::policies {

/// `fallback: 1ms`, or with `call: cache.get`. The call's outcome becomes `degraded`; a failing
/// fallback call keeps its failure.
struct Fallback {
    static constexpr std::string_view kind = "fallback";
    static constexpr std::string_view summary =
        "answers in the callee's stead when the call failed";

    std::vector<OutcomeClass> when{};    ///< default: any
    std::optional<Distribution> work{};  ///< time it takes at the caller; default 0
    std::string call{};                  ///< "service.endpoint" to call instead; "" = none

    static constexpr auto fields() {
        return fields_of(
            field("when", &Fallback::when, "outcomes it replaces; default: any"),
            field("work", &Fallback::work, "time it takes at the caller; default 0"),
            field("call", &Fallback::call, "an endpoint to call instead; default: none"));
    }
    static constexpr auto shorthand() { return &Fallback::work; }
    bool operator==(const Fallback&) const = default;
};

/// What a fallback replaces, ready to test.
[[nodiscard]] OutcomeMask fallback_mask(const Fallback& rule);

}  // namespace shaketable::policies
