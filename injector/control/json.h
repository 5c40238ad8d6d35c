/// JSON as Toxiproxy's clients send it: names of fields match whatever their case, unknown ones are
/// passed over, null is absent, and what comes behind the first value is not looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace shaketable::injector::control {

using Json = nlohmann::ordered_json;

/// The first value of a text. Errors: why there is none; "EOF" where the text is blank.
[[nodiscard]] Result<Json, std::string> read_first(std::string_view text);
/// In one line; bytes that are no UTF-8 are shown as U+FFFD.
[[nodiscard]] std::string print(const Json& json);
/// A float32 with as many digits as tell it from its neighbours: 1, 0.2.
[[nodiscard]] Json number_of(float value);

/// Takes fields out of an object. What is absent leaves its value alone; what is of the wrong type
/// is a problem, and the first one is kept.
class FieldReader {
  public:
    explicit FieldReader(const Json& object);

    void read(std::string_view name, std::string& into);
    void read(std::string_view name, bool& into);
    void read(std::string_view name, std::int64_t& into);
    void read(std::string_view name, float& into);
    template <class T>
    void read(std::string_view name, std::optional<T>& into) {
        if (find(name) != nullptr) read(name, into.emplace());
    }
    /// The value of a field; null where it is absent. The last one counts.
    [[nodiscard]] const Json* find(std::string_view name) const;
    /// "expected a text for name, found a number"; "" = none.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  private:
    void report(std::string_view name, std::string_view wanted, const Json& found);

    const Json& object_;
    std::string problem_;
};

}  // namespace shaketable::injector::control
