/// Sizes and bandwidths: the quantities with two families of prefixes.
#include <array>
#include <cstdint>
#include <limits>

#include "base/decimal.h"
#include "base/quantity.h"

namespace shaketable {
namespace {

using detail::in_quotes;
using detail::problem_at;

struct SizeUnit {
    std::string_view name;
    std::uint64_t bytes;
};
/// In the order in which printing tries them: binary before decimal, large before small.
constexpr std::array<SizeUnit, 10> size_units{{{"TiB", 1ULL << 40U},
                                               {"GiB", 1ULL << 30U},
                                               {"MiB", 1ULL << 20U},
                                               {"KiB", 1ULL << 10U},
                                               {"TB", 1'000'000'000'000},
                                               {"GB", 1'000'000'000},
                                               {"MB", 1'000'000},
                                               {"kB", 1'000},
                                               {"KB", 1'000},
                                               {"B", 1}}};

struct BandwidthUnit {
    std::string_view name;
    double bytes_per_second;
    int shift;  ///< decimal prefixes: read with this power of ten, so that the nearest double is
                ///< met
};
constexpr std::array<BandwidthUnit, 13> bandwidth_units{{{"Gbit/s", 0.125, 9},
                                                         {"Mbit/s", 0.125, 6},
                                                         {"kbit/s", 0.125, 3},
                                                         {"bit/s", 0.125, 0},
                                                         {"GiB/s", 0x1p30, 0},
                                                         {"MiB/s", 0x1p20, 0},
                                                         {"KiB/s", 0x1p10, 0},
                                                         {"GB/s", 1, 9},
                                                         {"MB/s", 1, 6},
                                                         {"kB/s", 1, 3},
                                                         {"KB/s", 1, 3},
                                                         {"B/s", 1, 0},
                                                         {"TiB/s", 0x1p40, 0}}};

}  // namespace

Result<Bytes> Text<Bytes>::parse(std::string_view text) {
    if (text == "0") return Bytes{0};
    if (const auto bad = detail::find_bad_start(text, "a size", example)) return Unexpected{*bad};
    const std::size_t digits = detail::number_length(text);
    const std::string_view unit_name = text.substr(digits);
    if (unit_name.empty())
        return Unexpected{problem_at("E020", in_quotes(text) + " has no unit",
                                     "write B, KiB (1024) or kB (1000) behind it", 0, text.size())};
    for (const SizeUnit& unit : size_units) {
        if (unit.name != unit_name) continue;
        const auto value = detail::multiply(text.substr(0, digits), unit.bytes);
        if (!value || value->value > std::numeric_limits<std::int64_t>::max())
            return Unexpected{
                problem_at("E025", in_quotes(text) + " is too large a size", "", 0, text.size())};
        if (!value->exact)
            return Unexpected{problem_at("E023", in_quotes(text) + " is no whole number of bytes",
                                         "", 0, text.size())};
        return Bytes{static_cast<std::int64_t>(value->value)};
    }
    return Unexpected{detail::unit_problem(text, unit_name, digits, "a size",
                                           "B KiB MiB GiB TiB kB KB MB GB TB")};
}

std::string Text<Bytes>::print(const Bytes& value) {
    if (value.count == 0) return "0B";
    for (const SizeUnit& unit : size_units) {
        const auto bytes = static_cast<std::int64_t>(unit.bytes);
        if (value.count % bytes == 0)
            return std::to_string(value.count / bytes) + std::string{unit.name};
    }
    return std::to_string(value.count) + "B";
}

Result<Bandwidth> Text<Bandwidth>::parse(std::string_view text) {
    if (const auto bad = detail::find_bad_start(text, "a bandwidth", example))
        return Unexpected{*bad};
    const std::size_t digits = detail::number_length(text);
    const std::string_view number = text.substr(0, digits);
    const std::string_view unit_name = text.substr(digits);
    if (unit_name.empty() && text != "0")
        return Unexpected{problem_at("E020", in_quotes(text) + " has no unit",
                                     text.size() <= 40
                                         ? "did you mean " + std::string{text} + "Mbit/s?"
                                         : "write Mbit/s or MB/s behind it",
                                     0, text.size())};
    for (const BandwidthUnit& unit : bandwidth_units) {
        if (unit.name != unit_name && text != "0") continue;
        const std::optional<double> value = detail::to_double(number, unit.shift);
        if (!value || *value * unit.bytes_per_second > std::numeric_limits<double>::max())
            return Unexpected{problem_at(
                "E025", in_quotes(text) + " is out of the range of numbers", "", 0, text.size())};
        if (*value == 0)
            return Unexpected{problem_at("E024",
                                         "a bandwidth must be above 0, found " + in_quotes(text),
                                         "cut a link with a partition instead", 0, text.size())};
        return Bandwidth{*value * unit.bytes_per_second};
    }
    return Unexpected{detail::unit_problem(
        text, unit_name, digits, "a bandwidth",
        "bit/s kbit/s Mbit/s Gbit/s B/s KiB/s MiB/s GiB/s TiB/s kB/s KB/s MB/s GB/s")};
}

// The unit with the shortest number that reads back to the same bits; bytes a second always do.
std::string Text<Bandwidth>::print(const Bandwidth& value) {
    std::string best = detail::print_shifted(value.bytes_per_second, 0);
    std::string_view best_unit = "B/s";
    bool found = false;
    for (const BandwidthUnit& unit : bandwidth_units) {
        const double number = value.bytes_per_second / unit.bytes_per_second;
        if (!(number < std::numeric_limits<double>::max())) continue;
        std::string text = detail::print_shifted(number, -unit.shift);
        const bool below_one = text.starts_with("0.") || text.find("e-") != std::string::npos;
        if (below_one || (found && text.size() >= best.size())) continue;
        const Result<Bandwidth> back = parse(text + std::string{unit.name});
        if (!back || *back != value) continue;
        best = std::move(text);
        best_unit = unit.name;
        found = true;
    }
    return best + std::string{best_unit};
}

}  // namespace shaketable
