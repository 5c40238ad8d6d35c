/// Toxiproxy's toxics, and the faults that carry them out.
///
/// Their chain is applied in order; our verdicts combine commutatively, so order cannot matter.
/// docs/control.md says where the two differ.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "injector/control/json.h"
#include "injector/proxy/live_fault.h"

namespace shaketable::injector::control {

/// Attributes are whole numbers and 0 by default, as Toxiproxy's are.
struct ToxicType {
    using Values = std::span<const std::int64_t>;  ///< by place in `attributes`
    using Kind = std::optional<faults::AnyKind>;

    std::string_view name;
    std::span<const std::string_view> attributes;
    /// None: with these values it changes nothing.
    Kind (*kind)(Values values, faults::Direction direction);
};

/// Null: there is none.
[[nodiscard]] const ToxicType* find_toxic_type(std::string_view name);

struct Toxic {
    const ToxicType* type = nullptr;
    std::string name;
    std::string stream = "downstream";  ///< as it was sent
    proxy::Way way = proxy::Way::response;
    float toxicity = 1;  ///< as it was sent; acts as if it were cut to 0 .. 1
    std::vector<std::int64_t> values;

    /// Merges attributes; `into` the values where all are of the right type, else what is wrong.
    [[nodiscard]] std::string read_attributes(const Json& attributes);
    [[nodiscard]] Json to_json() const;
    /// None: it changes nothing.
    [[nodiscard]] std::optional<proxy::LiveFault> fault() const;
    /// Of its fault: none that a fault of our own language can have.
    [[nodiscard]] std::string fault_id() const { return "toxic:" + name; }
};

/// "upstream" or "downstream", whatever their case.
[[nodiscard]] std::optional<proxy::Way> parse_stream(std::string_view stream);

}  // namespace shaketable::injector::control
