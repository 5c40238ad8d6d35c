#include "scenarios/text/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/text/tree.h"

namespace shaketable::scenarios::text {

std::size_t character_length(std::string_view rest) {
    const auto byte = [&](std::size_t i) {
        return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return follows(1) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::optional<Problem> find_problem_of_bytes(const Source& source) {
    const std::string_view text = source.text;
    const auto problem = [&](std::string_view code, std::string message, std::string hint, int line,
                             std::size_t column) {
        return Problem{.code = std::string{code},
                       .message = std::move(message),
                       .hint = std::move(hint),
                       .where = {.file = source.name,
                                 .line = line,
                                 .column = static_cast<int>(column),
                                 .length = 1}};
    };
    if (text.empty())
        return problem("E004", "the file is empty",
                       "a scenario starts with `schema: shaketable/v1`", 1, 1);
    if (text.size() > bytes_max)
        return problem("E002", "larger than 16 MiB",
                       "take parts out, or put them into files to include", 1, 1);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return problem("E002", "written in UTF-16", "save it as UTF-8", 1, 1);
    int line = 1;
    std::size_t line_begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::size_t column = i - line_begin + 1;
        if (column > line_max)
            return problem("E002", "a line longer than 512 KiB", "break it into several lines",
                           line, 1);
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F)
            return problem(
                "E002",
                byte == 0 ? "a NUL byte: not a text file" : "a control character: not a text file",
                "", line, column);
        const std::size_t length = character_length(text.substr(i, 4));
        if (length == 0)
            return problem("E002", "not UTF-8 from here on", "save it as UTF-8", line, column);
        i += length;
        if (byte == '\n') {
            ++line;
            line_begin = i;
        }
    }
    return std::nullopt;
}

}  // namespace shaketable::scenarios::text
