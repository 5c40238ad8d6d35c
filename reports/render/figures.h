/// Numbers for people: a unit that fits, and no more digits than the interval supports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reports/statistics.h"
#include "scenarios/expectation.h"

namespace shaketable::reports {

/// "112.3 ± 3.1 ms", "99.983 ± 0.012%", "412/s", "3.90 ± 0.12", "250". With an interval, the last
/// digit shown is the second one of its half-width; without, three digits (of what is missing to
/// 100%, for shares near 1, so that 99.98% is never shown as 100%). `ascii` writes "+-" for "±".
[[nodiscard]] std::string figure(const Estimate& value, scenarios::Unit unit, bool ascii = false);
/// The mean alone, with the digits that its interval supports, and three at most; "-" where there
/// is no value.
[[nodiscard]] std::string short_figure(const Estimate& value, scenarios::Unit unit);
[[nodiscard]] std::string figure(double value, scenarios::Unit unit);
/// "seconds", "share", "per_second", "count", "ratio": as results say it.
[[nodiscard]] std::string_view unit_name(scenarios::Unit unit);

/// "240,113"
[[nodiscard]] std::string grouped(std::uint64_t number);
/// "01:30", "01:30.5", "1:01:30": an instant of the run.
[[nodiscard]] std::string clock_time(double seconds);
/// "1 repeat", "10 repeats"
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view noun);

/// A name from a file, safe on a terminal: control characters, escape sequences and invalid UTF-8
/// become `?`.
[[nodiscard]] std::string harmless(std::string_view text);
/// Columns of a harmless text: one per code point.
[[nodiscard]] std::size_t columns(std::string_view text);
/// Filled up with spaces, or cut with an ellipsis, to exactly `width` columns.
[[nodiscard]] std::string left(std::string_view text, std::size_t width, bool ascii = false);
[[nodiscard]] std::string right(std::string_view text, std::size_t width, bool ascii = false);
/// Lines of at most `width` columns, broken at spaces.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width,
                                  std::string_view indent);

}  // namespace shaketable::reports
