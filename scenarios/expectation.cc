#include "scenarios/expectation.h"

#include <optional>
#include <vector>

#include "scenarios/claim_limit.h"
#include "scenarios/metric_words.h"
#include "scenarios/text_cursor.h"

namespace shaketable::scenarios {

namespace {

using Failed = std::optional<Problem>;

std::string in_quotes(std::string_view text) {
    std::string shown{text.substr(0, 60)};
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return "\"" + shown + "\"";
}

std::string fold_spaces(std::string_view text) {
    std::string folded;
    for (const char c : text) {
        const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!is_space)
            folded += c;
        else if (!folded.empty() && folded.back() != ' ')
            folded += ' ';
    }
    if (folded.ends_with(' ')) folded.pop_back();
    return folded;
}

class ClaimParser {
  public:
    explicit ClaimParser(std::string_view text) : cursor_{text} { claim_.text = fold_spaces(text); }

    Result<Claim> parse() {
        if (Failed failed = read_measure()) return Unexpected{*std::move(failed)};
        if (Failed failed = read_comparison()) return Unexpected{*std::move(failed)};
        if (Failed failed = read_limit()) return Unexpected{*std::move(failed)};
        if (Failed failed = read_span()) return Unexpected{*std::move(failed)};
        return claim_;
    }

    /// `METRIC(SELECTOR) ± SHARE [during W | ...]`.
    Result<Precision> parse_precision() {
        Precision precision;
        if (Failed failed = read_measure()) return Unexpected{*std::move(failed)};
        cursor_.skip_spaces();
        if (!cursor_.take("±") && !cursor_.take("+-"))
            return Unexpected{unexpected("± or +-", std::string{Text<Precision>::example})};
        cursor_.skip_spaces();
        const std::size_t start = cursor_.position();
        if (Failed failed = read_quantity(precision.within)) return Unexpected{*std::move(failed)};
        if (precision.within.fraction <= 0 || precision.within.fraction >= 1)
            return Unexpected{problem_at("E023", start, cursor_.position() - start,
                                         "expected a share between 0 and 100%")};
        if (Failed failed = read_span()) return Unexpected{*std::move(failed)};
        claim_.unit = word_of(claim_.metric).unit;
        precision.of = std::move(claim_);
        return precision;
    }

  private:
    [[nodiscard]] Problem unexpected(std::string_view wanted, std::string hint = {}) const {
        const std::string_view rest = cursor_.rest();
        if (rest.empty())
            return problem_at("E119", cursor_.position(), 1,
                              "expected " + std::string{wanted} + ", found the end",
                              std::move(hint));
        TextCursor ahead = cursor_;
        std::string_view token = ahead.take_token("()<>=!,");
        if (token.empty()) token = rest.substr(0, 1);
        return problem_at("E119", cursor_.position(), token.size(),
                          "expected " + std::string{wanted} + ", found " + in_quotes(token),
                          std::move(hint));
    }
    Failed expect(std::string_view mark) {
        cursor_.skip_spaces();
        if (cursor_.take(mark)) return std::nullopt;
        return unexpected("\"" + std::string{mark} + "\"",
                          "METRIC(SELECTOR) OP VALUE [during W | before W | after W]");
    }

    Failed read_metric_name(Metric& metric) {
        cursor_.skip_spaces();
        const std::size_t start = cursor_.position();
        const std::string_view name = cursor_.take_name();
        if (name.empty())
            return unexpected("a metric", "p99(web.checkout) < 300ms during baseline");
        for (const std::string_view later : metrics_later)
            if (name == later)
                return problem_at("E015", start, name.size(),
                                  "not supported yet: the metric " + std::string{name},
                                  "take it out; a later version will read it");
        std::vector<std::string> names;
        for (const auto& [known, value] : enum_names(Metric{})) {
            if (name == known) {
                metric = value;
                return std::nullopt;
            }
            names.emplace_back(known);
        }
        const std::string near = nearest(name, names);
        Problem problem =
            problem_at("E120", start, name.size(), "unknown metric " + in_quotes(name),
                       near.empty() ? "" : "did you mean \"" + near + "\"?");
        std::string all;
        for (const std::string& known : names) all += (all.empty() ? "metrics are " : ", ") + known;
        if (near.empty()) problem.notes.push_back(std::move(all));
        return problem;
    }

