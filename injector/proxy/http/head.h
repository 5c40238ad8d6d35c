/// The head of an HTTP/1.1 message, read strictly: two readers that disagree about where a message
/// ends are how requests are smuggled, so whatever leaves room for doubt is malformed.
///
/// Refused are, among others: Content-Length beside Transfer-Encoding, twice, empty, or not plain
/// digits; any transfer coding but `chunked`; lines ended by a bare LF, and a bare CR anywhere;
/// folded lines; blanks before a colon; an empty header name; no Host, or two; CONNECT; of answers,
/// a body that is announced where there is none. framing.h and target.h say more.
///
/// Source: RFC 9112 (2.2, 5, 6), RFC 9110 (5.5, 5.6.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace shaketable::injector::proxy {

/// Where a body ends.
struct BodyFrame {
    enum class Kind : std::uint8_t {
        none,
        length,   ///< after `length` bytes
        chunked,  ///< with its last chunk
        to_end,   ///< with the connection; of a response
    };
    Kind kind = Kind::none;
    std::int64_t length = 0;
};

/// Views into the bytes it was scanned from.
struct HttpHead {
    std::size_t before = 0;               ///< bytes of empty lines in front of a request
    std::size_t size = 0;                 ///< bytes, the empty line at its end included
    std::string_view start{};             ///< the first line, without its end
    std::string_view headers{};           ///< lines, each with its CRLF; without the empty one
    std::string_view method{}, target{};  ///< of a request
    std::uint16_t status = 0;             ///< of a response
    BodyFrame body{};
    bool upgrade = false;           ///< a request asks for another protocol, or a response agrees
    bool closes = false;            ///< its sender ends the connection with it
    bool expects_continue = false;  ///< a request whose body waits for a 100

    /// Of the target: without scheme, host and query.
    [[nodiscard]] std::string_view path() const noexcept;
    /// The value of the first header of this name, without case.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
};

enum class Scan : std::uint8_t {
    good,
    incomplete,
    malformed,
    too_large,
    line_too_long,   ///< the first one alone is larger than a head may be
    unknown_coding,  ///< its end could be found, its body not be read
};

/// Start line and headers together, bytes.
inline constexpr std::size_t head_max = std::size_t{16} << 10U;

/// Two empty lines before a request are borne with; they are no part of it.
[[nodiscard]] Scan scan_request(std::string_view bytes, HttpHead& head) noexcept;
/// `to_head`: it answers a HEAD request and has no body.
[[nodiscard]] Scan scan_response(std::string_view bytes, bool to_head, HttpHead& head) noexcept;

}  // namespace shaketable::injector::proxy
