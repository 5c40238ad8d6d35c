#include "scenarios/text/data_file.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace shaketable::scenarios::text {

namespace {

constexpr std::size_t rows_max = 1'000'000;

std::string_view first_column(std::string_view line) {
    line = line.substr(0, line.find_first_of(",;\t"));
    while (!line.empty() && (line.front() == ' ' || line.front() == '"')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '"' || line.back() == '\r'))
        line.remove_suffix(1);
    return line;
}

std::optional<Duration> read_time(std::string_view text, bool bare_seconds) {
    if (const Result<double> number = parse_number(text)) {
        const bool is_time =
            (bare_seconds || *number == 0) && *number >= 0 && *number <= to_seconds(ten_years);
        return is_time ? std::optional{from_seconds(*number)} : std::nullopt;
    }
    Result<Duration> time = Text<Duration>::parse(text);
    if (!time || *time < Duration{0}) return std::nullopt;
    return *time;
}

/// Of a column: a word, and no number gone wrong, be it "-1s", "5 ms" or "nan".
bool is_title(std::string_view text) {
    const Result<Duration> time = Text<Duration>::parse(text);
    return !time && time.error().code == "E022" && !parse_number(text);
}

std::optional<std::vector<Duration>> load_times(const std::string& name, const Node& node,
                                                bool ascending, Reading& in) {
    const std::optional<std::string> text = in.load_file(name, node.place);
    if (!text) return std::nullopt;
    std::vector<Duration> times;
    const auto bad_row = [&](int line, const std::string& what, std::string hint) {
        in.report("E034", name + ":" + std::to_string(line) + ": " + what, node.place,
                  std::move(hint));
        return std::nullopt;
    };
    std::string_view rest = *text;
    bool has_header = false;
    bool is_first = true;
    for (int line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view row = first_column(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (row.empty() || row.starts_with('#')) continue;
        const std::optional<Duration> time = read_time(row, has_header);
        if (!time && is_first && is_title(row)) {
            has_header = true;
            is_first = false;
            continue;
        }
        is_first = false;
        if (!time)
            return bad_row(line, "expected a time of 0 or more, found " + quote(row),
                           "write 12ms, or bare seconds below a header line");
        if (ascending && !times.empty() && *time < times.back())
            return bad_row(line, "expected a time not before the one above",
                           "sort the file by time");
        if (times.size() == rows_max) return bad_row(line, "more than 1,000,000 rows", "");
        times.push_back(*time);
    }
    if (times.empty()) return bad_row(1, "expected at least one time", "one time per line");
    return times;
}

}  // namespace

bool load_samples(const Node& node, Distribution& into, Reading& in) {
    bool good = true;
    for (Distribution& piece : into.parts) good = load_samples(node, piece, in) && good;
    if (into.law != Law::empirical) return good;
    std::optional<std::vector<Duration>> times = load_times(into.file, node, false, in);
    if (!times) return false;
    std::sort(times->begin(), times->end());
    into.samples = *std::move(times);
    return good;
}

bool load_trace(const Node& node, Arrivals& into, Reading& in) {
    if (into.law == ArrivalLaw::renewal) return load_samples(node, into.gap, in);
    if (into.law != ArrivalLaw::trace) return true;
    const std::optional<std::vector<Duration>> times = load_times(into.file, node, true, in);
    if (!times) return false;
    into.trace.clear();
    into.trace.reserve(times->size());
    for (const Duration time : *times) into.trace.emplace_back(time);
    return true;
}

}  // namespace shaketable::scenarios::text
