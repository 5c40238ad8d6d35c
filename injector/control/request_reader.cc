#include "injector/control/request_reader.h"

#include <algorithm>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "scenarios/text/bytes.h"

namespace shaketable::injector::control {

namespace http = boost::beast::http;

namespace {

std::string text_of(boost::beast::string_view view) {
    return {view.data(), view.size()};
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// None: a percent sign without two digits behind it, a NUL, or what is no UTF-8.
std::optional<std::string> decode_path(std::string_view path) {
    std::string decoded;
    for (std::size_t i = 0; i < path.size(); ++i) {
        char c = path[i];
        if (c == '%') {
            const int high = i + 2 < path.size() ? digit_of(path[i + 1]) : -1;
            const int low = i + 2 < path.size() ? digit_of(path[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') return std::nullopt;
        decoded += c;
    }
    for (std::string_view rest = decoded; !rest.empty();) {
        const std::size_t bytes = scenarios::text::character_length(rest);
        if (bytes == 0) return std::nullopt;
        rest.remove_prefix(bytes);
    }
    return decoded;
}

/// Does a line of what is left of a head go on in the next one? Beast joins them, others do not
/// (RFC 9112, 5.2).
bool is_folded(std::string_view head) {
    if (head.starts_with(' ') || head.starts_with('\t')) return true;
    head = head.substr(0, head.find("\r\n\r\n"));
    return head.find("\n ") != head.npos || head.find("\n\t") != head.npos;
}

/// What Beast takes and another reader might not, or not as the same: lengths that agree, chunks of
/// HTTP/1.0, and any coding for a body up to the end, which a request cannot have.
const char* find_doubt(const http::request_header<>& head) {
    const std::size_t codings = head.count(http::field::transfer_encoding);
    const boost::beast::string_view length = head[http::field::content_length];
    if (head.count(http::field::content_length) > 1 || length.find(',') != length.npos)
        return "the length of a body is said once";
    if (codings > 1 ||
        (codings == 1 && (head.version() < 11 ||
                          !boost::beast::iequals(head[http::field::transfer_encoding], "chunked"))))
        return "the only Transfer-Encoding is chunked, and HTTP/1.0 has none";
    return nullptr;
}

}  // namespace

struct RequestReader::Parser {
    http::request_parser<http::string_body> http;
};

RequestReader::RequestReader(std::uint32_t head_max, std::size_t body_max)
    : head_max_{head_max}, body_max_{body_max} {}
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::refuse(int status, std::string why) {
    status_ = status;
    why_ = std::move(why);
    return State::bad;
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
    bytes_ += bytes;
    if (status_ != 0) return State::bad;
    if (!parser_) {
        // Empty lines before a request are no part of it (RFC 9112, 2.2).
        while (bytes_.starts_with("\r\n")) bytes_.erase(0, 2);
        if (bytes_.empty()) return State::idle;
        parser_ = std::make_unique<Parser>();
        parser_->http.header_limit(head_max_);
        parser_->http.body_limit(body_max_);
        parser_->http.eager(true);
        asked_ = false;
    }
    const bool in_head = !parser_->http.is_header_done();
    if (in_head && is_folded(bytes_)) return refuse(400, "a field of a head is one line");
    boost::system::error_code error;
    const std::size_t used =
        parser_->http.put(boost::asio::buffer(bytes_.data(), bytes_.size()), error);
    bytes_.erase(0, used);
    if (error == http::error::header_limit)
        return refuse(431, "a head holds at most " + std::to_string(head_max_) + " bytes");
    if (error == http::error::body_limit)
        return refuse(413, "a body holds at most " + std::to_string(body_max_) + " bytes");
    if (error && error != http::error::need_more) return refuse(400, error.message());
    const bool head_came = in_head && parser_->http.is_header_done();
    if (const char* doubt = head_came ? find_doubt(parser_->http.get()) : nullptr)
        return refuse(400, doubt);
    if (parser_->http.is_done()) return State::done;
    // What Beast cannot use yet stays with us, and it only counts what it has used.
    if (!parser_->http.is_header_done() && bytes_.size() > head_max_)
        return refuse(431, "a head holds at most " + std::to_string(head_max_) + " bytes");
    return parser_->http.is_header_done() ? State::body : State::head;
}

bool RequestReader::wants_to_go_on() {
    if (asked_ || !parser_ || !parser_->http.is_header_done()) return false;
    const auto& fields = parser_->http.get();
    asked_ = true;
    return fields.version() >= 11 &&
           boost::beast::iequals(fields[http::field::expect], "100-continue");
}

RequestReader::Taken RequestReader::take() {
    Taken taken;
    taken.keep_alive = parser_->http.keep_alive();
    http::request<http::string_body> message = parser_->http.release();
    parser_.reset();
    Request& request = taken.request;
    request.method = text_of(message.method_string());
    request.body = std::move(message.body());
    request.host = text_of(message[http::field::host]);
    request.hosts = static_cast<int>(message.count(http::field::host));
    request.origin = text_of(message[http::field::origin]);
    if (request.origin.empty() && message.count(http::field::origin) > 0) request.origin = "null";
    request.fetch_site = text_of(message["Sec-Fetch-Site"]);
    if (message.count("Sec-Fetch-Site") > 1) request.fetch_site = "several";
    request.user_agent = text_of(message[http::field::user_agent]);
    request.content_type = text_of(message[http::field::content_type]);
    std::string target = text_of(message.target());
    constexpr std::string_view scheme = "http://";
    if (target.starts_with(scheme)) {
        const std::size_t slash = std::min(target.find('/', scheme.size()), target.size());
        request.authority = target.substr(scheme.size(), slash - scheme.size());
        target = slash < target.size() ? target.substr(slash) : "/";
    }
    request.path = decode_path(target.substr(0, target.find('?'))).value_or("");
    return taken;
}

}  // namespace shaketable::injector::control
