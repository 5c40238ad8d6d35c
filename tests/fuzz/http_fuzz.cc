// Any bytes to the http proxy's readers of heads and bodies: cut in two anywhere they are read as
// in one piece, and where Beast accepts a message too, both say that it ends at the same byte.
//
// The first byte says what follows: a request (even) or a response.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/check.h"
#include "injector/proxy/http/body.h"
#include "injector/proxy/http/head.h"
#include "tests/fuzz/abort_on_check.h"

using namespace shaketable;
using namespace shaketable::injector::proxy;

namespace {

namespace http = boost::beast::http;

Scan scan(std::string_view bytes, bool is_request, HttpHead& head) {
    return is_request ? scan_request(bytes, head) : scan_response(bytes, false, head);
}

void check_lines(const HttpHead& head) {
    std::string_view rest = head.headers;
    while (!rest.empty()) {
        const std::size_t end = rest.find("\r\n");
        SHAKETABLE_CHECK(end != rest.npos, "a line of a head ends in CRLF");
        const std::string_view line = rest.substr(0, end);
        const std::size_t colon = line.find(':');
        SHAKETABLE_CHECK(colon != line.npos && colon > 0, "a line of a head has a name");
        SHAKETABLE_CHECK(line.find_first_of(" \t") > colon, "no blank stands before the colon");
        SHAKETABLE_CHECK(line.find_first_of("\r\n") == line.npos, "a line is one line");
        rest.remove_prefix(end + 2);
    }
}

/// What was decided of a beginning stays so, whatever comes behind it.
void check_prefixes(std::string_view bytes, bool is_request, Scan whole, const HttpHead& head) {
    const std::size_t step = bytes.size() / 64 + 1;
    for (std::size_t size = 0; size < bytes.size(); size += step) {
        HttpHead part;
        const Scan found = scan(bytes.substr(0, size), is_request, part);
        if (found == Scan::incomplete) continue;
        SHAKETABLE_CHECK(found == whole, "more bytes do not change what was decided");
        if (found == Scan::good)
            SHAKETABLE_CHECK(part.before == head.before && part.size == head.size &&
                                 part.headers == head.headers,
                             "more bytes do not change a head");
    }
}

template <bool is_request>
void check_against_beast(std::string_view bytes, const HttpHead& head) {
    http::parser<is_request, http::empty_body> parser;
    parser.header_limit(1U << 20U);
    parser.body_limit(boost::none);
    boost::system::error_code error;
    const std::string_view own = bytes.substr(head.before, head.size);
    (void)parser.put(boost::asio::buffer(own.data(), own.size()), error);
    if (!parser.is_header_done()) return;  // it refuses what we take: nobody is led astray
    const auto length = parser.content_length();
    if (is_request) {
        SHAKETABLE_CHECK(parser.chunked() == (head.body.kind == BodyFrame::Kind::chunked),
                         "two readers agree about chunks");
        SHAKETABLE_CHECK(
            !length || parser.chunked() || static_cast<std::int64_t>(*length) == head.body.length,
            "two readers agree about the length");
    }
}

/// The data of a body, and how many bytes it took; `cut`: after so many bytes it had to wait.
std::pair<std::string, std::size_t> read_body(std::string_view bytes, const BodyFrame& frame,
                                              std::size_t cut) {
    BodyReader reader{frame};
    std::string data;
    std::size_t used = 0;
    for (const std::size_t until : {cut, bytes.size()})
        while (used < until && !reader.is_done() && !reader.is_malformed()) {
            const auto piece = reader.next(bytes.substr(used, until - used));
            SHAKETABLE_CHECK(piece.size <= until - used, "no byte is read that is not there");
            if (piece.size == 0) break;
            if (piece.data) data += bytes.substr(used, piece.size);
            used += piece.size;
        }
    return {data, reader.is_malformed() ? std::string::npos : used};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool is_request = data[0] % 2 == 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    HttpHead head;
    const Scan found = scan(bytes, is_request, head);
    check_prefixes(bytes, is_request, found, head);
    if (found != Scan::good) return 0;
    SHAKETABLE_CHECK(head.before + head.size <= bytes.size(), "a head ends within its bytes");
    check_lines(head);
    (void)head.path();
    (void)head.find("host");
    if (is_request)
        check_against_beast<true>(bytes, head);
    else
        check_against_beast<false>(bytes, head);
    const std::string_view rest = bytes.substr(head.before + head.size);
    const auto whole = read_body(rest, head.body, rest.size());
    for (std::size_t cut = 0; cut < rest.size(); cut += rest.size() / 32 + 1) {
        const auto parts = read_body(rest, head.body, cut);
        SHAKETABLE_CHECK(parts.second == whole.second,
                         "a body ends where it ends, however it comes");
        SHAKETABLE_CHECK(whole.second == std::string::npos || parts.first == whole.first,
                         "a body is the same, however it comes");
    }
    return 0;
}
