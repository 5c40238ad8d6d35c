// Plain values: texts, truth, numbers; and the laws that may name a file.
#include <charconv>
#include <limits>

#include "scenarios/text/data_file.h"
#include "scenarios/text/decode.h"

namespace shaketable::scenarios::text {

bool decode(const Node& node, std::string& into, Reading& in) {
    // `description: ~` and `http:` say nothing: that is the empty text.
    if (node.is_null()) {
        into.clear();
        return true;
    }
    if (!in.expect_scalar(node, "a text")) return false;
    into = node.text;
    return true;
}

bool decode(const Node& node, bool& into, Reading& in) {
    if (!in.expect_scalar(node, "true or false")) return false;
    if (node.text == "true" || node.text == "false") {
        into = node.text == "true";
        return true;
    }
    return in.report_within(
        node, {.code = "E013", .message = "expected true or false, found " + quote(node.text)});
}

bool decode(const Node& node, double& into, Reading& in) {
    if (!in.expect_scalar(node, "a number")) return false;
    Result<double> value = parse_number(node.text);
    if (!value) return in.report_within(node, value.error());
    into = *value;
    return true;
}

namespace {

/// Whole numbers from 0: `5`, and `2k`, `3M` as counts are written.
bool decode_whole(const Node& node, std::uint64_t largest, std::uint64_t& into, Reading& in) {
    if (!in.expect_scalar(node, "a whole number")) return false;
    const std::string_view text = node.text;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    std::uint64_t factor = 1;
    std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    if (unit == "k") factor = 1'000;
    if (unit == "M") factor = 1'000'000;
    if (factor != 1) unit = {};
    const bool is_negative = text.starts_with('-');
    if (error == std::errc::invalid_argument || !unit.empty())
        return in.report_within(node, {.code = is_negative ? "E024" : "E013",
                                       .message = "expected a whole number" +
                                                  std::string{is_negative ? " from 0" : ""} +
                                                  ", found " + quote(text)});
    if (error == std::errc::result_out_of_range || value > largest / factor)
        return in.report_within(
            node, {.code = "E023",
                   .message = "expected a whole number up to " + std::to_string(largest) +
                              ", found " + quote(text)});
    into = value * factor;
    return true;
}

}  // namespace

bool decode(const Node& node, std::uint32_t& into, Reading& in) {
    std::uint64_t value = 0;
    if (!decode_whole(node, std::numeric_limits<std::uint32_t>::max(), value, in)) return false;
    into = static_cast<std::uint32_t>(value);
    return true;
}

bool decode(const Node& node, std::uint64_t& into, Reading& in) {
    return decode_whole(node, std::numeric_limits<std::uint64_t>::max(), into, in);
}

bool decode(const Node& node, Distribution& into, Reading& in) {
    return decode_text(node, into, in) && load_samples(node, into, in);
}

bool decode(const Node& node, Arrivals& into, Reading& in) {
    return decode_text(node, into, in) && load_trace(node, into, in);
}

}  // namespace shaketable::scenarios::text
