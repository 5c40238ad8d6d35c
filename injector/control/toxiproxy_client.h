/// What `toxiproxy-cli` does: one request or two, and what is printed.
///
/// The lines are those of the original where its output is no terminal: fields between tabs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "injector/control/http_client.h"
#include "injector/control/json.h"

namespace shaketable::injector::control {

/// `toxic add` and `toxic update`.
struct ToxicOrder {
    std::string proxy, name, type;  ///< "" name: the server gives one
    bool upstream = false;
    float toxicity = 1;
    std::vector<std::pair<std::string, double>> attributes;
};

class ToxiproxyClient {
  public:
    explicit ToxiproxyClient(std::string url) : http_{std::move(url)} {}

    /// What is printed, with line ends; or the line of an error.
    using Said = Result<std::string, std::string>;

    [[nodiscard]] Said list() const;
    [[nodiscard]] Said inspect(const std::string& proxy) const;
    [[nodiscard]] Said create(const std::string& proxy, const std::string& listen,
                              const std::string& upstream) const;
    [[nodiscard]] Said toggle(const std::string& proxy) const;
    [[nodiscard]] Said remove(const std::string& proxy) const;
    [[nodiscard]] Said add_toxic(const ToxicOrder& order) const;
    /// Toxicity becomes what the order says, as the original's does: 1 where it is not said.
    [[nodiscard]] Said update_toxic(const ToxicOrder& order) const;
    [[nodiscard]] Said remove_toxic(const std::string& proxy, const std::string& toxic) const;

  private:
    /// "HTTP 404: proxy not found" where the status is no success.
    [[nodiscard]] Result<Json, std::string> ask(std::string_view method, const std::string& path,
                                                const Json& body) const;

    HttpClient http_;
};

/// `latency=100`. None: it is not a name and a number.
[[nodiscard]] std::optional<std::pair<std::string, double>> parse_attribute(
    const std::string& text);

}  // namespace shaketable::injector::control
