#include <string>

#include "base/arguments.h"
#include "base/decimal.h"
#include "base/distribution.h"
#include "base/quantity.h"

namespace shaketable {
namespace {

using detail::in_quotes;
using detail::problem_at;

constexpr std::uint64_t keys_max = 100'000'000;
constexpr double exponent_max = 20;

Result<std::uint32_t> read_number_of_keys(const detail::Argument& argument) {
    const Result<Count> count = Text<Count>::parse(argument.value);
    if (!count) return Unexpected{detail::shifted(count.error(), argument.value_column)};
    if (count->value < 1 || count->value > keys_max)
        return Unexpected{problem_at(
            "E023", "the number of keys must be from 1 to 100M, found " + in_quotes(argument.value),
            "", argument.value_column, argument.value.size())};
    return static_cast<std::uint32_t>(count->value);
}

Result<double> read_exponent(const detail::Argument& argument) {
    Result<double> exponent = parse_number(argument.value);
    if (!exponent) return Unexpected{detail::shifted(exponent.error(), argument.value_column)};
    if (*exponent < 0 || *exponent > exponent_max)
        return Unexpected{problem_at(
            "E023", "the exponent of zipf must be from 0 to 20, found " + in_quotes(argument.value),
            "", argument.value_column, argument.value.size())};
    return *exponent + 0.0;  // -0 becomes 0
}

Problem unknown_keys(std::string_view text, std::string_view word, std::size_t at) {
    const std::string meant = nearest(word, {"zipf", "uniform"});
    return problem_at("E030",
                      text.empty()
                          ? "expected a key distribution, found nothing"
                          : "unknown key distribution " + in_quotes(word.empty() ? text : word),
                      meant.empty() ? "like zipf(n=10000 s=1.1) or uniform(n=500)"
                                    : "did you mean " + meant + "?",
                      at, word.size());
}

}  // namespace

Result<KeyDistribution> Text<KeyDistribution>::parse(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && detail::is_space(text[at])) ++at;
    const std::string_view word = detail::word_at(text, at);
    const std::size_t open = at + word.size();
    const bool zipf = word == "zipf";
    if (!zipf && word != "uniform") return Unexpected{unknown_keys(text, word, at)};
    const std::string takes = zipf ? "zipf takes n and s" : "uniform over keys takes n";
    const std::string hint = zipf ? "like zipf(n=10000 s=1.1)" : "like uniform(n=500)";
    if (open >= text.size() || text[open] != '(')
        return Unexpected{problem_at("E033", takes, hint, at, word.size())};
    const Result<std::size_t> close = detail::find_closing(text, open);
    if (!close) return Unexpected{close.error()};
    if (const std::size_t end = text.find_first_not_of(" \t\r\n", *close + 1);
        end != std::string_view::npos)
        return Unexpected{problem_at("E022", "expected one key distribution, found more", "", end,
                                     text.size() - end)};
    const auto arguments = detail::split_arguments(text, open + 1, *close);
    if (!arguments) return Unexpected{arguments.error()};
    KeyDistribution keys;
    bool has_n = false;
    bool has_s = !zipf;
    for (const detail::Argument& argument : *arguments) {
        if (argument.name == "n" && !has_n) {
            const auto n = read_number_of_keys(argument);
            if (!n) return Unexpected{n.error()};
            keys.n = *n;
            has_n = true;
        } else if (argument.name == "s" && !has_s) {
            const auto s = read_exponent(argument);
            if (!s) return Unexpected{s.error()};
            keys.s = *s;
            has_s = true;
        } else {
            const bool named = !argument.name.empty();
            return Unexpected{problem_at("E033", takes, hint,
                                         named ? argument.name_column : argument.value_column,
                                         (named ? argument.name : argument.value).size())};
        }
    }
    if (!has_n || !has_s) return Unexpected{problem_at("E033", takes, hint, at, *close + 1 - at)};
    return keys;
}

std::string Text<KeyDistribution>::print(const KeyDistribution& value) {
    const std::string n = Text<Count>::print({value.n});
    if (value.s == 0) return "uniform(n=" + n + ")";
    return "zipf(n=" + n + " s=" + print_number(value.s) + ")";
}

}  // namespace shaketable
