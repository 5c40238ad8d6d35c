#include <algorithm>

#include "base/arguments.h"
#include "base/decimal.h"
#include "base/distribution.h"
#include "base/law.h"
#include "base/quantity.h"

namespace shaketable {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && detail::is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && detail::is_space(text.back())) text.remove_suffix(1);
    return text;
}

Problem bad_row(int line, std::size_t column, std::size_t length, const std::string& why,
                std::string hint) {
    Problem problem =
        detail::problem_at("E034", "bad row: " + why, std::move(hint), column, length);
    problem.where.line = line;
    return problem;
}

/// A word instead of a number: the name of the column.
bool is_header(std::string_view row) {
    return !(row.front() >= '0' && row.front() <= '9') && row.front() != '-' &&
           row.front() != '.' && row.front() != '+' && !detail::is_no_number(row);
}

}  // namespace

Result<std::vector<Duration>> parse_samples(std::string_view csv_text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (csv_text.starts_with(byte_order_mark)) csv_text.remove_prefix(byte_order_mark.size());
    std::vector<Duration> samples;
    bool header_possible = true;
    int line = 0;
    while (!csv_text.empty()) {
        ++line;
        const std::size_t end = std::min(csv_text.find('\n'), csv_text.size());
        const std::string_view whole = csv_text.substr(0, end);
        csv_text.remove_prefix(std::min(end + 1, csv_text.size()));
        const std::string_view row = trimmed(whole.substr(0, whole.find('#')));
        if (row.empty()) continue;
        const bool header = header_possible && is_header(row);
        header_possible = false;
        if (header) continue;
        const auto column = static_cast<std::size_t>(row.data() - whole.data()) + 1;
        const Result<Duration> time = Text<Duration>::parse(row);
        if (!time) {
            const Problem& why = time.error();
            return Unexpected{bad_row(line, column + static_cast<std::size_t>(why.where.column),
                                      static_cast<std::size_t>(why.where.length), why.message,
                                      why.hint)};
        }
        if (*time > detail::longest_law_time)
            return Unexpected{bad_row(line, column, row.size(), "longer than 100 days", "")};
        samples.push_back(*time);
    }
    if (samples.empty())
        return Unexpected{bad_row(std::max(line, 1), 1, 0, "the file has no duration",
                                  "write one a line, like 12ms")};
    std::sort(samples.begin(), samples.end());
    return samples;
}

}  // namespace shaketable
