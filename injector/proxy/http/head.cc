#include "injector/proxy/http/head.h"

#include <algorithm>
#include <charconv>

#include <boost/beast/http/rfc7230.hpp>

#include "faults/kinds/header.h"

namespace shaketable::injector::proxy {

using faults::is_header_name;
using faults::same_name;

namespace {

constexpr std::string_view line_end = "\r\n";

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// No control characters but tabs.
bool is_text(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return (u >= 0x20 && u != 0x7F) || c == '\t';
    });
}

bool is_visible(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool has_token(std::string_view list, std::string_view token) {
    return boost::beast::http::token_list{boost::beast::string_view{list.data(), list.size()}}
        .exists(boost::beast::string_view{token.data(), token.size()});
}

/// How many bytes the head has, its empty line included; every line must end in CRLF.
Scan find_end(std::string_view bytes, std::size_t& size) noexcept {
    std::size_t line = 0;
    while (true) {
        const std::size_t end = bytes.find('\n', line);
        if (std::min(end, bytes.size()) > head_max) return Scan::too_large;
        if (end == std::string_view::npos) return Scan::incomplete;
        if (end == line || bytes[end - 1] != '\r') return Scan::malformed;
        if (end - 1 == line) {
            size = end + 1;
            return Scan::good;
        }
        line = end + 1;
    }
}

/// What the headers say about where the message ends.
struct Framing {
    std::optional<std::int64_t> length;
    bool chunked = false;
    bool upgrade_named = false, upgrade_wanted = false;
    bool close = false, keep_alive = false;
    int hosts = 0;
};

bool read_length(std::string_view value, Framing& framing) noexcept {
    std::int64_t length = 0;
    const bool digits =
        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (framing.length || value.empty() || value.size() > 18 || !digits) return false;
    std::from_chars(value.data(), value.data() + value.size(), length);
    framing.length = length;
    return true;
}

bool read_header(std::string_view line, HttpHead& head, Framing& framing) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_header_name(name) || !is_text(value)) return false;
    if (same_name(name, "content-length")) return read_length(value, framing);
    if (same_name(name, "transfer-encoding")) {
        const bool first = !framing.chunked;
        framing.chunked = true;
        return first && same_name(value, "chunked");
    }
    if (same_name(name, "host")) ++framing.hosts;
    if (same_name(name, "upgrade")) framing.upgrade_named = true;
    if (same_name(name, "connection")) {
        framing.upgrade_wanted |= has_token(value, "upgrade");
        framing.close |= has_token(value, "close");
        framing.keep_alive |= has_token(value, "keep-alive");
    }
    if (same_name(name, "expect") && same_name(value, "100-continue")) head.expects_continue = true;
    return true;
}

/// The lines after the first one. `head.size` is known.
bool read_headers(std::string_view bytes, HttpHead& head, Framing& framing) {
    std::string_view rest = bytes.substr(0, head.size - line_end.size());
    rest.remove_prefix(head.start.size() + line_end.size());
    head.headers = rest;
    while (!rest.empty()) {
        const std::size_t end = rest.find(line_end);
        const std::string_view line = rest.substr(0, end);
        // is_text refuses a bare CR; a folded line begins with a blank, which no name does.
        if (!read_header(line, head, framing)) return false;
        rest.remove_prefix(end + line_end.size());
    }
    head.upgrade = framing.upgrade_named && framing.upgrade_wanted;
    return !(framing.chunked && framing.length);
}

/// `HTTP/1.0` or `HTTP/1.1`.
std::optional<int> minor_version(std::string_view text) noexcept {
    if (text == "HTTP/1.1") return 1;
    if (text == "HTTP/1.0") return 0;
    return std::nullopt;
}

}  // namespace

std::string_view HttpHead::path() const noexcept {
    std::string_view path = target;
    if (const std::size_t scheme = path.find("://");
        scheme != std::string_view::npos && !path.starts_with('/')) {
        path.remove_prefix(scheme + 3);
        path.remove_prefix(std::min(path.find('/'), path.size()));
        if (path.empty()) path = "/";
    }
    return path.substr(0, path.find_first_of("?#"));
}

std::optional<std::string_view> HttpHead::find(std::string_view name) const noexcept {
    std::string_view rest = headers;
    while (!rest.empty()) {
        const std::size_t end = rest.find(line_end);
        const std::string_view line = rest.substr(0, end);
        const std::size_t colon = line.find(':');
        if (same_name(line.substr(0, colon), name)) return trimmed(line.substr(colon + 1));
        rest.remove_prefix(end + line_end.size());
    }
    return std::nullopt;
}

Scan scan_request(std::string_view bytes, HttpHead& head) noexcept {
    std::size_t skipped = 0;
    while (skipped < 4 && bytes.substr(skipped).starts_with(line_end)) skipped += 2;
    const std::string_view message = bytes.substr(skipped);
    if (message == "\r") return Scan::incomplete;
    // TLS, say: there may never come a line end to find.
    if (!message.empty() && !is_header_name(message.substr(0, 1))) return Scan::malformed;
    if (const Scan found = find_end(message, head.size); found != Scan::good) return found;
    head.start = message.substr(0, message.find(line_end));
    const std::size_t first = head.start.find(' ');
    const std::size_t last = head.start.rfind(' ');
    if (first == std::string_view::npos || last == first) return Scan::malformed;
    head.method = head.start.substr(0, first);
    head.target = head.start.substr(first + 1, last - first - 1);
    const std::optional<int> version = minor_version(head.start.substr(last + 1));
    if (!version || !is_header_name(head.method) || !is_visible(head.target) ||
        head.method == "CONNECT")
        return Scan::malformed;
    Framing framing;
    if (!read_headers(message, head, framing)) return Scan::malformed;
    if (framing.hosts > 1 || (*version == 1 && framing.hosts == 0)) return Scan::malformed;
    if (framing.chunked && *version == 0) return Scan::malformed;
    if (framing.chunked) head.body = {BodyFrame::Kind::chunked, 0};
    if (framing.length && *framing.length > 0)
        head.body = {BodyFrame::Kind::length, *framing.length};
    head.closes = framing.close || (*version == 0 && !framing.keep_alive);
    head.size += skipped;
    return Scan::good;
}

Scan scan_response(std::string_view bytes, bool to_head, HttpHead& head) noexcept {
    if (const Scan found = find_end(bytes, head.size); found != Scan::good) return found;
    head.start = bytes.substr(0, bytes.find(line_end));
    constexpr std::size_t code_at = 9, code_size = 3;
    const std::string_view code = head.start.size() >= code_at + code_size
                                      ? head.start.substr(code_at, code_size)
                                      : std::string_view{};
    const std::string_view reason =
        code.empty() ? std::string_view{} : head.start.substr(code_at + code_size);
    const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), head.status);
    if (code.empty() || !minor_version(head.start.substr(0, code_at - 1)) ||
        head.start[code_at - 1] != ' ' || error != std::errc{} || end != code.data() + code_size ||
        head.status < 100 || (!reason.empty() && reason.front() != ' ') || !is_text(reason))
        return Scan::malformed;
    Framing framing;
    if (!read_headers(bytes, head, framing)) return Scan::malformed;
    if (to_head || head.status < 200 || head.status == 204 || head.status == 304) return Scan::good;
    if (framing.chunked)
        head.body = {BodyFrame::Kind::chunked, 0};
    else if (!framing.length)
        head.body = {BodyFrame::Kind::to_end, 0};
    else if (*framing.length > 0)
        head.body = {BodyFrame::Kind::length, *framing.length};
    return Scan::good;
}

}  // namespace shaketable::injector::proxy
