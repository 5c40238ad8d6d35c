/// A fault that was put on a proxy at runtime, by the control API.
#pragma once

#include <optional>
#include <string>

#include "base/units.h"
#include "faults/catalogue.h"
#include "faults/verdict.h"
#include "injector/proxy/pace.h"

namespace shaketable::injector::proxy {

/// Acts until it is removed, with full strength. Its dice are keyed by its id, so a fault of the
/// same id hits the same crossings again.
struct LiveFault {
    std::string id;            ///< unique on its proxy
    faults::AnyKind kind;      ///< a traffic fault; a `bandwidth` may have a rate of 0: all waits
    Share toxicity{1};         ///< of the connections; drawn once for each, by its number
    std::optional<Way> way{};  ///< acts on this way alone, whatever its kind says
    bool operator==(const LiveFault&) const = default;
};

/// What of a verdict concerns one way. A rate shared by the edge stays as it is.
[[nodiscard]] faults::Verdict only(const faults::Verdict& verdict, Way way) noexcept;

}  // namespace shaketable::injector::proxy
