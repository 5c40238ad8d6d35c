#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/quantity.h"

namespace shaketable::detail {
namespace {

constexpr std::array time_units{"ns", "us", "ms", "s", "m", "h", "d"};
constexpr std::array count_units{"k", "M", "G"};
constexpr std::array size_units{"B", "KiB", "MiB", "GiB", "TiB", "kB", "KB", "MB", "GB", "TB"};

/// What people write elsewhere, and what it is here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 28> foreign{{
    {"\xc2\xb5s", "us"}, {"\xce\xbcs", "us"}, {"usec", "us"},     {"msec", "ms"},
    {"millis", "ms"},    {"sec", "s"},        {"secs", "s"},      {"second", "s"},
    {"seconds", "s"},    {"min", "m"},        {"mins", "m"},      {"minute", "m"},
    {"minutes", "m"},    {"hr", "h"},         {"hours", "h"},     {"days", "d"},
    {"rps", "/s"},       {"qps", "/s"},       {"tps", "/s"},      {"Hz", "/s"},
    {"K", "KiB"},        {"bps", "bit/s"},    {"kbps", "kbit/s"}, {"Kbps", "kbit/s"},
    {"Mbps", "Mbit/s"},  {"mbps", "Mbit/s"},  {"Gbps", "Gbit/s"}, {"/min", "/m"},
}};

template <class List>
bool contains(const List& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string> words_of(std::string_view known) {
    std::vector<std::string> words;
    while (!known.empty()) {
        const std::size_t end = std::min(known.find(' '), known.size());
        words.emplace_back(known.substr(0, end));
        known.remove_prefix(std::min(end + 1, known.size()));
    }
    return words;
}

}  // namespace

std::string_view kind_of_unit(std::string_view unit) {
    if (const std::size_t slash = unit.find('/'); slash != std::string_view::npos) {
        if (!contains(time_units, unit.substr(slash + 1))) return "";
        const std::string_view front = unit.substr(0, slash);
        if (front.empty() || contains(count_units, front)) return "a rate";
        if (front.ends_with("bit") || contains(size_units, front)) return "a bandwidth";
        return "";
    }
    if (unit == "%") return "a share";
    if (contains(time_units, unit)) return "a duration";
    if (contains(size_units, unit)) return "a size";
    return contains(count_units, unit) ? "a count" : "";
}

std::optional<Problem> find_bad_start(std::string_view text, std::string_view kind,
                                      std::string_view example) {
    const std::string expected = "expected " + std::string{kind} + " like " + std::string{example};
    if (text.empty()) return problem_at("E022", expected + ", found nothing", "", 0, 0);
    if (is_no_number(text))
        return problem_at("E025", expected + ", found " + in_quotes(text),
                          "only finite numbers have a meaning here", 0, text.size());
    if (number_length(text) > 0) return std::nullopt;
    if (text.front() == '-' && number_length(text.substr(1)) > 0)
        return problem_at("E024", std::string{kind} + " cannot be negative: " + in_quotes(text),
                          "leave out the minus sign", 0, text.size());
    return problem_at("E022", expected + ", found " + in_quotes(text), "", 0, text.size());
}

Problem unit_problem(std::string_view text, std::string_view unit, std::size_t column,
                     std::string_view kind, std::string_view known) {
    if (const std::string_view other = kind_of_unit(unit); !other.empty() && other != kind)
        return problem_at("E022",
                          in_quotes(text) + " is " + std::string{other} + " where " +
                              std::string{kind} + " belongs",
                          "units here: " + std::string{known}, 0, text.size());
    const std::vector<std::string> candidates = words_of(known);
    std::string meant;
    for (const auto& [word, ours] : foreign)
        if (word == unit && contains(candidates, ours)) meant = ours;
    const bool spaced = !unit.empty() && unit.front() == ' ';
    if (spaced && contains(candidates, unit.substr(1))) meant = unit.substr(1);
    if (meant.empty()) meant = nearest(unit, candidates);
    std::string hint = "units are " + std::string{known};
    if (!meant.empty() && text.size() <= 40)
        hint = "did you mean " + std::string{text.substr(0, column)} + meant + "?";
    return problem_at("E021", in_quotes(unit) + " is no unit of " + std::string{kind},
                      std::move(hint), column, unit.size());
}

}  // namespace shaketable::detail
