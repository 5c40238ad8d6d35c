#include <algorithm>
#include <utility>

#include "base/arguments.h"
#include "base/decimal.h"
#include "base/law.h"
#include "base/quantity.h"

namespace shaketable {
namespace {

using detail::Argument;
using detail::in_quotes;
using detail::LawSpec;
using detail::ParameterKind;
using detail::ParameterSpec;
using detail::problem_at;

/// A law and where it ends.
struct Read {
    Distribution law;
    std::size_t end = 0;
};

Result<Read> read_law(std::string_view text, std::size_t at, int depth);

const LawSpec* find_law(std::string_view name) {
    for (const LawSpec& spec : detail::law_specs)
        if (spec.name == name) return &spec;
    return nullptr;
}

Problem unknown_law(std::string_view name, std::size_t column) {
    if (name == "zipf")
        return problem_at("E030", "zipf is a law for keys, not for times", "", column, name.size());
    std::vector<std::string> names;
    for (const LawSpec& spec : detail::law_specs) names.emplace_back(spec.name);
    const std::string meant = nearest(name, names);
    std::string all;
    for (const std::string& known : names) all += (all.empty() ? "" : ", ") + known;
    return problem_at("E030", "unknown distribution " + in_quotes(name),
                      meant.empty() ? "known are " + all : "did you mean " + meant + "?", column,
                      name.size());
}

/// E033, with what the law takes.
Problem wrong_parameter(const LawSpec& spec, const std::string& what, std::string hint,
                        std::size_t column, std::size_t length) {
    return problem_at("E033",
                      what + "; " + std::string{spec.name} + " takes " + std::string{spec.takes},
                      std::move(hint), column, length);
}

/// A law without parentheses: a time.
Result<Read> read_bare(std::string_view word, std::size_t at) {
    if (const LawSpec* spec = find_law(word))
        return Unexpected{wrong_parameter(*spec, in_quotes(word) + " needs parameters",
                                          "like " + std::string{spec->example}, at, word.size())};
    const std::string_view digits = word.substr(word.starts_with('-') ? 1 : 0);
    if (detail::number_length(digits) == 0 && !detail::is_no_number(word))
        return Unexpected{unknown_law(word, at)};
    const Result<Duration> time = Text<Duration>::parse(word);
    if (!time) return Unexpected{detail::shifted(time.error(), at)};
    if (*time > detail::longest_law_time)
        return Unexpected{
            problem_at("E023", in_quotes(word) + " is longer than 100 days", "", at, word.size())};
    return Read{Distribution{*time}, at + word.size()};
}

/// The parameter an argument stands for; `positional` counts the ones without name before it.
Result<const ParameterSpec*> find_parameter(const LawSpec& spec, const Argument& argument,
                                            std::size_t positional) {
    if (argument.name.empty()) {
        if (positional < spec.positional) return &spec.parameters[positional];
        return Unexpected{wrong_parameter(
            spec,
            in_quotes(argument.value) +
                (spec.positional == 0 ? " has no name" : " is one too many"),
            "like " + std::string{spec.example}, argument.value_column, argument.value.size())};
    }
    std::vector<std::string> names;
    for (const ParameterSpec& parameter : spec.parameters) {
        if (parameter.name == argument.name) return &parameter;
        names.emplace_back(parameter.name);
    }
    const std::string meant = nearest(argument.name, names);
    return Unexpected{wrong_parameter(spec, "no parameter " + in_quotes(argument.name),
                                      meant.empty() ? "" : "did you mean " + meant + "?",
                                      argument.name_column, argument.name.size())};
}

Result<Distribution::Parameter> read_parameter(const ParameterSpec& spec,
                                               const Argument& argument) {
    Distribution::Parameter parameter{.name = std::string{spec.name}};
    const auto fail = [&](const Problem& problem) {
        return Unexpected{detail::shifted(problem, argument.value_column)};
    };
    switch (spec.kind) {
        case ParameterKind::time: {
            const auto time = Text<Duration>::parse(argument.value);
            if (!time) return fail(time.error());
            parameter.time = *time;
            break;
        }
        case ParameterKind::number: {
            const auto number = parse_number(argument.value);
            if (!number) return fail(number.error());
            parameter.number = *number;
            break;
        }
        case ParameterKind::share: {
            const auto share = Text<Share>::parse(argument.value);
            if (!share) return fail(share.error());
            parameter.number = share->fraction;
            break;
        }
    }
    return parameter;
}

/// The problem that solving found, under the parameter it is about, or under the whole law.
Problem place_problem(Problem problem, const Distribution& law,
                      const std::vector<Argument>& arguments, std::size_t at, std::size_t end) {
    problem.where.column = static_cast<int>(at);
    problem.where.length = static_cast<int>(end - at);
    for (std::size_t i = 0; i < law.parameters.size(); ++i) {
        if (law.parameters[i].name != problem.field) continue;
        problem.where.column = static_cast<int>(arguments[i].value_column);
        problem.where.length = static_cast<int>(arguments[i].value.size());
    }
    problem.field.clear();
    return problem;
}

Result<Distribution> read_parameters(const LawSpec& spec, std::string_view text, std::size_t at,
                                     std::size_t open, std::size_t close) {
    const auto arguments = detail::split_arguments(text, open + 1, close);
    if (!arguments) return Unexpected{arguments.error()};
    Distribution law;
    law.law = spec.law;
    std::size_t positional = 0;
    for (const Argument& argument : *arguments) {
        const auto known = find_parameter(spec, argument, positional);
        if (!known) return Unexpected{known.error()};
        if (argument.name.empty()) ++positional;
        for (const auto& before : law.parameters)
            if (before.name == (*known)->name)
                return Unexpected{wrong_parameter(spec, before.name + " is given twice", "",
                                                  argument.value_column, argument.value.size())};
        auto parameter = read_parameter(**known, argument);
        if (!parameter) return Unexpected{parameter.error()};
        law.parameters.push_back(*std::move(parameter));
    }
    if (const auto numbers = detail::solve(law); !numbers)
        return Unexpected{place_problem(numbers.error(), law, *arguments, at, close + 1)};
    if (law.law != Law::constant) return law;
    if (law.parameters.empty())
        return Unexpected{wrong_parameter(spec, "constant() has no time", "like constant(5ms)", at,
                                          close + 1 - at)};
    const Duration time = law.parameters[0].time;
    if (time > detail::longest_law_time)
        return Unexpected{problem_at("E023", "a time of a law is at most 100 days", "",
                                     (*arguments)[0].value_column, (*arguments)[0].value.size())};
    return Distribution{time};
}

/// `95%: law`, from `at` on; the weight goes into `mixture`.
Result<std::size_t> read_part(std::string_view text, std::size_t at, std::size_t close, int depth,
                              Distribution& mixture) {
    const std::string_view word = detail::word_at(text, at);
    std::size_t colon = at + word.size();
    while (colon < close && detail::is_space(text[colon])) ++colon;
    if (word.empty() || colon >= close || text[colon] != ':')
        return Unexpected{problem_at(
            "E033", "expected a share and a law, found " + in_quotes(text.substr(at, close - at)),
            "like mixture(95%:5ms 5%:uniform(50ms 90ms))", at,
            std::max<std::size_t>(word.size(), 1))};
    const Result<Share> share = Text<Share>::parse(word);
    if (!share) return Unexpected{detail::shifted(share.error(), at)};
    std::size_t start = colon + 1;
    while (start < close && detail::is_space(text[start])) ++start;
    Result<Read> part = read_law(text, start, depth + 1);
    if (!part) return Unexpected{part.error()};
    mixture.weights.push_back(share->fraction);
    mixture.parts.push_back(std::move(part->law));
    return part->end;
}

Result<Distribution> read_mixture(std::string_view text, std::size_t at, std::size_t open,
                                  std::size_t close, int depth) {
    const auto fail = [&](std::string_view code, std::string message) {
        return Unexpected{problem_at(code, std::move(message), "", at, close + 1 - at)};
    };
    if (depth > detail::mixture_depth_max) return fail("E032", "mixtures nest at most 8 deep");
    Distribution mixture;
    mixture.law = Law::mixture;
    double total = 0;
    for (std::size_t next = detail::skip_separators(text, open + 1, close); next < close;
         next = detail::skip_separators(text, next, close)) {
        const auto end = read_part(text, next, close, depth, mixture);
        if (!end) return Unexpected{end.error()};
        total += mixture.weights.back();
        next = *end;
        if (mixture.parts.size() > detail::mixture_parts_max)
            return fail("E032", "a mixture has at most 1000 parts");
    }
    if (mixture.parts.empty())
        return Unexpected{wrong_parameter(*find_law("mixture"), "mixture() is empty",
                                          "like mixture(95%:5ms 5%:50ms)", at, close + 1 - at)};
    if (total < 1 - 1e-9 || total > 1 + 1e-9)
        return fail("E032", "the shares of a mixture must sum to 100%, found " +
                                Text<Share>::print({total}));
    return mixture;
}

Result<Distribution> read_empirical(std::string_view text, std::size_t at, std::size_t open,
                                    std::size_t close) {
    std::string_view file = text.substr(open + 1, close - open - 1);
    while (!file.empty() && detail::is_space(file.front())) file.remove_prefix(1);
    while (!file.empty() && detail::is_space(file.back())) file.remove_suffix(1);
    if (file.empty())
        return Unexpected{wrong_parameter(*find_law("empirical"), "empirical() names no file",
                                          "like empirical(latencies.csv)", at, close + 1 - at)};
    if (file.find('\0') != std::string_view::npos)
        return Unexpected{
            problem_at("E032", "a file name has no NUL byte", "", open + 1, close - open - 1)};
    Distribution law;
    law.law = Law::empirical;
    law.file = file;
    return law;
}

Result<Read> read_law(std::string_view text, std::size_t at, int depth) {
    const std::string_view word = detail::word_at(text, at);
    const std::size_t open = at + word.size();
    if (word.empty())
        return Unexpected{
            problem_at("E030",
                       "expected a distribution, found " +
                           (at < text.size() ? in_quotes(text.substr(at)) : "nothing"),
                       "like 5ms or " + std::string{Text<Distribution>::example}, at,
                       at < text.size() ? 1 : 0)};
    if (open >= text.size() || text[open] != '(') return read_bare(word, at);
    const LawSpec* spec = find_law(word);
    if (spec == nullptr) return Unexpected{unknown_law(word, at)};
    const Result<std::size_t> close = detail::find_closing(text, open);
    if (!close) return Unexpected{close.error()};
    Result<Distribution> law =
        spec->law == Law::mixture     ? read_mixture(text, at, open, *close, depth)
        : spec->law == Law::empirical ? read_empirical(text, at, open, *close)
                                      : read_parameters(*spec, text, at, open, *close);
    if (!law) return Unexpected{law.error()};
    return Read{*std::move(law), *close + 1};
}

std::string print_parameter(const LawSpec& spec, const Distribution::Parameter& parameter) {
    for (const ParameterSpec& known : spec.parameters) {
        if (known.name != parameter.name) continue;
        if (known.kind == ParameterKind::number) return print_number(parameter.number);
        if (known.kind == ParameterKind::share) return Text<Share>::print({parameter.number});
    }
    return Text<Duration>::print(parameter.time);
}

}  // namespace

Result<Distribution> Text<Distribution>::parse(std::string_view text) {
    std::size_t start = 0;
    while (start < text.size() && detail::is_space(text[start])) ++start;
    Result<Read> read = read_law(text, start, 1);
    if (!read) return Unexpected{read.error()};
    std::size_t end = read->end;
    while (end < text.size() && detail::is_space(text[end])) ++end;
    if (end == text.size()) return std::move(read->law);
    const std::string_view rest = text.substr(end);
    if (rest.starts_with(')'))
        return Unexpected{problem_at(
            "E031", "this parenthesis was never opened: " + in_quotes(text), "", end, 1)};
    return Unexpected{problem_at(
        "E022", "expected one distribution, found more: " + in_quotes(rest), "", end, rest.size())};
}

std::string Text<Distribution>::print(const Distribution& value) {
    if (value.law == Law::constant)
        return Text<Duration>::print(value.parameters.empty() ? Duration{0}
                                                              : value.parameters[0].time);
    const LawSpec& spec = detail::spec_of(value.law);
    std::string inside = value.file;
    for (std::size_t i = 0; i < value.parts.size(); ++i)
        inside += (i == 0 ? "" : " ") + Text<Share>::print({value.weights[i]}) + ":" +
                  print(value.parts[i]);
    const bool positional = value.law == Law::uniform && value.parameters.size() == 2 &&
                            value.parameters[0].name == "min";
    for (const auto& parameter : value.parameters) {
        if (!inside.empty()) inside += " ";
        if (!positional) inside += parameter.name + "=";
        inside += print_parameter(spec, parameter);
    }
    return std::string{spec.name} + "(" + inside + ")";
}

}  // namespace shaketable
