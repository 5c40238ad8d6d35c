/// What the fields of a head say about where its message ends and what becomes of its connection.
///
/// A field that two readers could take in two ways makes the head malformed: so do, beyond what
/// RFC 9112 refuses, a tab beside a length, a coding or a host (nginx takes it for a part of the
/// value), names that differ from theirs by an underscore (CGI takes them for the same), and a
/// `Connection` that tells the next hop to drop one of them.
///
/// Source: RFC 9112 (3.2, 6, 9.3, 9.6), RFC 9110 (6.5.1, 7.6.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "injector/proxy/http/head.h"

namespace shaketable::injector::proxy {

struct Framing {
    std::optional<std::int64_t> length{};
    bool chunked = false;
    bool upgrade_named = false, upgrade_wanted = false;
    bool close = false, keep_alive = false;
    bool expects_continue = false;
    int hosts = 0, expectations = 0;
    std::string_view host{};

    /// Takes a field in. Its name is a token and its value text; blanks may stand around the value.
    [[nodiscard]] Scan take(std::string_view name, std::string_view value) noexcept;

  private:
    [[nodiscard]] Scan take_length(std::string_view value) noexcept;
    [[nodiscard]] Scan take_coding(std::string_view value) noexcept;
    [[nodiscard]] Scan take_connection(std::string_view value) noexcept;
    [[nodiscard]] Scan take_host(std::string_view value) noexcept;
};

/// May it stand behind a body? What frames or routes a message may not: a reader that adds trailers
/// to the head would take it for a part of that.
[[nodiscard]] bool may_trail(std::string_view name) noexcept;

}  // namespace shaketable::injector::proxy
