#include "injector/proxy/http/rewrite.h"

#include <algorithm>
#include <charconv>

#include <boost/beast/http/status.hpp>

#include "faults/kinds/header.h"

namespace shaketable::injector::proxy {

using faults::same_name;
using faults::Tamper;

namespace {

bool is_own(std::string_view name) noexcept {
    return same_name(name.substr(0, own_prefix.size()), own_prefix);
}

bool is_instant(std::string_view name) noexcept {
    return same_name(name, arrives_name) || same_name(name, left_name);
}

bool is_framing(std::string_view name) noexcept {
    return same_name(name, "content-length") || same_name(name, "transfer-encoding") ||
           same_name(name, "trailer");
}

/// Calls `line(name, whole line with its end)` for each header.
template <class Line>
void for_each_line(std::string_view headers, Line line) {
    while (!headers.empty()) {
        const std::size_t end = headers.find("\r\n") + 2;
        const std::string_view whole = headers.substr(0, end);
        line(whole.substr(0, whole.find(':')), whole);
        headers.remove_prefix(end);
    }
}

/// `x-...: NUMBER`, later by `held`; as it was if it is no number.
void append_moved(std::string& to, std::string_view name, std::string_view line, Duration held) {
    std::string_view digits = line.substr(name.size() + 1);
    while (digits.starts_with(' ')) digits.remove_prefix(1);
    std::int64_t instant = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), instant);
    if (error != std::errc{} || *end != '\r') {
        to += line;
        return;
    }
    to.append(name).append(": ").append(std::to_string(instant + held.count())).append("\r\n");
}

}  // namespace

const std::string* Edits::body() const noexcept {
    const std::string* last = nullptr;
    for (const Tamper* tamper : tampers)
        if (tamper->body) last = &*tamper->body;
    return last;
}

bool Edits::concern(const HttpHead& head) const noexcept {
    if (!tampers.empty()) return true;
    if (held == Duration{0} && !hide_own) return false;
    bool found = false;
    for_each_line(head.headers, [&](std::string_view name, std::string_view) {
        found |= is_own(name) && (hide_own || is_instant(name));
    });
    return found;
}

void append_edited(std::string& to, const HttpHead& head, const Edits& edits, bool bodiless) {
    const std::string* body = edits.body();
    to.append(head.start).append("\r\n");
    for_each_line(head.headers, [&](std::string_view name, std::string_view line) {
        const bool replaced = std::any_of(
            edits.tampers.begin(), edits.tampers.end(),
            [&](const Tamper* t) { return !t->header.empty() && same_name(t->header, name); });
        if (replaced || (edits.hide_own && is_own(name)) || (body != nullptr && is_framing(name)))
            return;
        if (edits.held > Duration{0} && is_instant(name))
            append_moved(to, name, line, edits.held);
        else
            to += line;
    });
    for (std::size_t i = 0; i < edits.tampers.size(); ++i) {
        const Tamper& tamper = *edits.tampers[i];
        // The last one to set a header is the one that counts.
        const bool outdone = std::any_of(
            edits.tampers.begin() + static_cast<std::ptrdiff_t>(i) + 1, edits.tampers.end(),
            [&](const Tamper* t) { return same_name(t->header, tamper.header); });
        if (!tamper.header.empty() && tamper.value && !outdone)
            to.append(tamper.header).append(": ").append(*tamper.value).append("\r\n");
    }
    if (body != nullptr && !bodiless)
        to.append("content-length: ").append(std::to_string(body->size())).append("\r\n");
    to += "\r\n";
}

void append_own_answer(std::string& to, std::uint16_t status, std::string_view text, bool bodiless,
                       bool close) {
    const bool grpc = status < 100;
    const unsigned code = grpc ? 200U : status;
    const boost::beast::string_view reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(code));
    to.append("HTTP/1.1 ").append(std::to_string(code)).append(" ");
    to.append(reason.data(), reason.size()).append("\r\n");
    if (grpc)
        to.append("content-type: application/grpc\r\ngrpc-status: ")
            .append(std::to_string(status))
            .append("\r\n");
    const std::string_view body = grpc ? std::string_view{} : text;
    to.append("x-shaketable-outcome: error\r\n");
    to.append("content-length: ").append(std::to_string(body.size())).append("\r\n");
    if (close) to += "connection: close\r\n";
    to += "\r\n";
    if (!bodiless) to += body;
}

}  // namespace shaketable::injector::proxy
