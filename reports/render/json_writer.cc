#include "reports/render/json_writer.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/quantity.h"

namespace shaketable::reports {

namespace {

/// Length of the valid UTF-8 sequence at the front of a text that is not empty, or 0. Source:
/// Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (text.size() < length) return 0;
    const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    return length;
}

/// Precondition: not below 0.
std::string digits_of(WideTime number) {
    constexpr WideTime part = 1'000'000'000'000'000'000;
    if (number < part) return std::to_string(static_cast<std::uint64_t>(number));
    return digits_of(number / part) +
           fmt::format("{:018}", static_cast<std::uint64_t>(number % part));
}

}  // namespace

void JsonWriter::line() {
    out_ += '\n';
    out_.append(levels_.size(), ' ');
}

void JsonWriter::separate() {
    if (levels_.empty()) return;
    Level& level = levels_.back();
    if (!level.empty) out_ += ',';
    if (!level.compact) line();
    level.empty = false;
}

void JsonWriter::before_value() {
    if (!std::exchange(after_key_, false)) separate();
}

JsonWriter& JsonWriter::open(char bracket, Layout layout) {
    before_value();
    out_ += bracket;
    const bool inside_compact = !levels_.empty() && levels_.back().compact;
    levels_.push_back({.compact = inside_compact || layout == Layout::compact});
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    SHAKETABLE_CHECK(!levels_.empty() && !after_key_,
                     "every end has its begin, every key its value");
    const Level level = levels_.back();
    levels_.pop_back();
    if (!level.compact && !level.empty) line();
    out_ += bracket;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    quote(name);
    out_ += levels_.back().compact ? ":" : ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view text) {
    before_value();
    out_.append(text);
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    before_value();
    quote(value);
    return *this;
}

JsonWriter& JsonWriter::number(double value) {
    return std::isfinite(value) ? raw(print_number(value)) : null();
}

JsonWriter& JsonWriter::rounded(double value, int digits) {
    if (!std::isfinite(value)) return null();
    return raw(fmt::format("{:.{}g}", value == 0 ? 0.0 : value, digits));
}

JsonWriter& JsonWriter::whole(std::uint64_t value) {
    return raw(std::to_string(value));
}
JsonWriter& JsonWriter::single(float value) {
    return std::isfinite(value) ? raw(fmt::format("{}", value == 0 ? 0.0F : value)) : null();
}
JsonWriter& JsonWriter::integer(std::int64_t value) {
    return raw(std::to_string(value));
}
JsonWriter& JsonWriter::truth(bool value) {
    return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::nanoseconds(RequestTime value) {
    const WideTime ns = value.count();
    return raw((ns < 0 ? "-" : "") + digits_of(ns < 0 ? -ns : ns));
}

JsonWriter& JsonWriter::seconds(RequestTime value) {
    const WideTime ns = value.count(), size = ns < 0 ? -ns : ns;
    std::string text = (ns < 0 ? "-" : "") + digits_of(size / 1'000'000'000);
    if (const auto rest = static_cast<std::uint64_t>(size % 1'000'000'000); rest != 0) {
        text += fmt::format(".{:09}", rest);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return raw(text);
}

void JsonWriter::quote(std::string_view text) {
    out_ += '"';
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view piece = text.substr(0, length);
        const auto c = static_cast<unsigned char>(text[0]);
        if (length == 0) {
            out_ += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            out_ += '\\';
            out_.append(piece);
        } else if (c == '\n') {
            out_ += "\\n";
        } else if (c < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '&') {
            out_ += fmt::format("\\u{:04x}", c);
        } else if (piece == "\xE2\x80\xA8" || piece == "\xE2\x80\xA9") {
            out_ += piece.back() == '\xA8' ? "\\u2028" : "\\u2029";
        } else {
            out_.append(piece);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out_ += '"';
}

std::string JsonWriter::finish() {
    SHAKETABLE_CHECK(levels_.empty(), "a document ends when all that was begun has been ended");
    out_ += '\n';
    return std::exchange(out_, {});
}

}  // namespace shaketable::reports
