/// Reads a JSON document whose writer is not trusted: the first thing that is not as expected is
/// remembered with its path, and everything read from then on is empty.
///
/// So a reader is written as if all were well and asks once, at its end, whether it was. A cursor
/// points to its parent, which must outlive it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "reports/record/request_time.h"

namespace shaketable::reports {

class JsonCursor {
  public:
    using Json = nlohmann::json;
    /// What went wrong first; "" while all is well.
    using Failure = std::string;

    JsonCursor(const Json& root, Failure& failure) : value_{&root}, failure_{failure} {}

    /// A member of an object.
    [[nodiscard]] JsonCursor operator[](std::string_view key) const;
    /// An element of an array. Precondition: index < size().
    [[nodiscard]] JsonCursor operator[](std::size_t index) const {
        return {value_->is_array() ? (*value_)[index] : nothing(), this, {}, index, failure_};
    }
    /// Elements of an array.
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool is_array() const { return value_->is_array(); }
    [[nodiscard]] bool is_null() const { return value_->is_null(); }

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool truth() const;
    [[nodiscard]] std::uint64_t whole(
        std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
    [[nodiscard]] std::int64_t integer() const;
    /// A whole number of up to 64 bits exactly, a larger one to 16 digits: so much is kept of it.
    [[nodiscard]] WideTime wide() const;
    [[nodiscard]] double number() const;

    void fail(std::string_view expected) const;
    [[nodiscard]] bool failed() const { return !failure_.empty(); }

  private:
    JsonCursor(const Json& value, const JsonCursor* parent, std::string_view key, std::size_t index,
               Failure& failure)
        : value_{&value}, parent_{parent}, key_{key}, index_{index}, failure_{failure} {}
    [[nodiscard]] static const Json& nothing();
    [[nodiscard]] std::string path() const;

    const Json* value_;
    const JsonCursor* parent_ = nullptr;
    std::string_view key_;  ///< "" where it is an element of an array
    std::size_t index_ = 0;
    Failure& failure_;
};

}  // namespace shaketable::reports
