/// Sends one request of the control API and waits for its answer, at most half a minute.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace shaketable::injector::control {

struct Reply {
    int status = 0;
    std::string body;
};

class HttpClient {
  public:
    /// `http://localhost:8474`, without or with its scheme and port, or `unix:PATH`.
    explicit HttpClient(std::string url) : url_{std::move(url)} {}

    /// `path` is encoded already. Errors: one line that says what could not be reached, and why.
    [[nodiscard]] Result<Reply, std::string> send(std::string_view method, const std::string& path,
                                                  const std::string& body) const;

  private:
    std::string url_;
};

/// A name as one part of a path.
[[nodiscard]] std::string encode_part(std::string_view name);

}  // namespace shaketable::injector::control
