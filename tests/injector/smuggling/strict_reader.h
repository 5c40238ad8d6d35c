/// Reads requests as strictly as RFC 9112 allows, and shares nothing with the readers that it is to
/// judge.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/injector/smuggling/payloads.h"

namespace shaketable::injector::smuggling {

class StrictReader {
  public:
    void feed(std::string_view bytes);

    [[nodiscard]] const std::vector<Request>& requests() const noexcept { return requests_; }
    /// Why it cannot go on; empty: it can.
    [[nodiscard]] const std::string& malformed() const noexcept { return malformed_; }
    /// The last request ends its connection; nothing may come behind it.
    [[nodiscard]] bool is_over() const noexcept { return over_; }
    /// Has a part of one more request come?
    [[nodiscard]] bool has_part() const noexcept { return !bytes_.empty(); }

  private:
    std::string bytes_;
    std::vector<Request> requests_;
    std::string malformed_;
    bool over_ = false;
};

}  // namespace shaketable::injector::smuggling
