#include "faults/kinds/header.h"

#include <algorithm>

namespace shaketable::faults {

namespace {

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool is_header_name(std::string_view text) noexcept {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
    });
}

bool has_header(std::string_view lines, std::string_view wanted) noexcept {
    const std::size_t colon = wanted.find(':');
    const std::string_view name = wanted.substr(0, colon);
    const bool any = colon == std::string_view::npos;
    const std::string_view value = any ? std::string_view{} : trimmed(wanted.substr(colon + 1));
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find("\r\n"), lines.size());
        const std::string_view line = lines.substr(0, end);
        const std::size_t at = line.find(':');
        if (at != std::string_view::npos && same_name(line.substr(0, at), name) &&
            (any || trimmed(line.substr(at + 1)) == value))
            return true;
        lines.remove_prefix(std::min(end + 2, lines.size()));
    }
    return false;
}

}  // namespace shaketable::faults
