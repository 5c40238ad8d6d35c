#include "injector/proxy/http/framing.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "faults/kinds/header.h"
#include "injector/proxy/http/target.h"

namespace shaketable::injector::proxy {

using faults::is_header_name;
using faults::same_name;

namespace {

constexpr std::string_view length_name = "content-length";
constexpr std::string_view coding_name = "transfer-encoding";

std::string_view without(std::string_view blanks, std::string_view text) noexcept {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

/// Calls `element(text)` for each of a list, with the blanks around it.
template <class Element>
void for_each_element(std::string_view list, Element element) {
    while (true) {
        const std::size_t comma = list.find(',');
        element(list.substr(0, comma));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

/// Of two names of the same length: are they the same but for underscores in place of dashes?
bool is_misspelt(std::string_view name, std::string_view known) noexcept {
    return name.find('_') != std::string_view::npos &&
           std::equal(name.begin(), name.end(), known.begin(), [](char a, char b) {
               return same_name({&a, 1}, {&b, 1}) || (a == '_' && b == '-');
           });
}

bool contains(std::string_view text, std::string_view word) noexcept {
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if (same_name(text.substr(at, word.size()), word)) return true;
    return false;
}

}  // namespace

Scan Framing::take(std::string_view name, std::string_view value) noexcept {
    switch (name.size()) {
        case 4:
            return same_name(name, "host") ? take_host(without(" ", value)) : Scan::good;
        case 6:
            if (!same_name(name, "expect")) return Scan::good;
            expects_continue |= same_name(without(" \t", value), "100-continue");
            return ++expectations > 1 ? Scan::malformed : Scan::good;
        case 7:
            upgrade_named |= same_name(name, "upgrade");
            return Scan::good;
        case 10:
            return same_name(name, "connection") ? take_connection(value) : Scan::good;
        case length_name.size():
            if (same_name(name, length_name)) return take_length(without(" ", value));
            return is_misspelt(name, length_name) ? Scan::malformed : Scan::good;
        case coding_name.size():
            if (same_name(name, coding_name)) return take_coding(without(" ", value));
            return is_misspelt(name, coding_name) ? Scan::malformed : Scan::good;
        default:
            return Scan::good;
    }
}

Scan Framing::take_length(std::string_view value) noexcept {
    constexpr std::size_t digits_max = 18;
    std::int64_t number = 0;
    const bool digits =
        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (length || value.empty() || value.size() > digits_max || !digits) return Scan::malformed;
    std::from_chars(value.data(), value.data() + value.size(), number);
    length = number;
    return Scan::good;
}

/// One that ends with `chunked` has an end; we only cannot decode what stands before that.
Scan Framing::take_coding(std::string_view value) noexcept {
    if (chunked) return Scan::malformed;
    chunked = true;
    if (same_name(value, "chunked")) return Scan::good;
    bool tokens = true, last_is_chunked = false;
    int chunkings = 0;
    for_each_element(value, [&](std::string_view element) {
        const std::string_view coding = without(" ", element);
        tokens &= is_header_name(coding);
        last_is_chunked = same_name(coding, "chunked");
        chunkings += last_is_chunked ? 1 : 0;
    });
    const bool ends = tokens && last_is_chunked && chunkings == 1;
    return ends ? Scan::unknown_coding : Scan::malformed;
}

/// `close` counts wherever it stands: nginx looks for it within words, too, and who takes a
/// connection for ended early loses nothing.
Scan Framing::take_connection(std::string_view value) noexcept {
    bool drops = false;
    close |= contains(value, "close");
    for_each_element(value, [&](std::string_view element) {
        const std::string_view option = without(" \t", element);
        upgrade_wanted |= same_name(option, "upgrade");
        keep_alive |= same_name(option, "keep-alive");
        drops |= same_name(option, length_name) || same_name(option, coding_name) ||
                 same_name(option, "host");
    });
    return drops ? Scan::malformed : Scan::good;
}

Scan Framing::take_host(std::string_view value) noexcept {
    host = value;
    return ++hosts > 1 || !is_host(value) ? Scan::malformed : Scan::good;
}

bool may_trail(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 5> kept{length_name, coding_name, "host", "connection",
                                                   "upgrade"};
    return std::none_of(kept.begin(), kept.end(),
                        [&](std::string_view one) { return same_name(name, one); });
}

}  // namespace shaketable::injector::proxy
