#include "scenarios/claim_limit.h"

#include <optional>
#include <string>

#include "scenarios/metric_words.h"
#include "scenarios/text_cursor.h"

namespace shaketable::scenarios {

namespace {

std::optional<double> read_share(std::string_view token) {
    if (!token.ends_with('%')) return std::nullopt;
    // Not as a Share, which ends at 100%: a budget can be overspent, and "> 120%" deserves its own
    // message.
    const Result<double> percent = parse_number(token.substr(0, token.size() - 1));
    if (!percent) return std::nullopt;
    return *percent / 100;
}

std::optional<double> read_as(Unit unit, std::string_view token) {
    switch (unit) {
        case Unit::seconds:
            if (const auto time = Text<Duration>::parse(token)) return to_seconds(*time);
            return std::nullopt;
        case Unit::share:
            if (token == "0") return 0.0;
            return read_share(token);
        case Unit::per_second:
            if (token == "0") return 0.0;
            if (const auto rate = Text<Rate>::parse(token)) return rate->per_second;
            return std::nullopt;
        case Unit::count:
            if (const auto count = Text<Count>::parse(token); count && !count->is_unlimited())
                return static_cast<double>(count->value);
            [[fallthrough]];  // the mean of a queue is no whole number
        case Unit::ratio:
            if (const auto number = parse_number(token)) return *number;
            return std::nullopt;
    }
    return std::nullopt;
}

/// What the token is, in the user's words; "" where it is nothing.
std::string_view kind_of(std::string_view token) {
    if (read_share(token)) return "a share";
    if (parse_number(token)) return "a bare number";
    if (Text<Duration>::parse(token)) return "a time";
    if (Text<Rate>::parse(token)) return "a rate";
    if (Text<Count>::parse(token)) return "a number";
    if (Text<Bytes>::parse(token)) return "a size";
    if (Text<Bandwidth>::parse(token)) return "a bandwidth";
    return "";
}

std::string suggest(std::string_view token, Unit unit) {
    const Result<double> number = parse_number(token);
    if (!number) return {};
    const std::string text{token};
    if (unit == Unit::seconds) return "did you mean " + text + "ms?";
    if (unit == Unit::per_second) return "did you mean " + text + "/s?";
    if (unit == Unit::share && *number > 0 && *number <= 1)
        return "did you mean " + print_number(*number * 100) + "%?";
    if (unit == Unit::share) return "did you mean " + text + "%?";
    return {};
}

/// Could any value of the metric satisfy it? The smallest is 0; the largest 1 where the metric says
/// so.
bool can_hold(const MetricWord& word, const Limit& limit, Comparison comparison) {
    const bool has_top = word.form.at_most_all && limit.unit == word.unit;
    switch (comparison) {
        case Comparison::less:
            return limit.value > 0;
        case Comparison::at_most:
            return limit.value >= 0;
        case Comparison::greater:
            return !has_top || limit.value < 1;
        case Comparison::at_least:
            return !has_top || limit.value <= 1;
        case Comparison::equal:
            return limit.value >= 0 && (!has_top || limit.value <= 1);
        case Comparison::not_equal:
            return true;
    }
    return true;
}

}  // namespace

Result<Limit> read_claim_limit(std::string_view token, Metric metric, Comparison comparison) {
    const MetricWord& word = word_of(metric);
    std::optional<Limit> limit;
    if (const auto value = read_as(word.unit, token)) limit = Limit{*value, word.unit};
    if (!limit && word.form.counts_too)
        if (const auto value = read_as(Unit::count, token)) limit = Limit{*value, Unit::count};
    if (!limit && word.form.rates_too)
        if (const auto value = read_as(Unit::per_second, token))
            limit = Limit{*value, Unit::per_second};
    const std::string name{name_of(metric)};
    if (!limit) {
        const std::string_view kind = kind_of(token);
        if (kind.empty())
            return Unexpected{problem_at("E119", 0, token.size(),
                                         "expected " + std::string{noun_of(word.unit)} +
                                             ", found \"" + std::string{token.substr(0, 60)} + "\"",
                                         std::string{word.example})};
        std::string hint = suggest(token, word.unit);
        if (hint.empty()) hint = word.example;
        return Unexpected{problem_at("E121", 0, token.size(),
                                     name + " is " + std::string{noun_of(word.unit)} + ", found " +
                                         std::string{kind} + ": " +
                                         std::string{token.substr(0, 60)},
                                     std::move(hint))};
    }
    if (can_hold(word, *limit, comparison)) return *limit;
    const bool is_low = limit->value <= 0;
    return Unexpected{problem_at("E122", 0, token.size(), "this can never hold",
                                 name + (is_low ? " is never below 0" : " is never above 100%"))};
}

}  // namespace shaketable::scenarios
