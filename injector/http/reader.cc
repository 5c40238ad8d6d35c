#include "injector/http/reader.h"

#include <algorithm>

namespace shaketable::injector {

namespace {

std::string_view to_view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Header names compare without case; `lower` is in lower case.
bool is_named(beast::string_view name, std::string_view lower) {
    if (name.size() != lower.size()) return false;
    for (std::size_t i = 0; i < lower.size(); ++i) {
        const char c = name[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
    }
    return true;
}

}  // namespace

void RequestParser::on_request_impl(beast::http::verb, beast::string_view method,
                                    beast::string_view target, int, beast::error_code&) {
    method_.assign(method.data(), method.size());
    const std::string_view path = to_view(target);
    path_.assign(path.substr(0, path.find('?')));
}

void RequestParser::on_field_impl(beast::http::field field, beast::string_view name,
                                  beast::string_view value, beast::error_code&) {
    if (field != beast::http::field::unknown) return;  // ours are unknown to Beast
    const std::string_view text = to_view(value);
    if (is_named(name, edge_header)) {
        const std::optional<std::uint64_t> number = parse_number(text);
        if (number && *number < 0xFFFF'FFFFU)
            call_.edge_state = static_cast<std::uint32_t>(*number);
    } else if (is_named(name, deadline_header)) {
        call_.deadline = parse_time(text);
    } else if (is_named(name, patience_header)) {
        call_.patience = parse_time(text);
    } else if (is_named(name, arrives_header)) {
        call_.arrives = parse_time(text);
    } else if (is_named(name, "traceparent")) {
        call_.trace = parse_traceparent(text);
    }
}

void ResponseParser::on_response_impl(int status, beast::string_view, int, beast::error_code&) {
    status_ = static_cast<std::uint16_t>(status);
}

void ResponseParser::on_field_impl(beast::http::field field, beast::string_view name,
                                   beast::string_view value, beast::error_code&) {
    if (field != beast::http::field::unknown) return;
    if (is_named(name, outcome_header)) outcome_ = parse_outcome(to_view(value));
    if (is_named(name, left_header)) left_ = parse_time(to_view(value));
    constexpr std::uint64_t unknown = 2, largest = 16;
    if (is_named(name, grpc_status_header))
        grpc_ = static_cast<std::uint16_t>(
            std::min(parse_number(to_view(value)).value_or(unknown), largest));
}

template <class Parser>
void MessageReader<Parser>::keep(std::string_view rest, bool of_kept) {
    if (of_kept)
        kept_.erase(0, kept_.size() - rest.size());
    else
        kept_.assign(rest);
}

template <class Parser>
Progress MessageReader<Parser>::feed(std::string_view bytes) {
    const bool of_kept = !kept_.empty();
    if (of_kept) kept_.append(bytes);
    std::string_view rest = of_kept ? std::string_view{kept_} : bytes;
    while (!rest.empty() && !parser_->is_done()) {
        beast::error_code ec;
        const std::size_t used = parser_->put(boost::asio::buffer(rest.data(), rest.size()), ec);
        rest.remove_prefix(used);
        if (ec == beast::http::error::need_more || (!ec && used == 0)) break;
        if (ec) return Progress::bad;
    }
    keep(rest, of_kept);
    return parser_->is_done() ? Progress::done : Progress::more;
}

template <class Parser>
Progress MessageReader<Parser>::feed_end() {
    if (!parser_->got_some()) return Progress::bad;
    beast::error_code ec;
    if (parser_->is_header_done()) parser_->put_eof(ec);
    return !ec && parser_->is_done() ? Progress::done : Progress::bad;
}

template class MessageReader<RequestParser>;
template class MessageReader<ResponseParser>;

}  // namespace shaketable::injector
