#include "injector/proxy/http/head.h"

#include <algorithm>
#include <charconv>

#include "faults/kinds/header.h"
#include "injector/proxy/http/framing.h"
#include "injector/proxy/http/target.h"

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

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// How many bytes the head has, its empty line included; every line must end in CRLF.
Scan find_end(std::string_view bytes, std::size_t& size) noexcept {
    std::size_t line = 0;
    while (true) {
        const std::size_t end = bytes.find('\n', line);
        if (std::min(end, bytes.size()) > head_max)
            return line == 0 ? Scan::line_too_long : Scan::too_large;
        if (end == std::string_view::npos) return Scan::incomplete;
        if (end == line || bytes[end - 1] != '\r') return Scan::malformed;
        if (end - 1 == line) {
            size = end + 1;
            return Scan::good;
        }
        line = end + 1;
    }
}

Scan read_header(std::string_view line, Framing& framing) noexcept {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Scan::malformed;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 1);
    if (!is_header_name(name) || !is_text(value)) return Scan::malformed;
    return framing.take(name, value);
}

/// The lines after the first one. `head.size` is known.
Scan read_headers(std::string_view bytes, HttpHead& head, Framing& framing) noexcept {
    std::string_view rest = bytes.substr(0, head.size - line_end.size());
    rest.remove_prefix(head.start.size() + line_end.size());
    head.headers = rest;
    while (!rest.empty()) {
        const std::size_t end = rest.find(line_end);
        // is_text refuses a bare CR; a folded line begins with a blank, which no name does.
        const Scan read = read_header(rest.substr(0, end), framing);
        if (read != Scan::good) return read;
        rest.remove_prefix(end + line_end.size());
    }
    return framing.chunked && framing.length ? Scan::malformed : Scan::good;
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
    while (head.before < 4 && bytes.substr(head.before).starts_with(line_end)) head.before += 2;
    const std::string_view message = bytes.substr(head.before);
    if (message == "\r") return Scan::incomplete;
    // TLS, say: there may never come a line end to find.
    if (!message.empty() && !is_method(message.substr(0, 1))) return Scan::malformed;
    if (const Scan found = find_end(message, head.size); found != Scan::good) return found;
    head.start = message.substr(0, message.find(line_end));
    const std::size_t first = head.start.find(' ');
    const std::size_t last = head.start.rfind(' ');
    if (first == std::string_view::npos || last == first) return Scan::malformed;
    head.method = head.start.substr(0, first);
    head.target = head.start.substr(first + 1, last - first - 1);
    const std::optional<int> version = minor_version(head.start.substr(last + 1));
    if (!version || !is_method(head.method) || head.method == "CONNECT") return Scan::malformed;
    Framing framing;
    if (const Scan read = read_headers(message, head, framing); read != Scan::good) return read;
    if (framing.hosts == 0 && *version == 1) return Scan::malformed;
    const auto host = framing.hosts > 0 ? std::optional{framing.host} : std::nullopt;
    if (!is_target(head.target, head.method, host)) return Scan::malformed;
    if (framing.chunked && *version == 0) return Scan::malformed;
    if (framing.chunked) head.body = {BodyFrame::Kind::chunked, 0};
    if (framing.length && *framing.length > 0)
        head.body = {BodyFrame::Kind::length, *framing.length};
    head.upgrade = framing.upgrade_named && framing.upgrade_wanted && *version == 1;
    head.closes = framing.close || (*version == 0 && !framing.keep_alive);
    head.expects_continue = framing.expects_continue;
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
    const std::optional<int> version =
        code.empty() ? std::nullopt : minor_version(head.start.substr(0, code_at - 1));
    if (!version || head.start[code_at - 1] != ' ' || error != std::errc{} ||
        end != code.data() + code_size || head.status < 100 ||
        (!reason.empty() && reason.front() != ' ') || !is_text(reason))
        return Scan::malformed;
    Framing framing;
    if (const Scan read = read_headers(bytes, head, framing); read != Scan::good) return read;
    if (framing.chunked && *version == 0) return Scan::malformed;
    head.upgrade = framing.upgrade_named && framing.upgrade_wanted;
    head.closes = framing.close || (*version == 0 && !framing.keep_alive);
    // These have no body, and some readers would look for the one that is announced.
    const bool bodiless = head.status < 200 || head.status == 204;
    if (bodiless && (framing.chunked || framing.length.value_or(0) > 0)) return Scan::malformed;
    if (to_head || bodiless || head.status == 304) return Scan::good;
    if (framing.chunked)
        head.body = {BodyFrame::Kind::chunked, 0};
    else if (!framing.length)
        head.body = {BodyFrame::Kind::to_end, 0};
    else if (*framing.length > 0)
        head.body = {BodyFrame::Kind::length, *framing.length};
    return Scan::good;
}

}  // namespace shaketable::injector::proxy
