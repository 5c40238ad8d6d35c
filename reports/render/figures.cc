#include "reports/render/figures.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace shaketable::reports {

namespace {

using scenarios::Unit;

/// How a number is shown: value x scale, then the unit's sign.
struct Scale {
    double factor = 1;
    std::string_view sign;
    bool spaced = false;  ///< a space before the sign
};

Scale scale_for(double value, Unit unit) {
    switch (unit) {
        case Unit::seconds:
            if (value >= 1 || value == 0) return {1, "s", true};
            if (value >= 1e-3) return {1e3, "ms", true};
            if (value >= 1e-6) return {1e6, "us", true};
            return {1e9, "ns", true};
        case Unit::share:
            return {100, "%", false};
        case Unit::per_second:
            return {1, "/s", false};
        case Unit::count:
        case Unit::ratio:
            return {};
    }
    return {};
}

/// Decimals that show the first `digits` (2 or 3) digits of x > 0: 3 for (0.0123, 2); never
/// negative.
int decimals_of(double x, int digits) {
    int decimals = digits - 1;
    const double ten = digits == 2 ? 9.95 : 9.995;  // what rounds up to the next power of ten
    while (x >= ten && decimals > 0) {
        x /= 10;
        --decimals;
    }
    while (x < ten / 10 && decimals < 9) {
        x *= 10;
        ++decimals;
    }
    return decimals;
}

/// Half-width of the interval; 0 without one, and where it is but rounding noise of equal values.
double half_of(const Estimate& value) {
    const double half = value.has_interval() ? value.half_width() : 0;
    return half > 1e-12 * std::fabs(value.mean) ? half : 0;
}

int decimals_for(const Estimate& value, Unit unit, double factor) {
    const double shown = value.mean * factor;
    const double half = half_of(value) * factor;
    if (half > 0) return std::min(decimals_of(half, 2), 4);
    if (shown == 0) return unit == Unit::share ? 1 : 0;
    if (unit == Unit::share) {
        const double missing = 100 - shown;
        if (missing <= 0) return 0;
        return std::min(missing < 10 ? decimals_of(missing, 2) : 1, 4);
    }
    if (unit == Unit::count && shown == std::floor(shown)) return 0;
    return std::min(decimals_of(shown, 3), 6);
}

std::string fixed(double value, int decimals, Unit unit) {
    std::string text = fmt::format("{:.{}f}", value, decimals);
    // Rounding must not turn nearly all into all.
    if (unit == Unit::share && value < 100 && text.substr(0, 3) == "100")
        text =
            decimals == 0 ? "99.9" : "99." + std::string(static_cast<std::size_t>(decimals), '9');
    const bool zero = text.find_first_not_of("-0.") == std::string::npos;
    if (text[0] == '-' && zero) text.erase(0, 1);
    if (decimals == 0 && value >= 1000 && value < 1e15)
        text = grouped(static_cast<std::uint64_t>(value + 0.5));
    return text;
}

std::string with_sign(const std::string& number, const Scale& scale) {
    std::string text = number;
    if (scale.spaced) text += ' ';
    return text.append(scale.sign);
}

/// Length of the valid UTF-8 sequence at the front, or 0. Overlong forms, surrogates and C1
/// controls are not valid here.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    char32_t point = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
        point = (point << 6U) | (byte(i) & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    const bool control = point < 0xA0;
    // Marks that reorder or hide text on a terminal.
    const bool hidden = (point >= 0x200B && point <= 0x200F) ||
                        (point >= 0x2028 && point <= 0x202E) ||
                        (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
    return overlong || surrogate || control || hidden || point > 0x10FFFF ? 0 : length;
}

/// The first `count` code points.
std::string first_columns(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (starts && count-- == 0) break;
    }
    return std::string{text.substr(0, at)};
}

std::string shortened(std::string_view text, std::size_t width, bool ascii) {
    if (columns(text) <= width) return std::string{text};
    if (width == 0) return {};
    return first_columns(text, width - 1) + (ascii ? "~" : "…");
}

}  // namespace

std::string short_figure(const Estimate& value, Unit unit) {
    if (value.n == 0 || !std::isfinite(value.mean)) return "-";
    const Scale scale = scale_for(value.mean, unit);
    const Estimate bare{value.mean, value.mean, value.mean, 1};
    const int decimals =
        std::min(decimals_for(value, unit, scale.factor), decimals_for(bare, unit, scale.factor));
    return with_sign(fixed(value.mean * scale.factor, decimals, unit), scale);
}

std::string figure(const Estimate& value, Unit unit, bool ascii) {
    if (value.n == 0 || !value.has_interval()) return short_figure(value, unit);
    const Scale scale = scale_for(value.mean, unit);
    const int decimals = decimals_for(value, unit, scale.factor);
    const double half = half_of(value) * scale.factor;
    std::string text = fixed(value.mean * scale.factor, decimals, unit) + (ascii ? " +- " : " ± ");
    text += half > 0 ? fixed(half, decimals, Unit::ratio) : "0";
    return with_sign(text, scale);
}

std::string figure(double value, Unit unit) {
    return short_figure({value, value, value, 1}, unit);
}

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string clock_time(double seconds) {
    const auto tenths = static_cast<std::uint64_t>(seconds * 10 + 0.5);
    const std::uint64_t whole = tenths / 10;
    std::string text =
        whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                      : fmt::format("{:02}:{:02}", whole / 60, whole % 60);
    if (tenths % 10 != 0) text += fmt::format(".{}", tenths % 10);
    return text;
}

std::string counted(std::uint64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string harmless(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length == 0)
            clean += '?';
        else
            clean.append(text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string left(std::string_view text, std::size_t width, bool ascii) {
    std::string cell = shortened(text, width, ascii);
    return cell + std::string(width - columns(cell), ' ');
}

std::string right(std::string_view text, std::size_t width, bool ascii) {
    const std::string cell = shortened(text, width, ascii);
    return std::string(width - columns(cell), ' ') + cell;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
    std::string lines{indent};
    std::size_t used = columns(indent);
    bool first = true;
    while (!text.empty()) {
        const std::size_t space = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, space);
        if (!first && used + 1 + columns(word) > width) {
            lines.append("\n").append(indent);
            used = columns(indent);
            first = true;
        }
        if (!first) {
            lines += ' ';
            ++used;
        }
        lines.append(word);
        used += columns(word);
        first = false;
        text.remove_prefix(std::min(space + 1, text.size()));
    }
    return lines;
}

std::string_view unit_name(Unit unit) {
    switch (unit) {
        case Unit::seconds:
            return "seconds";
        case Unit::share:
            return "share";
        case Unit::per_second:
            return "per_second";
        case Unit::count:
            return "count";
        case Unit::ratio:
            return "ratio";
    }
    return "?";
}

}  // namespace shaketable::reports
