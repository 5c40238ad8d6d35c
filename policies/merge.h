/// One word over another, field by field: what is written stays, the rest comes from below.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/field.h"
#include "policies/retry_budget.h"

namespace shaketable::policies {

/// Words whose settings make sense only together: a written one replaces the one below as a whole.
template <class T>
inline constexpr bool replaced_as_a_whole = std::is_same_v<T, RetryBudget>;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// A field is written when an optional holds a value, and a list or a text is not empty; other
/// fields cannot tell.
template <Described Word>
[[nodiscard]] Word merged(const Word& written, const Word& below) {
    Word result = written;
    const auto merge_field = [&](const auto& f) {
        auto& over = result.*(f.member);
        const auto& under = below.*(f.member);
        using Value = std::remove_cvref_t<decltype(over)>;
        if constexpr (IsOptional<Value>::value) {
            using Inner = typename Value::value_type;
            if (!over) {
                over = under;
            } else if constexpr (Described<Inner>) {
                if constexpr (!replaced_as_a_whole<Inner>)
                    if (under) over = merged(*over, *under);
            }
        } else {
            static_assert(
                requires { over.empty(); }, "a field that cannot say whether it is written");
            if (over.empty()) over = under;
        }
    };
    Word::fields().each([&](const auto& f) { merge_field(f); });
    return result;
}

}  // namespace shaketable::policies
