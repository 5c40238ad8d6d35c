/// Text as Prometheus reads it.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
#pragma once

#include <string>
#include <string_view>

namespace shaketable::injector::control {

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// In quotes, with what must be escaped.
[[nodiscard]] std::string label_of(std::string_view value);

class Exposition {
  public:
    void head(std::string_view name, std::string_view type, std::string_view help);
    /// `labels`: `proxy="db",way="up"`, or "" for none.
    void line(std::string_view name, const std::string& labels, double value);
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

}  // namespace shaketable::injector::control
