#include "faults/when.h"

#include <algorithm>

#include "base/quantity.h"
#include "faults/text_cursor.h"

namespace shaketable::faults {

namespace {

struct Length {
    Duration least{0};
    Duration spread{0};
};

Result<Duration> read_duration(std::string_view text, std::size_t column) {
    Result<Duration> time = Text<Duration>::parse(text);
    if (!time) return problem_within(time.error(), column);
    return time;
}

/// `30s` or `uniform(5s 10s)`.
Result<Length> read_length(TextCursor& cursor) {
    const std::size_t start = cursor.position();
    if (!cursor.take("uniform(")) {
        const Result<Duration> time = read_duration(cursor.take_until(" \t+"), start);
        if (!time) return Unexpected{time.error()};
        return Length{.least = *time};
    }
    Duration bounds[2];
    for (Duration& bound : bounds) {
        cursor.skip_spaces();
        const std::size_t column = cursor.position();
        const std::string_view text = cursor.take_until(" \t,)");
        if (text.empty())
            return problem_at("E112", column, 1, "expected two times in uniform(...)",
                              "write uniform(60s 90s)");
        const Result<Duration> time = read_duration(text, column);
        if (!time) return Unexpected{time.error()};
        bound = *time;
        cursor.skip_spaces();
        if (&bound == &bounds[0]) cursor.take(",");
    }
    const std::size_t end = cursor.position();
    if (!cursor.take(")"))
        return problem_at("E112", end, 1, "expected a ) after two times", "write uniform(60s 90s)");
    if (bounds[1] < bounds[0])
        return problem_at("E112", start, cursor.position() - start,
                          "the second time of uniform(...) is before the first");
    return Length{.least = bounds[0], .spread = bounds[1] - bounds[0]};
}

/// Goes past `ID.start` or `ID.end`, if one stands here.
std::optional<When::Anchor> read_anchor(TextCursor& cursor) {
    const std::string_view ahead = cursor.rest();
    const auto ends_at = [&](std::string_view word) {
        std::size_t at = ahead.find(word);
        while (at != std::string_view::npos && at + word.size() < ahead.size()) {
            const char next = ahead[at + word.size()];
            // `cut.end-5s` is the end of `cut`, `a.endless.end` is not the end of `a`.
            if (next == '-' || !is_name_character(next)) break;
            at = ahead.find(word, at + 1);
        }
        return at;
    };
    const std::size_t start_at = ends_at(".start");
    const std::size_t end_at = ends_at(".end");
    const std::size_t dot = std::min(start_at, end_at);
    if (dot == std::string_view::npos || dot == 0) return std::nullopt;
    const std::string_view id = ahead.substr(0, dot);
    if (!std::all_of(id.begin(), id.end(), is_name_character)) return std::nullopt;
    const bool is_start = start_at < end_at;
    cursor.take(id);
    cursor.take(is_start ? ".start" : ".end");
    return When::Anchor{.window = std::string{id},
                        .edge = is_start ? When::Edge::start : When::Edge::end};
}

Result<When> read_when(TextCursor& cursor) {
    When when{.anchor = read_anchor(cursor)};
    int sign = 1;
    cursor.skip_spaces();
    if (when.anchor) {
        if (cursor.at_end()) return when;
        const std::size_t at = cursor.position();
        if (cursor.take("-"))
            sign = -1;
        else if (!cursor.take("+"))
            return problem_at(
                "E112", at, cursor.rest().size(),
                "expected + or - and a time, found \"" + std::string{cursor.rest()} + "\"",
                "write cut.start + 30s");
        cursor.skip_spaces();
    }
    const std::string_view ahead = cursor.rest();
    const auto digit_at = [&](std::size_t at) {
        return at < ahead.size() && std::isdigit(static_cast<unsigned char>(ahead[at])) != 0;
    };
    const bool is_time =
        ahead.starts_with("uniform(") || digit_at(0) || (ahead.starts_with('.') && digit_at(1));
    if (!is_time)
        return problem_at("E112", cursor.position(), std::max<std::size_t>(ahead.size(), 1),
                          ahead.empty() ? "expected a time, found nothing"
                                        : "expected a time, found \"" + std::string{ahead} + "\"",
                          "write 90s, cut.start + 30s, cut.end or uniform(60s 90s)");
    const Result<Length> length = read_length(cursor);
    if (!length) return Unexpected{length.error()};
    when.spread = length->spread;
    when.offset = sign > 0 ? length->least : -(length->least + length->spread);
    cursor.skip_spaces();
    if (cursor.at_end()) return when;
    return problem_at("E112", cursor.position(), cursor.rest().size(),
                      "expected the end, found \"" + std::string{cursor.rest()} + "\"",
                      "one window and one time: cut.start + 30s");
}

std::string print_length(Duration least, Duration spread) {
    if (spread == Duration{0}) return Text<Duration>::print(least);
    return "uniform(" + Text<Duration>::print(least) + " " + Text<Duration>::print(least + spread) +
           ")";
}

}  // namespace

Time add(Time time, Duration by) noexcept {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(time.time_since_epoch().count(), by.count(), &sum))
        return Time{Duration{sum}};
    return by > Duration{0} ? Time::max() : Time::min();
}

