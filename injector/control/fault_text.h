/// A fault of the control API in the scenario language's own words, as JSON.
///
///     {"fault": "latency", "target": "db", "delay": "100ms", "direction": "both", "lease": "30s"}
///
/// `target` is the name of a proxy, or of an edge: `web -> db` is all proxies `web -> db[0]`,
/// `web -> db[1]`, ... It acts from the moment it is put, with full strength, so the
/// words of a scenario's time (`at`, `for`, `ramp`, `every`) have no meaning here: a `lease` ends
/// it instead. Read by the decoders of the scenario file, with the same messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/field.h"
#include "base/result.h"
#include "base/units.h"
#include "faults/catalogue.h"
#include "injector/control/json.h"
#include "scenarios/read.h"

namespace shaketable::injector::control {

struct FaultText {
    std::string id;      ///< "" = not said
    std::string target;  ///< a proxy or an edge
    std::optional<Duration> lease;
    faults::AnyKind kind;

    /// Of all kinds; `fault` and the kind's own keys stand beside them.
    static constexpr auto fields() {
        return fields_of(
            field("id", &FaultText::id, "its name, as in the path"),
            field("target", &FaultText::target, "the proxy or edge whose traffic it hits").must(),
            field("lease", &FaultText::lease,
                  "it is taken away so long after it was put last; absent: by hand alone"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const FaultText&) const = default;
};

/// Errors: those of a scenario file, at their places in `text`.
[[nodiscard]] Result<FaultText, scenarios::Failure> read_fault(std::string_view text);
/// read_fault(print(write_fault(f))) is `f`. What has its default is left out.
[[nodiscard]] Json write_fault(const FaultText& fault);

}  // namespace shaketable::injector::control
