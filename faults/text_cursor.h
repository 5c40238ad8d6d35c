/// Reads a short text from left to right, and says where it stopped understanding. Internal to this
/// room.
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace shaketable::faults {

class TextCursor {
  public:
    explicit TextCursor(std::string_view text) : text_{text} {}

    void skip_spaces() noexcept {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }

    /// Goes past `word` if it stands here.
    bool take(std::string_view word) noexcept {
        if (!rest().starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    /// The longest run of characters that `belongs` accepts; maybe empty.
    template <class Belongs>
    std::string_view take_while(Belongs belongs) {
        const std::size_t start = at_;
        while (at_ < text_.size() && belongs(text_[at_])) ++at_;
        return text_.substr(start, at_ - start);
    }
    /// Everything up to the first of `stops`, or to the end.
    std::string_view take_until(std::string_view stops) {
        return take_while([&](char c) { return stops.find(c) == std::string_view::npos; });
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

[[nodiscard]] inline bool is_name_character(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

/// A problem at bytes [column, column + length) of a value's text.
[[nodiscard]] inline Unexpected<Problem> problem_at(std::string_view code, std::size_t column,
                                                    std::size_t length, std::string message,
                                                    std::string hint = {}) {
    return {
        Problem{.code = std::string{code},
                .message = std::move(message),
                .hint = std::move(hint),
                .where = {.column = static_cast<int>(column), .length = static_cast<int>(length)}}};
}

/// The problem of a part of a text, moved to where the part stands in the whole.
[[nodiscard]] inline Unexpected<Problem> problem_within(Problem problem, std::size_t column) {
    problem.where.column += static_cast<int>(column);
    return {std::move(problem)};
}

}  // namespace shaketable::faults
