/// Bytes packed for a page: gzip and base64, and the digest that a content policy wants.
#pragma once

#include <string>
#include <string_view>

namespace shaketable::reports {

/// RFC 1952, without a name or a time. The bytes depend on the version of zlib, so nothing that
/// must be byte-identical is made of them.
[[nodiscard]] std::string gzip(std::string_view bytes);
/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);
/// "sha256-<base64>", as a Content-Security-Policy names a script, of the digest in hexadecimal.
[[nodiscard]] std::string csp_hash(std::string_view hexadecimal);

}  // namespace shaketable::reports