    /// `p99(...)`, `max(queue(...))`.
    Failed read_measure() {
        Metric metric = Metric::success;
        cursor_.skip_spaces();
        const std::size_t start = cursor_.position();
        if (Failed failed = read_metric_name(metric)) return failed;
        if (Failed failed = expect("(")) return failed;
        const bool may_aggregate = metric == Metric::max || metric == Metric::mean;
        if (may_aggregate && is_call_ahead()) {
            claim_.aggregate = metric == Metric::max ? Aggregate::max : Aggregate::mean;
            const std::size_t inner = cursor_.position();
            if (Failed failed = read_metric_name(claim_.metric)) return failed;
            if (!word_of(claim_.metric).form.aggregates)
                return problem_at(
                    "E119", start, inner - start,
                    "max() and mean() are of queue, busy, utilization and connections",
                    "write " + std::string{name_of(claim_.metric)} + "(...) alone");
            if (Failed failed = expect("(")) return failed;
            if (Failed failed = read_selector()) return failed;
            if (Failed failed = expect(")")) return failed;
            return expect(")");
        }
        claim_.metric = metric;
        if (word_of(metric).form.aggregates) claim_.aggregate = Aggregate::max;
        if (Failed failed = read_selector()) return failed;
        return expect(")");
    }

    [[nodiscard]] bool is_call_ahead() const {
        TextCursor ahead = cursor_;
        ahead.skip_spaces();
        if (ahead.take_name().empty()) return false;
        ahead.skip_spaces();
        return ahead.take("(");
    }

    template <class T>
    Failed read_quantity(T& into) {
        const std::size_t start = cursor_.position();
        const std::string_view token = cursor_.take_token("(),");
        Result<T> value = Text<T>::parse(token);
        if (value) {
            into = *value;
            return std::nullopt;
        }
        Problem problem = value.error();
        problem.where.column += static_cast<int>(start);
        return problem;
    }

    void skip_separator() {
        cursor_.skip_spaces();
        if (cursor_.take(",")) cursor_.skip_spaces();
    }

    Failed read_selector() {
        const bool has_objective =
            claim_.metric == Metric::error_budget || claim_.metric == Metric::burn_rate;
        cursor_.skip_spaces();
        if (has_objective) {
            claim_.objective.emplace();
            if (cursor_.rest().substr(0, cursor_.rest().find_first_of(" ,)")).find('%') ==
                std::string_view::npos)
                return unexpected("an objective like 99.9%",
                                  std::string{word_of(claim_.metric).example});
            const std::size_t start = cursor_.position();
            if (Failed failed = read_quantity(*claim_.objective)) return failed;
            if (claim_.objective->fraction >= 1)
                return problem_at("E122", start, cursor_.position() - start,
                                  "an objective of 100% leaves no budget");
            skip_separator();
        }
        if (Failed failed = read_names()) return failed;
        skip_separator();
        if (claim_.metric == Metric::apdex) {
            if (!cursor_.take("t="))
                return unexpected("t=", std::string{word_of(Metric::apdex).example});
            claim_.threshold.emplace();
            if (Failed failed = read_quantity(*claim_.threshold)) return failed;
        }
        if (claim_.metric == Metric::time_to_fill && !cursor_.rest().starts_with("n="))
            return unexpected("n=", std::string{word_of(claim_.metric).example});
        const bool may_have_level =
            claim_.metric == Metric::time_to_fill || claim_.metric == Metric::time_to_empty;
        if (may_have_level && cursor_.take("n=")) {
            claim_.level.emplace();
            if (Failed failed = read_quantity(*claim_.level)) return failed;
        }
        if (claim_.metric == Metric::burn_rate) {
            if (cursor_.rest().starts_with(")") || cursor_.at_end())
                return unexpected("over how long", std::string{word_of(Metric::burn_rate).example});
            claim_.lookback.emplace();
            if (Failed failed = read_quantity(*claim_.lookback)) return failed;
        }
        return std::nullopt;
    }

    Failed read_names() {
        cursor_.skip_spaces();
        std::string_view name = cursor_.take_name();
        if (name.empty()) return unexpected("a service, service.endpoint or a -> b");
        cursor_.skip_spaces();
        if (cursor_.take("->")) {
            claim_.selector.caller = name;
            cursor_.skip_spaces();
            name = cursor_.take_name();
            if (name.empty()) return unexpected("who is called");
        }
        const std::size_t dot = name.find('.');
        claim_.selector.service = name.substr(0, dot);
        if (dot != std::string_view::npos) {
            claim_.selector.endpoint = name.substr(dot + 1);
            if (claim_.selector.endpoint.empty()) return unexpected("an endpoint");
        }
        if (!cursor_.take_word("from")) return std::nullopt;
        cursor_.skip_spaces();
        claim_.selector.from_zone = cursor_.take_name();
        if (claim_.selector.from_zone.empty()) return unexpected("a zone");
        return std::nullopt;
    }

