/// What a request is for: its method, its target and its host, as readers agree on them.
///
/// Source: RFC 9112 (3.1, 3.2), RFC 3986 (3.2.2).
#pragma once

#include <optional>
#include <string_view>

namespace shaketable::injector::proxy {

/// Capital letters, dashes and underscores, as the registered methods have them. Small letters are
/// none: for who reads `head` as HEAD the answer has no body, and for others it has one.
[[nodiscard]] bool is_method(std::string_view text) noexcept;

/// A host, and a port or none. RFC 3986 without what is read in several ways: commas, dots side by
/// side, no host at all.
[[nodiscard]] bool is_host(std::string_view text) noexcept;

/// A path, or a whole address of http or https whose host is `host` (if there is one), or the star
/// of OPTIONS; visible characters without a fragment.
[[nodiscard]] bool is_target(std::string_view text, std::string_view method,
                             std::optional<std::string_view> host) noexcept;

}  // namespace shaketable::injector::proxy
