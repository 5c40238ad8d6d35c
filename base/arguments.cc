#include "base/arguments.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"

namespace shaketable::detail {

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t skip_separators(std::string_view text, std::size_t at, std::size_t end) {
    while (at < end && (is_space(text[at]) || text[at] == ',')) ++at;
    return at;
}

std::string_view word_at(std::string_view text, std::size_t at) {
    const std::size_t end = text.find_first_of(" \t\n\r,:=()", at);
    return text.substr(at, end == std::string_view::npos ? end : end - at);
}

Result<std::size_t> find_closing(std::string_view text, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i;
    }
    return Unexpected{problem_at(
        "E031", "this parenthesis is never closed: " + in_quotes(text),
        "inside { } YAML cuts at a comma: separate by spaces, or put quotes around it", open, 1)};
}

Result<std::vector<Argument>> split_arguments(std::string_view text, std::size_t from,
                                              std::size_t to) {
    std::vector<Argument> arguments;
    const auto skip_spaces = [&](std::size_t at) {
        while (at < to && is_space(text[at])) ++at;
        return at;
    };
    const std::string_view inside = text.substr(0, to);
    for (std::size_t at = skip_separators(text, from, to); at < to;
         at = skip_separators(text, at, to)) {
        Argument argument;
        argument.value = word_at(inside, at);
        argument.value_column = at;
        const std::size_t next = skip_spaces(at + argument.value.size());
        if (next < to && text[next] == '=' && !argument.value.empty()) {
            argument.name = argument.value;
            argument.name_column = at;
            argument.value_column = skip_spaces(next + 1);
            argument.value = word_at(inside, argument.value_column);
        }
        if (argument.value.empty()) {
            const std::size_t column = std::min(argument.value_column, to);
            return Unexpected{problem_at(
                "E033",
                "expected name=value, found " + in_quotes(inside.substr(std::min(at, column))), "",
                column, column < to ? 1 : 0)};
        }
        at = argument.value_column + argument.value.size();
        arguments.push_back(argument);
    }
    return arguments;
}

Problem shifted(Problem problem, std::size_t column) {
    problem.where.column += static_cast<int>(column);
    return problem;
}

}  // namespace shaketable::detail
