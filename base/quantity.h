/// Quantities as text: `250ms`, `120/s`, `10KiB`, `100Mbit/s`, `99.95%`, `2k`, `unlimited`.
/// parse(print(x)) == x.
///
/// Errors: E020 no unit, E021 bad unit, E022 the wrong kind of quantity, E023 out of range, E024
/// bare share or negative, E025 NaN, infinity, overflow. `where.column` is the offset within the
/// text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/field.h"
#include "base/units.h"

namespace shaketable {

#define SHAKETABLE_TEXT(Type, type_name, type_example)            \
    template <>                                                   \
    struct Text<Type> {                                           \
        static constexpr std::string_view name = type_name;       \
        static constexpr std::string_view example = type_example; \
        static Result<Type> parse(std::string_view text);         \
        static std::string print(const Type& value);              \
    }

SHAKETABLE_TEXT(Duration, "duration",
                "250ms");  ///< `1.5s`, `1m30s`; ns us ms s m h d; a bare number only as `0`
SHAKETABLE_TEXT(Rate, "rate", "120/s");   ///< `2k/s`, `300/m`, `10/h`
SHAKETABLE_TEXT(Bytes, "size", "10KiB");  ///< B KiB MiB GiB TiB (1024), kB KB MB GB TB (1000)
SHAKETABLE_TEXT(Bandwidth, "bandwidth",
                "100Mbit/s");               ///< bit/s kbit/s Mbit/s Gbit/s, B/s KiB/s MB/s ...
SHAKETABLE_TEXT(Share, "share", "99.95%");  ///< a bare `0.01` is refused; `0` and `0%` are 0
SHAKETABLE_TEXT(Count, "count", "2k");      ///< `5`, `2k`, `3M`, `unlimited`

/// The candidate nearest to `word` by edit distance (Damerau, case-insensitive), or "" where none
/// is near enough to be meant.
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string>& candidates);

/// A finite double, shortest text that reads back to it; "." as separator in every locale.
[[nodiscard]] std::string print_number(double value);
/// The whole text as a finite double (no locale, no hex, no inf, no nan).
[[nodiscard]] Result<double> parse_number(std::string_view text);

}  // namespace shaketable
