#include "faults/kinds/amount.h"

#include <cmath>

#include "base/quantity.h"

namespace shaketable::faults {

Taken Amount::taken(double strength) const noexcept {
    if (const Share* share = std::get_if<Share>(&value))
        return Taken::of({share->fraction * strength});
    const Count count = std::get<Count>(value);
    // From 2^53 on a double is no exact number, and no service has so many of anything: all of
    // them.
    constexpr std::uint64_t exact = std::uint64_t{1} << 53U;
    if (strength >= 1 || (strength > 0 && count.value >= exact)) return {.count = count.value};
    if (strength <= 0) return {};
    return {.count =
                static_cast<std::uint64_t>(std::ceil(static_cast<double>(count.value) * strength))};
}

}  // namespace shaketable::faults

namespace shaketable {

using faults::Amount;

Result<Amount> Text<Amount>::parse(std::string_view text) {
    if (text.find('%') != std::string_view::npos) {
        const Result<Share> share = Text<Share>::parse(text);
        if (!share) return Unexpected{share.error()};
        return Amount{*share};
    }
    const Result<Count> count = Text<Count>::parse(text);
    if (!count) return Unexpected{count.error()};
    return Amount{*count};
}

std::string Text<Amount>::print(const Amount& amount) {
    if (const Share* share = std::get_if<Share>(&amount.value)) {
        const std::string text = Text<Share>::print(*share);
        return text.ends_with('%') ? text : text + "%";
    }
    return Text<Count>::print(std::get<Count>(amount.value));
}

}  // namespace shaketable
