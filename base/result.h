/// A value or the reason why there is none. Member names follow `std::expected`, which g++ 12 lacks
/// in C++20 mode.
#pragma once

#include <utility>
#include <variant>

#include "base/check.h"
#include "base/problem.h"

namespace shaketable {

/// The reason, on its way into a Result.
template <class E>
struct Unexpected {
    E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E = Problem>
class [[nodiscard]] Result {
  public:
    Result(T value)
        : state_{std::in_place_index<0>, std::move(value)} {
    }                             // NOLINT(google-explicit-constructor)
    Result(Unexpected<E> reason)  // NOLINT(google-explicit-constructor)
        : state_{std::in_place_index<1>, std::move(reason.error)} {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & {
        SHAKETABLE_CHECK(has_value(), "value() of a Result that holds an error");
        return std::get<0>(state_);
    }
    [[nodiscard]] const T& value() const& {
        SHAKETABLE_CHECK(has_value(), "value() of a Result that holds an error");
        return std::get<0>(state_);
    }
    [[nodiscard]] T&& value() && {
        SHAKETABLE_CHECK(has_value(), "value() of a Result that holds an error");
        return std::get<0>(std::move(state_));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    [[nodiscard]] const E& error() const {
        SHAKETABLE_CHECK(!has_value(), "error() of a Result that holds a value");
        return std::get<1>(state_);
    }

  private:
    std::variant<T, E> state_;
};

}  // namespace shaketable
