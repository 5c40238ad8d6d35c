// Problems for editors and other programs.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "scenarios/diagnostics.h"

namespace shaketable::scenarios {

namespace {

using Json = nlohmann::ordered_json;

/// UTF-16 units of the first `bytes` bytes of a line.
/// Source: Language Server Protocol 3.17, "Position": characters count in UTF-16 unless agreed
/// otherwise.
int utf16_units(std::string_view line, int bytes) {
    const std::size_t end = std::min(static_cast<std::size_t>(std::max(bytes, 0)), line.size());
    int units = 0;
    for (std::size_t i = 0; i < end; ++i) {
        const auto byte = static_cast<unsigned char>(line[i]);
        if ((byte & 0xC0U) == 0x80U) continue;
        units += byte >= 0xF0 ? 2 : 1;
    }
    return units;
}

Json range_of(const Location& where, Lines& lines) {
    const std::string_view line = lines.find(where.file, where.line).value_or("");
    const int begin = std::max(where.column - 1, 0);
    const int end = begin + std::max(where.length, 0);
    const auto position = [&](int column) {
        return Json{{"line", where.line - 1}, {"character", utf16_units(line, column)}};
    };
    return Json{{"start", position(begin)}, {"end", position(end)}};
}

}  // namespace

std::string render_json(const Problems& problems, const Sources& sources) {
    Json all = Json::array();
    Lines lines{sources};
    for (const Problem& problem : problems) {
        constexpr std::string_view severities[] = {"error", "warning", "note"};
        Json one{{"code", problem.code},
                 {"severity", severities[static_cast<std::size_t>(problem.severity)]},
                 {"message", problem.message}};
        if (!problem.hint.empty()) one["hint"] = problem.hint;
        if (!problem.notes.empty()) one["notes"] = problem.notes;
        if (!problem.where.file.empty()) one["file"] = problem.where.file;
        if (problem.where.line > 0) {
            one["line"] = problem.where.line;
            one["column"] = std::max(problem.where.column, 1);
            one["range"] = range_of(problem.where, lines);
        }
        all.push_back(std::move(one));
    }
    // A file that is not UTF-8 may be quoted in a message.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shaketable::scenarios
