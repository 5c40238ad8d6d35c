/// Signs and colours of a terminal report.
#pragma once

#include <string>
#include <string_view>

#include "reports/findings.h"

namespace shaketable::reports {

struct TerminalStyle {
    bool color = false;
    int width = 100;      ///< columns; less than 80 is treated as 80
    bool unicode = true;  ///< otherwise ASCII alone
};

/// Wraps text into colours, or not. Text is padded before it is painted: colours have no width.
class Paint {
  public:
    explicit Paint(const TerminalStyle& style) : on_{style.color}, unicode_{style.unicode} {}

    [[nodiscard]] std::string bold(std::string_view text) const { return wrap("1", text); }
    [[nodiscard]] std::string dim(std::string_view text) const { return wrap("2", text); }
    [[nodiscard]] std::string red(std::string_view text) const { return wrap("31", text); }
    [[nodiscard]] std::string green(std::string_view text) const { return wrap("32", text); }
    [[nodiscard]] std::string yellow(std::string_view text) const { return wrap("33", text); }

    [[nodiscard]] bool ascii() const noexcept { return !unicode_; }
    /// One column, in the colour of the verdict.
    [[nodiscard]] std::string mark(Verdict verdict) const {
        switch (verdict) {
            case Verdict::hold:
                return green(unicode_ ? "✓" : "+");
            case Verdict::broken:
                return red(unicode_ ? "✗" : "x");
            case Verdict::warned:
                return yellow("!");
            case Verdict::no_samples:
                return red("?");
        }
        return "?";
    }
    [[nodiscard]] std::string_view dot() const noexcept { return unicode_ ? " · " : " - "; }

  private:
    [[nodiscard]] std::string wrap(std::string_view code, std::string_view text) const {
        if (!on_ || text.empty()) return std::string{text};
        return std::string{"\x1b["}.append(code).append("m").append(text).append("\x1b[0m");
    }
    bool on_;
    bool unicode_;
};

}  // namespace shaketable::reports
