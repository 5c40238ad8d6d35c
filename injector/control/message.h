/// A request of the control API, and what is answered.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shaketable::injector::control {

struct Request {
    std::string method;
    std::string path;  ///< decoded, without host and query
    std::string body;
    std::string authority;  ///< of the request's target where it names one, else ""
    // Of the head; "" where absent.
    std::string host, origin, fetch_site, user_agent, content_type;
    int hosts = 0;  ///< how many Host fields there are
};

struct Answer {
    int status = 200;
    std::string type{};  ///< of the content; "": there is none
    std::string body{};
    std::vector<std::pair<std::string, std::string>> fields{};  ///< further ones of the head
    bool streams = false;  ///< what is published from now on follows, until somebody closes
};

/// The parts of a path between its slashes: "/proxies/a" -> "proxies", "a"; a slash at its end
/// gives an empty one.
[[nodiscard]] std::vector<std::string_view> split_path(std::string_view path);
/// In the words of HTTP.
[[nodiscard]] std::string_view reason_of(int status) noexcept;
/// Plain text with a line end, as Go's http.Error writes it.
[[nodiscard]] Answer plain(int status, std::string_view text);

}  // namespace shaketable::injector::control
