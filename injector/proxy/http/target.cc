#include "injector/proxy/http/target.h"

#include <algorithm>

#include "faults/kinds/header.h"

namespace shaketable::injector::proxy {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <class Is>
bool are_all(std::string_view text, Is is) {
    return std::all_of(text.begin(), text.end(), is);
}

bool is_name_of_host(std::string_view text) noexcept {
    constexpr std::string_view others = "-._~%!$&'()*+;=";
    return !text.empty() && text != "." && text.find("..") == std::string_view::npos &&
           are_all(text, [&](char c) {
               return is_digit(c) || is_letter(c) || others.find(c) != std::string_view::npos;
           });
}

bool is_bracketed_address(std::string_view text) noexcept {
    if (text.size() < 3 || text.back() != ']') return false;
    return are_all(text.substr(1, text.size() - 2), [](char c) {
        const bool hexadecimal = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        return hexadecimal || c == ':' || c == '.';
    });
}

}  // namespace

bool is_method(std::string_view text) noexcept {
    return !text.empty() &&
           are_all(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

bool is_host(std::string_view text) noexcept {
    const bool bracketed = text.starts_with('[');
    const std::size_t host_end = bracketed ? text.find(']') : std::string_view::npos;
    const std::size_t colon =
        text.find(':', host_end == std::string_view::npos ? std::size_t{0} : host_end);
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = host.size() < text.size() ? text.substr(colon + 1) : "";
    return (bracketed ? is_bracketed_address(host) : is_name_of_host(host)) &&
           are_all(port, is_digit);
}

bool is_target(std::string_view text, std::string_view method,
               std::optional<std::string_view> host) noexcept {
    if (!are_all(text, [](char c) { return c > 0x20 && c < 0x7F && c != '#'; })) return false;
    if (text.starts_with('/')) return true;
    if (text == "*") return method == "OPTIONS";
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!faults::same_name(text.substr(0, scheme.size()), scheme)) continue;
        text.remove_prefix(scheme.size());
        const std::string_view authority = text.substr(0, text.find('/'));
        return is_host(authority) && (!host || faults::same_name(authority, *host));
    }
    return false;
}

}  // namespace shaketable::injector::proxy
