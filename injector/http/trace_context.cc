#include "injector/http/trace_context.h"

#include <array>

#include "base/random.h"

namespace shaketable::injector {

namespace {

std::optional<std::uint64_t> parse_hex(std::string_view text) noexcept {
    std::uint64_t value = 0;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit && !(c >= 'a' && c <= 'f')) return std::nullopt;  // upper case is not allowed
        value = value << 4U | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
    }
    return value;
}

void append_hex(std::string& to, std::uint64_t value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        to += "0123456789abcdef"[value >> static_cast<unsigned>(shift) & 0xFU];
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept {
    constexpr std::size_t length = 55;  // 00-<32>-<16>-<2>
    if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return std::nullopt;
    const auto version = parse_hex(text.substr(0, 2));
    if (!version || *version == 0xFF || (*version == 0 && text.size() != length) ||
        (text.size() > length && text[length] != '-'))
        return std::nullopt;
    const auto high = parse_hex(text.substr(3, 16));
    const auto low = parse_hex(text.substr(19, 16));
    const auto parent = parse_hex(text.substr(36, 16));
    const auto flags = parse_hex(text.substr(53, 2));
    if (!high || !low || !parent || !flags || (*high | *low) == 0 || *parent == 0)
        return std::nullopt;
    return TraceContext{*high, *low, *parent, static_cast<std::uint8_t>(*flags)};
}

void append_traceparent(std::string& to, const TraceContext& context) {
    to += "00-";
    append_hex(to, context.trace_high, 16);
    append_hex(to, context.trace_low, 16);
    to += '-';
    append_hex(to, context.parent, 16);
    to += '-';
    append_hex(to, context.flags, 2);
}

std::uint64_t span_id(std::uint64_t stream, std::uint64_t ordinal) noexcept {
    const std::uint64_t id = philox(stream, ordinal, 0)[0];
    return id == 0 ? 1 : id;
}

}  // namespace shaketable::injector
