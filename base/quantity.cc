#include "base/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

#include "base/decimal.h"

namespace shaketable {
namespace {

using detail::in_quotes;
using detail::problem_at;

struct TimeUnit {
    std::string_view name;
    std::uint64_t nanoseconds;
};
/// Falling.
constexpr std::array<TimeUnit, 7> time_units{{{"d", 86'400'000'000'000},
                                              {"h", 3'600'000'000'000},
                                              {"m", 60'000'000'000},
                                              {"s", 1'000'000'000},
                                              {"ms", 1'000'000},
                                              {"us", 1'000},
                                              {"ns", 1}}};
constexpr std::string_view time_unit_names = "ns us ms s m h d";

const TimeUnit* find_time_unit(std::string_view name) {
    for (const TimeUnit& unit : time_units)
        if (unit.name == name) return &unit;
    return nullptr;
}

/// Precondition: a unit of a second or more.
double whole_seconds(const TimeUnit& unit) {
    return static_cast<double>(unit.nanoseconds / 1'000'000'000);
}

Problem no_unit(std::string_view text, std::size_t column, std::string_view suggestion) {
    const std::string_view number = text.substr(column);
    std::string hint = text.size() <= 40
                           ? "did you mean " + std::string{text} + std::string{suggestion} + "?"
                           : "add a unit, like " + std::string{suggestion};
    return problem_at("E020", in_quotes(number) + " has no unit", std::move(hint), column,
                      number.size());
}

/// A whole part and what is left as decimals: 1 and 500,000,000 of 9 digits is "1.5".
std::string print_decimal(std::uint64_t whole, std::uint64_t fraction, int digits) {
    std::string text = std::to_string(whole);
    if (fraction == 0) return text;
    std::string decimals = std::to_string(fraction);
    decimals.insert(0, static_cast<std::size_t>(digits) - decimals.size(), '0');
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return text + "." + decimals;
}

}  // namespace

Result<Duration> Text<Duration>::parse(std::string_view text) {
    if (text == "0") return Duration{0};
    if (const auto bad = detail::find_bad_start(text, "a duration", example))
        return Unexpected{*bad};
    constexpr auto most = static_cast<std::uint64_t>(ten_years.count());
    std::uint64_t total = 0;
    std::uint64_t last_unit = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        const std::size_t digits = detail::number_length(rest);
        const std::string_view number = rest.substr(0, digits);
        const std::size_t unit_end = rest.find_first_of("0123456789", digits);
        const std::string_view unit_name =
            rest.substr(digits, unit_end == std::string_view::npos ? unit_end : unit_end - digits);
        if (unit_name.empty()) return Unexpected{no_unit(text, at, at == 0 ? "ms" : "s")};
        const TimeUnit* unit = find_time_unit(unit_name);
        if (unit == nullptr)
            return Unexpected{detail::unit_problem(text, rest.substr(digits), at + digits,
                                                   "a duration", time_unit_names)};
        if (unit->nanoseconds >= last_unit)
            return Unexpected{problem_at("E021",
                                         "units of a duration must fall: " + in_quotes(text),
                                         "like 1h30m or 1m30s", at + digits, unit_name.size())};
        const auto part = detail::multiply(number, unit->nanoseconds);
        if (!part || part->value > most - total)
            return Unexpected{problem_at("E025", in_quotes(text) + " is out of range",
                                         "a duration is at most ten years, 3650d", at,
                                         digits + unit_name.size())};
        if (!part->exact && part->value == 0)
            return Unexpected{problem_at("E023", in_quotes(text) + " is finer than a nanosecond",
                                         "", at, digits + unit_name.size())};
        total += part->value;
        last_unit = unit->nanoseconds;
        at += digits + unit_name.size();
    }
    return Duration{static_cast<std::int64_t>(total)};
}

// From a minute on a mix of days, hours, minutes and seconds; below, one unit with decimals.
std::string Text<Duration>::print(const Duration& value) {
    if (value.count() == 0) return "0";
    const bool negative = value.count() < 0;
    std::uint64_t left = static_cast<std::uint64_t>(value.count());
    if (negative) left = 0 - left;
    std::string text = negative ? "-" : "";
    for (const TimeUnit& unit : time_units) {
        if (left == 0) break;
        const std::uint64_t whole = left / unit.nanoseconds;
        const bool last = unit.nanoseconds <= 1'000'000'000;
        if (whole == 0 && !(last && text.size() > (negative ? 1U : 0U))) continue;
        left %= unit.nanoseconds;
        if (!last) {
            text += std::to_string(whole);
        } else {
            int digits = 0;
            for (std::uint64_t n = unit.nanoseconds; n > 1; n /= 10) ++digits;
            text += print_decimal(whole, left, digits);
            left = 0;
        }
        text += unit.name;
    }
    return text;
}

Result<Rate> Text<Rate>::parse(std::string_view text) {
    if (text == "0") return Rate{0};
    if (const auto bad = detail::find_bad_start(text, "a rate", example)) return Unexpected{*bad};
    constexpr std::string_view known = "/s /m /h /d k/s M/s";
    const std::size_t digits = detail::number_length(text);
    const std::string_view unit = text.substr(digits);
    if (unit.empty()) return Unexpected{no_unit(text, 0, "/s")};
    if (unit == "k" || unit == "M" || unit == "G") return Unexpected{no_unit(text, 0, "/s")};
    int shift = 0;
    if (unit.front() == 'k') shift = 3;
    if (unit.front() == 'M') shift = 6;
    if (unit.front() == 'G') shift = 9;
    const std::string_view per = unit.substr(shift > 0 ? 1 : 0);
    const TimeUnit* time = per.starts_with('/') ? find_time_unit(per.substr(1)) : nullptr;
    if (time == nullptr || time->nanoseconds < 1'000'000'000)
        return Unexpected{detail::unit_problem(text, unit, digits, "a rate", known)};
    const std::optional<double> number = detail::to_double(text.substr(0, digits), shift);
    if (!number)
        return Unexpected{
            problem_at("E025", in_quotes(text) + " is out of the range of numbers", "", 0, digits)};
    return Rate{*number / whole_seconds(*time)};
}

std::string Text<Rate>::print(const Rate& value) {
    const std::string plain = detail::print_shifted(value.per_second, 0) + "/s";
    if (plain.size() <= 9) return plain;
    // A third of a second is no decimal, but 20/m is.
    for (const TimeUnit* unit : {&time_units[2], &time_units[1], &time_units[0]}) {
        const double number = value.per_second * whole_seconds(*unit);
        if (!(number >= 1 && number < 1e9)) continue;
        const std::string text =
            detail::print_shifted(std::floor(number + 0.5), 0) + "/" + std::string{unit->name};
        if (const Result<Rate> back = parse(text); back && *back == value) return text;
    }
    return plain;
}

Result<Share> Text<Share>::parse(std::string_view text) {
    if (text == "0") return Share{0};
    if (const auto bad = detail::find_bad_start(text, "a share", example)) return Unexpected{*bad};
    const std::size_t digits = detail::number_length(text);
    const std::string_view number = text.substr(0, digits);
    const std::string_view unit = text.substr(digits);
    if (unit.empty()) {
        const std::optional<double> value = detail::to_double(number);
        std::string hint = "write it in percent, like 1%";
        if (value && *value <= 1 && text.size() <= 40)
            hint = "did you mean " + detail::print_shifted(*value, 2) + "%?";
        else if (value && *value <= 100 && text.size() <= 40)
            hint = "did you mean " + std::string{text} + "%?";
        return Unexpected{problem_at("E024",
                                     "a share is written in percent, found " + in_quotes(text),
                                     std::move(hint), 0, text.size())};
    }
    if (unit != "%") return Unexpected{detail::unit_problem(text, unit, digits, "a share", "%")};
    const std::optional<double> value = detail::to_double(number, -2);
    if (!value)
        return Unexpected{problem_at("E025", in_quotes(text) + " is out of the range of numbers",
                                     "", 0, text.size())};
    if (*value > 1)
        return Unexpected{
            problem_at("E023", in_quotes(text) + " is more than 100%", "", 0, text.size())};
    return Share{*value};
}

std::string Text<Share>::print(const Share& value) {
    return detail::print_shifted(value.fraction, 2) + "%";
}

Result<Count> Text<Count>::parse(std::string_view text) {
    if (text == "unlimited") return Count::unlimited();
    if (text.size() <= 12 && !nearest(text, {"unlimited"}).empty())
        return Unexpected{problem_at("E022", "expected a count like 2k, found " + in_quotes(text),
                                     "did you mean unlimited?", 0, text.size())};
    if (const auto bad = detail::find_bad_start(text, "a count", example)) return Unexpected{*bad};
    const std::size_t digits = detail::number_length(text);
    const std::string_view unit = text.substr(digits);
    std::uint64_t factor = 1;
    if (unit == "k") factor = 1'000;
    if (unit == "M") factor = 1'000'000;
    if (unit == "G") factor = 1'000'000'000;
    if (factor == 1 && !unit.empty())
        return Unexpected{detail::unit_problem(text, unit, digits, "a count", "k M G")};
    const auto value = detail::multiply(text.substr(0, digits), factor);
    if (!value || Count{value->value}.is_unlimited())
        return Unexpected{problem_at("E025", in_quotes(text) + " is too large for a count",
                                     "did you mean unlimited?", 0, text.size())};
    if (!value->exact)
        return Unexpected{
            problem_at("E023", in_quotes(text) + " is no whole number", "", 0, text.size())};
    return Count{value->value};
}

std::string Text<Count>::print(const Count& value) {
    if (value.is_unlimited()) return "unlimited";
    if (value.value != 0 && value.value % 1'000'000 == 0)
        return std::to_string(value.value / 1'000'000) + "M";
    if (value.value != 0 && value.value % 1'000 == 0)
        return std::to_string(value.value / 1'000) + "k";
    return std::to_string(value.value);
}

std::string print_number(double value) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), end.ptr};
}

Result<double> parse_number(std::string_view text) {
    const std::string expected = "expected a number, found " + in_quotes(text);
    if (detail::is_no_number(text))
        return Unexpected{problem_at("E025", expected, "only finite numbers have a meaning here", 0,
                                     text.size())};
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative ? 1 : 0);
    const std::size_t length = detail::number_length(digits);
    if (length == 0 || length != digits.size())
        return Unexpected{problem_at(
            "E022", expected,
            detail::kind_of_unit(digits.substr(length)).empty() ? "" : "a bare number belongs here",
            0, text.size())};
    const std::optional<double> value = detail::to_double(digits);
    if (!value)
        return Unexpected{problem_at("E025", in_quotes(text) + " is out of the range of numbers",
                                     "", 0, text.size())};
    return negative ? -*value : *value;
}

}  // namespace shaketable
