#include "injector/http/message.h"

#include <array>
#include <charconv>

namespace shaketable::injector {

namespace {

void append_number(std::string& to, std::int64_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    to.append(digits.data(), end);
}

void append_field(std::string& to, std::string_view name, std::int64_t number) {
    to += name;
    to += ": ";
    append_number(to, number);
    to += "\r\n";
}

std::string_view reason_of(std::uint16_t status) {
    switch (status) {
        case 200:
            return "OK";
        case 202:
            return "Accepted";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 429:
            return "Too Many Requests";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        default:
            return "Status";
    }
}

}  // namespace

void append_request(std::string& to, std::string_view start, const CallHead& call,
                    std::int64_t body) {
    to += start;
    if (body > 0) append_field(to, "content-length", body);
    if (call.edge_state) append_field(to, edge_header, *call.edge_state);
    if (call.deadline != never)
        append_field(to, deadline_header, call.deadline.time_since_epoch().count());
    if (call.patience != never)
        append_field(to, patience_header, call.patience.time_since_epoch().count());
    if (call.arrives != never)
        append_field(to, arrives_header, call.arrives.time_since_epoch().count());
    if (call.trace) {
        to += "traceparent: ";
        append_traceparent(to, *call.trace);
        to += "\r\n";
    }
    to += "\r\n";
}

void append_response(std::string& to, const AnswerHead& answer, std::int64_t body) {
    to += "HTTP/1.1 ";
    const bool is_grpc = answer.status < 100;
    const std::uint16_t status = is_grpc ? std::uint16_t{200} : answer.status;
    append_number(to, status);
    to += ' ';
    to += reason_of(status);
    to += "\r\n";
    append_field(to, "content-length", body);
    if (is_grpc) append_field(to, grpc_status_header, answer.status);
    if (!is_success(answer.outcome)) {
        to += outcome_header;
        to += ": ";
        to += name_of(answer.outcome);
        to += "\r\n";
    }
    if (answer.left != never) append_field(to, left_header, answer.left.time_since_epoch().count());
    if (!answer.keep_alive) to += "connection: close\r\n";
    to += "\r\n";
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

Time parse_time(std::string_view text) noexcept {
    const std::optional<std::uint64_t> ns = parse_number(text);
    if (!ns || *ns > static_cast<std::uint64_t>(never.time_since_epoch().count())) return never;
    return Time{Duration{static_cast<std::int64_t>(*ns)}};
}

std::optional<Outcome> parse_outcome(std::string_view text) noexcept {
    for (const auto& [name, outcome] : enum_names(Outcome{}))
        if (name == text) return outcome;
    return std::nullopt;
}

std::string_view name_of(Outcome outcome) noexcept {
    return enum_names(Outcome{})[static_cast<std::size_t>(outcome)].first;
}

}  // namespace shaketable::injector
