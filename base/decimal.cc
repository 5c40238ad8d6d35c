#include "base/decimal.h"

#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace shaketable::detail {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t digits_from(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - from;
}

/// Where the exponent starts: at its `e`, or at the end.
std::size_t mantissa_length(std::string_view number) {
    const std::size_t e = number.find_first_of("eE");
    return e == std::string_view::npos ? number.size() : e;
}

/// Digits with one before the point, times 10^exponent, as plain decimals where that is short.
std::string lay_out(std::string_view digits, int exponent) {
    if (exponent < -7 || exponent > 17) {
        std::string text{digits.substr(0, 1)};
        if (digits.size() > 1) text.append(".").append(digits.substr(1));
        return text + "e" + std::to_string(exponent);
    }
    if (exponent < 0)
        return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') +
               std::string{digits};
    const auto before = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= before)
        return std::string{digits} + std::string(before - digits.size(), '0');
    return std::string{digits.substr(0, before)} + "." + std::string{digits.substr(before)};
}

}  // namespace

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::size_t end = text.size();
    if (end > longest) {
        end = longest;
        // Do not cut a character of several bytes in two.
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text.substr(0, end)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f)
            result.append("\\x").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
        else
            result += c;
    }
    return result + (end < text.size() ? "...\"" : "\"");
}

Problem problem_at(std::string_view code, std::string message, std::string hint, std::size_t column,
                   std::size_t length) {
    Problem problem{
        .code = std::string{code}, .message = std::move(message), .hint = std::move(hint)};
    problem.where.column = static_cast<int>(column);
    problem.where.length = static_cast<int>(length);
    return problem;
}

std::size_t number_length(std::string_view text) {
    std::size_t end = digits_from(text, 0);
    std::size_t fraction = 0;
    if (end < text.size() && text[end] == '.') {
        fraction = digits_from(text, end + 1);
        if (fraction > 0) end += 1 + fraction;
    }
    if (end == 0) return 0;
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        std::size_t start = end + 1;
        if (start < text.size() && (text[start] == '-' || text[start] == '+')) ++start;
        const std::size_t exponent = digits_from(text, start);
        if (exponent > 0) end = start + exponent;
    }
    return end;
}

std::optional<double> to_double(std::string_view number, int shift) {
    const std::size_t split = mantissa_length(number);
    std::string text{number.substr(0, split)};
    long exponent = 0;
    if (split < number.size()) {
        std::string_view digits = number.substr(split + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (read.ec != std::errc{}) exponent = digits.starts_with('-') ? -1'000'000 : 1'000'000;
    }
    exponent += shift;
    if (exponent != 0) text += "e" + std::to_string(exponent);
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{}) return std::nullopt;
    return value;
}

std::optional<Multiple> multiply(std::string_view number, std::uint64_t unit) {
    constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    if (mantissa_length(number) < number.size()) {
        const std::optional<double> value = to_double(number);
        const double product = value.value_or(0x1p100) * static_cast<double>(unit);
        if (!(product < 0x1p63)) return std::nullopt;
        const auto rounded = static_cast<std::uint64_t>(product + 0.5);
        return Multiple{rounded, static_cast<double>(rounded) == product};
    }
    const std::size_t point = number.find('.');
    std::uint64_t whole = 0;
    for (const char c : number.substr(0, point)) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (whole > (largest - digit) / 10) return std::nullopt;
        whole = whole * 10 + digit;
    }
    if (whole > largest / unit) return std::nullopt;
    whole *= unit;
    // Twice the fraction's part, rounded down: dividing digit by digit from the last one is exact.
    std::uint64_t twice = 0;
    bool exact = true;
    if (point != std::string_view::npos) {
        for (std::size_t i = number.size(); i-- > point + 1;) {
            twice += static_cast<std::uint64_t>(number[i] - '0') * 2 * unit;
            exact = exact && twice % 10 == 0;
            twice /= 10;
        }
    }
    const std::uint64_t part = (twice + 1) / 2;
    if (part > largest - whole) return std::nullopt;
    return Multiple{whole + part, exact && twice % 2 == 0};
}

std::string print_shifted(double value, int shift) {
    if (value == 0) return "0";
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::scientific);
    std::string_view text{buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())};
    std::string result;
    if (text.starts_with('-')) {
        result = "-";
        text.remove_prefix(1);
    }
    const std::size_t e = text.find('e');
    std::string digits{text.substr(0, e)};
    if (digits.size() > 1) digits.erase(1, 1);
    std::string_view exponent_text = text.substr(e + 1);
    if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
    int exponent = 0;
    std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
    return result + lay_out(digits, exponent + shift);
}

bool is_no_number(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+') || text.starts_with('.'))
        text.remove_prefix(1);
    if (text.size() > 8) return false;
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower == "nan" || lower == "inf" || lower == "infinity";
}

}  // namespace shaketable::detail