    Failed read_comparison() {
        struct Written {
            std::string_view mark;
            Comparison comparison;
        };
        constexpr std::array marks{
            Written{"<=", Comparison::at_most}, Written{">=", Comparison::at_least},
            Written{"==", Comparison::equal},   Written{"!=", Comparison::not_equal},
            Written{"<", Comparison::less},     Written{">", Comparison::greater}};
        cursor_.skip_spaces();
        for (const Written& written : marks) {
            if (!cursor_.take(written.mark)) continue;
            claim_.comparison = written.comparison;
            return std::nullopt;
        }
        const bool is_single = cursor_.rest().starts_with("=");
        return unexpected("one of < <= > >= == !=", is_single ? "write ==" : "");
    }

    Failed read_limit() {
        cursor_.skip_spaces();
        const std::size_t start = cursor_.position();
        const std::string_view token = cursor_.take_token("");
        if (token.empty())
            return unexpected("a value", std::string{word_of(claim_.metric).example});
        Result<Limit> limit = read_claim_limit(token, claim_.metric, claim_.comparison);
        if (limit) {
            claim_.limit = limit->value;
            claim_.unit = limit->unit;
            return std::nullopt;
        }
        Problem problem = limit.error();
        problem.where.column += static_cast<int>(start);
        return problem;
    }

    Failed read_span() {
        const bool after_only = word_of(claim_.metric).form.after_only;
        cursor_.skip_spaces();
        const std::size_t start = cursor_.position();
        const auto needs_after = [&] {
            return problem_at("E119", start, cursor_.position() - start,
                              std::string{name_of(claim_.metric)} + " needs \"after\" and a fault",
                              std::string{word_of(claim_.metric).example});
        };
        if (cursor_.at_end()) return after_only ? Failed{needs_after()} : std::nullopt;
        const bool is_during = cursor_.take_word("during") || cursor_.take_word("over");
        const bool is_before = !is_during && cursor_.take_word("before");
        const bool is_after = !is_during && !is_before && cursor_.take_word("after");
        if (!is_during && !is_before && !is_after)
            return unexpected("during, before, after or over", "... during baseline");
        if (after_only && !is_after) return needs_after();
        cursor_.skip_spaces();
        claim_.span.window = cursor_.take_name();
        if (claim_.span.window.empty())
            return unexpected("a window", "a fault's id, baseline or run");
        if (is_before) claim_.span.kind = Span::Kind::before;
        if (is_after) claim_.span.kind = Span::Kind::after;
        cursor_.skip_spaces();
        if (is_after && cursor_.take("+")) {
            cursor_.skip_spaces();
            if (Failed failed = read_quantity(claim_.span.offset)) return failed;
        }
        cursor_.skip_spaces();
        if (cursor_.at_end()) return std::nullopt;
        return unexpected(is_after ? "the end or + and a time" : "the end");
    }

    TextCursor cursor_;
    Claim claim_;
};

}  // namespace

std::string_view noun_of(Unit unit) {
    switch (unit) {
        case Unit::seconds:
            return "a time";
        case Unit::share:
            return "a share";
        case Unit::per_second:
            return "a rate";
        case Unit::count:
            return "a number";
        case Unit::ratio:
            return "a bare number";
    }
    return "";
}

bool Claim::holds(double value) const noexcept {
    switch (comparison) {
        case Comparison::less:
            return value < limit;
        case Comparison::at_most:
            return value <= limit;
        case Comparison::greater:
            return value > limit;
        case Comparison::at_least:
            return value >= limit;
        case Comparison::equal:
            return value == limit;
        case Comparison::not_equal:
            return value != limit;
    }
    return false;
}

}  // namespace shaketable::scenarios

namespace shaketable {

Result<scenarios::Claim> Text<scenarios::Claim>::parse(std::string_view text) {
    return scenarios::ClaimParser{text}.parse();
}

std::string Text<scenarios::Claim>::print(const scenarios::Claim& claim) {
    return claim.text;
}

Result<scenarios::Precision> Text<scenarios::Precision>::parse(std::string_view text) {
    return scenarios::ClaimParser{text}.parse_precision();
}

std::string Text<scenarios::Precision>::print(const scenarios::Precision& precision) {
    return precision.of.text;
}

}  // namespace shaketable
