/// Reads a short text from left to right, and says where it stopped understanding. Internal to this
/// room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace shaketable::scenarios {

class TextCursor {
  public:
    explicit TextCursor(std::string_view text) : text_{text} {}

    void skip_spaces() noexcept {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }
    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
    void go_to(std::size_t position) noexcept { at_ = position; }

    /// Goes past `word` if it stands here.
    bool take(std::string_view word) noexcept {
        if (!rest().starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    /// Goes past spaces and the word, if it is a whole word here.
    bool take_word(std::string_view word) noexcept {
        const std::size_t before = at_;
        skip_spaces();
        if (take(word) && (at_end() || !is_name_character(text_[at_]))) return true;
        at_ = before;
        return false;
    }
    /// A name; an arrow that follows without a space is none of it. Maybe empty.
    std::string_view take_name() noexcept {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_name_character(text_[at_]) && !rest().starts_with("->"))
            ++at_;
        return text_.substr(start, at_ - start);
    }
    /// Everything up to a space or one of `stops`.
    std::string_view take_token(std::string_view stops) noexcept {
        const std::size_t start = at_;
        while (at_ < text_.size() && !is_space(text_[at_]) &&
               stops.find(text_[at_]) == std::string_view::npos)
            ++at_;
        return text_.substr(start, at_ - start);
    }
    [[nodiscard]] static bool is_name_character(char c) noexcept {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    }

  private:
    [[nodiscard]] static bool is_space(char c) noexcept {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
    std::string_view text_;
    std::size_t at_ = 0;
};

/// A problem at bytes [column, column + length) of a value's text; one caret where `length` is 0.
[[nodiscard]] inline Problem problem_at(std::string_view code, std::size_t column,
                                        std::size_t length, std::string message,
                                        std::string hint = {}) {
    return {.code = std::string{code},
            .message = std::move(message),
            .hint = std::move(hint),
            .where = {.column = static_cast<int>(column),
                      .length = static_cast<int>(length == 0 ? 1 : length)}};
}

}  // namespace shaketable::scenarios
