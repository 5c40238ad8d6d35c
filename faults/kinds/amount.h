/// A share or a number of something that is taken away: `50%` or `3`.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/field.h"
#include "base/units.h"
#include "faults/condition.h"

namespace shaketable::faults {

struct Amount {
    std::variant<Share, Count> value{};
    /// Scaled by the ramp; a number is rounded up.
    [[nodiscard]] Taken taken(double strength) const noexcept;
    bool operator==(const Amount&) const = default;
};

}  // namespace shaketable::faults

namespace shaketable {

/// Errors: those of a count, or of a share where there is a `%`.
template <>
struct Text<faults::Amount> {
    static constexpr std::string_view name = "share or count";
    static constexpr std::string_view example = "50%";
    static Result<faults::Amount> parse(std::string_view text);
    static std::string print(const faults::Amount& value);
};

}  // namespace shaketable