Time When::resolve(Time base, Random& random) const {
    const double die = random.uniform();
    const auto beyond = static_cast<std::int64_t>(die * static_cast<double>(spread.count()));
    return add(add(base, offset), Duration{beyond});
}

std::optional<Problem> Every::find_problem() const {
    if (period <= Duration{0})
        return problem_of("period", "E023", "expected a period longer than 0");
    if (times.value == 0) return problem_of("times", "E023", "expected at least one occurrence");
    return std::nullopt;
}

}  // namespace shaketable::faults

namespace shaketable {

using faults::RandomTimes;
using faults::When;

Result<When> Text<When>::parse(std::string_view text) {
    faults::TextCursor cursor{text};
    cursor.skip_spaces();
    return faults::read_when(cursor);
}

std::string Text<When>::print(const When& when) {
    if (!when.anchor) return faults::print_length(when.offset, when.spread);
    const std::string anchor =
        when.anchor->window + (when.anchor->edge == When::Edge::start ? ".start" : ".end");
    if (when.offset == Duration{0} && when.spread == Duration{0}) return anchor;
    if (when.offset >= Duration{0})
        return anchor + " + " + faults::print_length(when.offset, when.spread);
    return anchor + " - " + faults::print_length(-(when.offset + when.spread), when.spread);
}

Result<RandomTimes> Text<RandomTimes>::parse(std::string_view text) {
    faults::TextCursor cursor{text};
    cursor.skip_spaces();
    const std::size_t start = cursor.position();
    if (!cursor.take("poisson("))
        return faults::problem_at(
            "E112", start, cursor.rest().size(),
            "expected random times, found \"" + std::string{cursor.rest()} + "\"",
            "write poisson(2/m)");
    cursor.skip_spaces();
    const std::size_t column = cursor.position();
    std::string_view inside = cursor.take_until(")");
    while (inside.ends_with(' ')) inside.remove_suffix(1);
    const Result<Rate> rate = Text<Rate>::parse(inside);
    if (!rate) return faults::problem_within(rate.error(), column);
    const std::size_t end = cursor.position();
    if (!cursor.take(")")) return faults::problem_at("E112", end, 1, "expected a ) after the rate");
    cursor.skip_spaces();
    if (!cursor.at_end())
        return faults::problem_at("E112", cursor.position(), cursor.rest().size(),
                                  "expected the end, found \"" + std::string{cursor.rest()} + "\"");
    return RandomTimes{*rate};
}

std::string Text<RandomTimes>::print(const RandomTimes& times) {
    return "poisson(" + Text<Rate>::print(times.rate) + ")";
}

}  // namespace shaketable
