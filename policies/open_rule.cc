#include "policies/open_rule.h"

#include <limits>
#include <vector>

#include <fmt/format.h>

namespace shaketable::policies {

bool ShareTest::holds(std::uint32_t part, std::uint32_t whole) const noexcept {
    constexpr std::uint64_t billion = 1'000'000'000;
    const auto share_in_billionths = static_cast<std::uint64_t>(share.fraction * 1e9 + 0.5);
    const std::uint64_t found = part * billion;
    const std::uint64_t wanted = share_in_billionths * whole;
    return or_equal ? found >= wanted : found > wanted;
}

}  // namespace shaketable::policies

namespace shaketable {
namespace {

using policies::OpenRule;
using policies::ShareTest;

struct Word {
    std::string_view text;
    int column = 0;
};

[[nodiscard]] bool is_operator(char c) {
    return c == '>' || c == '=' || c == '<';
}
[[nodiscard]] bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// Words and operators; `errors>50%` has three.
[[nodiscard]] std::vector<Word> split(std::string_view text) {
    std::vector<Word> words;
    std::size_t i = 0;
    while (i < text.size()) {
        if (is_blank(text[i])) {
            ++i;
            continue;
        }
        const std::size_t start = i;
        const bool is_op = is_operator(text[i]);
        while (i < text.size() && !is_blank(text[i]) && is_operator(text[i]) == is_op) ++i;
        words.push_back({text.substr(start, i - start), static_cast<int>(start)});
    }
    return words;
}

/// Reads one rule. Every step returns true, or leaves a problem behind.
class RuleReader {
  public:
    explicit RuleReader(std::string_view text)
        : words_{split(text)}, end_{static_cast<int>(text.size())} {}

    [[nodiscard]] Result<OpenRule> read() {
        do {
            if (!read_condition()) return Unexpected{problem_};
        } while (accept("or"));
        if (at_ < words_.size() && !fail("expected `or` or the end")) return Unexpected{problem_};
        if (rule_.has_window() && rule_.window_calls == 0 && rule_.window == Duration::zero()) {
            (void)fail("expected `of COUNT` or `over TIME`: a share needs a window");
            return Unexpected{problem_};
        }
        if (rule_.has_window() && rule_.volume_min == 0)
            rule_.volume_min = rule_.window_calls > 0 ? rule_.window_calls : 1;
        return rule_;
    }

  private:
    [[nodiscard]] std::string_view peek() const {
        return at_ < words_.size() ? words_[at_].text : std::string_view{};
    }
    bool accept(std::string_view word) { return peek() == word ? (++at_, true) : false; }

    bool fail(std::string message, std::string_view code = "E110") {
        const bool at_end = at_ >= words_.size();
        problem_ = Problem{.code = std::string{code},
                           .message = at_end ? message + ", found the end"
                                             : message + fmt::format(", found \"{}\"", peek()),
                           .hint = "write it like `errors > 50% of 20 over 5s`"};
        problem_.where.column = at_end ? end_ : words_[at_].column;
        problem_.where.length = at_end ? 0 : static_cast<int>(words_[at_].text.size());
        return false;
    }

    /// A problem within the present word, as its own reader found it.
    bool pass_on(const Problem& found) {
        problem_ = found;
        problem_.where.column += words_[at_].column;
        return false;
    }

    bool read_condition() {
        if (accept("errors")) return read_share(rule_.errors);
        if (accept("slow")) return read_share(rule_.slow);
        std::uint32_t count = 0;
        if (!read_count(count, "expected `errors`, `slow` or a count of consecutive errors"))
            return false;
        if (!accept("consecutive")) return fail("expected `consecutive`");
        if (!accept("errors") && !accept("error")) return fail("expected `errors`");
        if (rule_.consecutive != 0) return fail_twice("a count of consecutive errors");
        rule_.consecutive = count;
        return true;
    }

    bool fail_twice(std::string_view what) {
        --at_;
        return fail(fmt::format("{} stands here for the second time", what), "E014");
    }

    bool read_share(std::optional<ShareTest>& test) {
        if (test) return fail_twice("this condition");
        test.emplace();
        if (peek() != ">" && peek() != ">=") return fail("expected `>` or `>=`");
        test->or_equal = peek() == ">=";
        ++at_;
        if (peek().empty()) return fail("expected a share like 50%");
        const auto share = Text<Share>::parse(peek());
        if (!share) return pass_on(share.error());
        test->share = *share;
        ++at_;
        if (accept("of")) {
            if (rule_.volume_min != 0) return fail_twice("`of`");
            if (!read_count(rule_.volume_min, "expected a count of calls")) return false;
            if (peek() != "over") return set_window_calls(rule_.volume_min);
        }
        return accept("over") ? read_window() : true;
    }

    bool read_window() {
        const auto time = Text<Duration>::parse(peek());
        if (time && *time > Duration::zero()) {
            if (has_length()) return fail_twice("a window");
            rule_.window = *time;
            return ++at_, true;
        }
        std::uint32_t calls = 0;
        if (!read_count(calls, "expected a time like 5s, or a count of calls")) return false;
        if (!accept("calls")) return fail("expected `calls`, or a unit of time behind the number");
        return set_window_calls(calls);
    }

    [[nodiscard]] bool has_length() const {
        return rule_.window != Duration::zero() || rule_.window_calls != 0;
    }

    bool set_window_calls(std::uint32_t calls) {
        if (has_length()) return fail_twice("a window");
        if (calls > 100'000 || calls < rule_.volume_min) {
            --at_;
            return fail("expected a window of at most 100000 calls, and not fewer than `of`",
                        "E023");
        }
        rule_.window_calls = calls;
        return true;
    }

    bool read_count(std::uint32_t& count, std::string_view expected) {
        const auto read = Text<Count>::parse(peek());
        if (!read || read->value < 1 || read->value > std::numeric_limits<std::uint32_t>::max())
            return fail(std::string{expected});
        count = static_cast<std::uint32_t>(read->value);
        return ++at_, true;
    }

    std::vector<Word> words_;
    int end_;
    std::size_t at_ = 0;
    OpenRule rule_{};
    Problem problem_{};
};

}  // namespace

Result<policies::OpenRule> Text<policies::OpenRule>::parse(std::string_view text) {
    return RuleReader{text}.read();
}

std::string Text<policies::OpenRule>::print(const policies::OpenRule& value) {
    std::string text;
    bool has_window_printed = false;
    const auto add = [&](std::string condition) {
        text += text.empty() ? condition : " or " + condition;
    };
    const auto add_share = [&](std::string_view what, const ShareTest& test) {
        std::string condition = fmt::format("{} {} {}", what, test.or_equal ? ">=" : ">",
                                            Text<Share>::print(test.share));
        if (!has_window_printed) {
            condition += fmt::format(" of {}", value.volume_min);
            if (value.window_calls == 0)
                condition += " over " + Text<Duration>::print(value.window);
            else if (value.window_calls != value.volume_min)
                condition += fmt::format(" over {} calls", value.window_calls);
        }
        has_window_printed = true;
        add(std::move(condition));
    };
    if (value.errors) add_share("errors", *value.errors);
    if (value.slow) add_share("slow", *value.slow);
    if (value.consecutive > 0) add(fmt::format("{} consecutive errors", value.consecutive));
    return text;
}

}  // namespace shaketable
