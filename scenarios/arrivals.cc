// The law of an open stream as text: `poisson(400/s)`, `mmpp(200/s 900/s dwell=20s)`,
// `trace(file.csv)`.
#include <string>
#include <utility>
#include <vector>

#include "scenarios/text_cursor.h"
#include "scenarios/workload.h"

namespace shaketable::scenarios {

namespace {

constexpr std::string_view forms =
    "poisson(400/s), constant(400/s), mmpp(200/s 900/s dwell=20s), renewal(erlang(k=2 mean=5ms)), "
    "trace(file.csv)";

struct Argument {
    std::string_view text;
    std::size_t at = 0;  ///< within the whole text
};

std::vector<Argument> split(std::string_view inside, std::size_t offset) {
    std::vector<Argument> arguments;
    TextCursor cursor{inside};
    while (true) {
        cursor.skip_spaces();
        while (cursor.take(",")) cursor.skip_spaces();
        if (cursor.at_end()) return arguments;
        const std::size_t at = cursor.position();
        arguments.push_back({cursor.take_token(","), offset + at});
    }
}

template <class T>
Result<T> read(const Argument& argument, std::size_t skip = 0) {
    Result<T> value = Text<T>::parse(argument.text.substr(skip));
    if (value) return value;
    Problem problem = value.error();
    problem.where.column += static_cast<int>(argument.at + skip);
    return Unexpected{std::move(problem)};
}

Result<Rate> read_rate(const Argument& argument) {
    Result<Rate> rate = read<Rate>(argument);
    if (rate && rate->per_second <= 0)
        return Unexpected{
            problem_at("E023", argument.at, argument.text.size(),
                       "expected a rate above 0, found " + std::string{argument.text})};
    return rate;
}

Unexpected<Problem> wrong_number(std::size_t at, std::size_t length, std::string_view wanted) {
    return {problem_at("E033", at, length, "expected " + std::string{wanted})};
}

Result<Arrivals> read_stream(ArrivalLaw law, const std::vector<Argument>& arguments,
                             std::size_t end) {
    if (arguments.size() != 1)
        return wrong_number(arguments.empty() ? end : arguments[1].at, 1, "one rate, like 400/s");
    const Result<Rate> rate = read_rate(arguments[0]);
    if (!rate) return Unexpected{rate.error()};
    Arrivals arrivals;
    arrivals.law = law;
    arrivals.rate = *rate;
    return arrivals;
}

Result<Arrivals> read_mmpp(const std::vector<Argument>& arguments, std::size_t end) {
    constexpr std::string_view dwell = "dwell=";
    if (arguments.size() != 3 || !arguments[2].text.starts_with(dwell))
        return wrong_number(arguments.empty() ? end : arguments.back().at, 1,
                            "two rates and dwell=, like mmpp(200/s 900/s dwell=20s)");
    const Result<Rate> low = read_rate(arguments[0]);
    if (!low) return Unexpected{low.error()};
    const Result<Rate> high = read_rate(arguments[1]);
    if (!high) return Unexpected{high.error()};
    const Result<Duration> stay = read<Duration>(arguments[2], dwell.size());
    if (!stay) return Unexpected{stay.error()};
    if (*stay <= Duration{0})
        return Unexpected{problem_at("E023", arguments[2].at, arguments[2].text.size(),
                                     "expected a stay longer than 0")};
    Arrivals arrivals;
    arrivals.law = ArrivalLaw::mmpp;
    arrivals.rate = *low;
    arrivals.rate_high = *high;
    arrivals.dwell = *stay;
    return arrivals;
}

Result<Arrivals> read_renewal(std::string_view inside, std::size_t at) {
    Result<Distribution> gap = Text<Distribution>::parse(inside);
    if (!gap) {
        Problem problem = gap.error();
        problem.where.column += static_cast<int>(at);
        return Unexpected{std::move(problem)};
    }
    if (gap->law != Law::empirical && !(gap->mean() > 0))
        return Unexpected{problem_at("E032", at, inside.size(),
                                     "expected a time between arrivals longer than 0")};
    Arrivals arrivals;
    arrivals.law = ArrivalLaw::renewal;
    arrivals.gap = *std::move(gap);
    return arrivals;
}

Result<Arrivals> read_trace(std::string_view inside, std::size_t at) {
    TextCursor cursor{inside};
    cursor.skip_spaces();
    std::string_view file = cursor.rest();
    while (file.ends_with(' ')) file.remove_suffix(1);
    if (file.empty()) return wrong_number(at, 1, "the name of a file");
    Arrivals arrivals;
    arrivals.law = ArrivalLaw::trace;
    arrivals.file = file;
    return arrivals;
}

}  // namespace

}  // namespace shaketable::scenarios

namespace shaketable {

using scenarios::ArrivalLaw;
using scenarios::Arrivals;

Result<Arrivals> Text<Arrivals>::parse(std::string_view text) {
    using scenarios::problem_at;
    scenarios::TextCursor cursor{text};
    cursor.skip_spaces();
    const std::size_t start = cursor.position();
    const std::string_view law = cursor.take_name();
    cursor.skip_spaces();
    if (!cursor.take("(")) {
        if (Text<Rate>::parse(text))
            return Unexpected{problem_at("E030", 0, text.size(),
                                         "expected a law of arrivals, found a rate",
                                         "did you mean poisson(" + std::string{text} + ")?")};
        return Unexpected{problem_at("E030", start, law.size(), "expected a law of arrivals",
                                     std::string{scenarios::forms})};
    }
    const std::size_t at = cursor.position();
    const std::size_t close = text.rfind(')');
    if (close == std::string_view::npos || close < at ||
        text.find_first_not_of(' ', close + 1) != std::string_view::npos)
        return Unexpected{
            problem_at("E031", text.size(), 1, "expected a ) at the end",
                       "inside { } put the value in quotes: YAML cuts it at a comma")};
    const std::string_view inside = text.substr(at, close - at);
    if (law == "renewal") return scenarios::read_renewal(inside, at);
    if (law == "trace") return scenarios::read_trace(inside, at);
    const std::vector<scenarios::Argument> arguments = scenarios::split(inside, at);
    if (law == "poisson") return scenarios::read_stream(ArrivalLaw::poisson, arguments, close);
    if (law == "constant") return scenarios::read_stream(ArrivalLaw::constant, arguments, close);
    if (law == "mmpp") return scenarios::read_mmpp(arguments, close);
    const std::string near = nearest(law, {"poisson", "constant", "mmpp", "renewal", "trace"});
    return Unexpected{problem_at(
        "E030", start, law.size(), "unknown law of arrivals \"" + std::string{law} + "\"",
        near.empty() ? std::string{scenarios::forms} : "did you mean \"" + near + "\"?")};
}

std::string Text<Arrivals>::print(const Arrivals& arrivals) {
    switch (arrivals.law) {
        case ArrivalLaw::poisson:
            return "poisson(" + Text<Rate>::print(arrivals.rate) + ")";
        case ArrivalLaw::constant:
            return "constant(" + Text<Rate>::print(arrivals.rate) + ")";
        case ArrivalLaw::mmpp:
            return "mmpp(" + Text<Rate>::print(arrivals.rate) + " " +
                   Text<Rate>::print(arrivals.rate_high) +
                   " dwell=" + Text<Duration>::print(arrivals.dwell) + ")";
        case ArrivalLaw::renewal:
            return "renewal(" + Text<Distribution>::print(arrivals.gap) + ")";
        case ArrivalLaw::trace:
            return "trace(" + arrivals.file + ")";
    }
    return "";
}

}  // namespace shaketable
