#include "scenarios/diagnostics.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "scenarios/text/bytes.h"

namespace shaketable::scenarios {

namespace {

constexpr std::size_t shown_max = 20;
constexpr std::size_t line_shown_max = 160;  ///< bytes of a source line around the carets

std::string_view word_for(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            return "note";
    }
    return "error";
}

/// What could steer a terminal, or is no character, as `?`; tabs as one space, so that carets stay
/// below their text.
std::string tame(std::string_view text) {
    std::string tamed;
    while (!text.empty()) {
        const std::size_t length = text::character_length(text);
        const std::string_view one = text.substr(0, std::max<std::size_t>(length, 1));
        const auto byte = static_cast<unsigned char>(one.front());
        // U+0080 to U+009F are control characters too; they start with C2.
        const bool is_c1 =
            byte == 0xC2 && one.size() == 2 && static_cast<unsigned char>(one[1]) < 0xA0;
        if (byte == '\t')
            tamed += ' ';
        else if (length == 0 || byte < 0x20 || byte == 0x7F || is_c1)
            tamed += '?';
        else
            tamed += one;
        text.remove_prefix(one.size());
    }
    return tamed;
}

/// Columns of a terminal that the bytes take: one per character, near enough.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// A source line with its carets, cut around them where it is long.
struct Excerpt {
    std::string text;
    std::size_t caret = 0;   ///< columns before the first caret
    std::size_t carets = 1;  ///<
};

Excerpt excerpt(std::string_view line, const Location& where) {
    std::size_t at = std::min(static_cast<std::size_t>(std::max(where.column - 1, 0)), line.size());
    std::size_t length =
        std::min(static_cast<std::size_t>(std::max(where.length, 0)), line.size() - at);
    std::size_t begin = 0;
    if (line.size() > line_shown_max && at > line_shown_max / 2) begin = at - line_shown_max / 2;
    while (continues(line, begin)) ++begin;
    std::size_t end = std::min(line.size(), begin + line_shown_max);
    while (continues(line, end)) --end;
    length = std::min(length, end > at ? end - at : 0);
    const std::string_view shown = line.substr(begin, end - begin);
    Excerpt made;
    made.text = (begin > 0 ? "..." : "") + tame(shown) + (end < line.size() ? "..." : "");
    made.caret = (begin > 0 ? 3 : 0) + width(tame(line.substr(begin, at - begin)));
    made.carets = std::max<std::size_t>(width(tame(line.substr(at, length))), 1);
    return made;
}

class Renderer {
  public:
    Renderer(const Sources& sources, bool color) : lines_{sources}, color_{color} {}

    void add(const Problem& problem) {
        const std::string_view style = problem.severity == Severity::error ? "1;31" : "1;33";
        const std::string code = problem.code.empty() ? "" : "[" + problem.code + "]";
        text_ += paint(style, fmt::format("{}{}", word_for(problem.severity), code)) +
                 paint("1", ": " + tame(problem.message)) + "\n";
        const std::string gutter(fmt::format("{}", std::max(problem.where.line, 1)).size(), ' ');
        const bool has_line = add_place(problem, gutter);
        if (!has_line && !problem.hint.empty()) add_note(gutter, "help", problem.hint);
        for (const std::string& note : problem.notes) add_note(gutter, "note", note);
        text_ += '\n';
    }
    void add_line(const std::string& line) { text_ += line + "\n"; }
    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    [[nodiscard]] std::string paint(std::string_view style, const std::string& text) const {
        return color_ ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : text;
    }
    void add_note(const std::string& gutter, std::string_view kind, const std::string& note) {
        text_ += gutter + paint("1;34", " = ") + std::string{kind} + ": " + tame(note) + "\n";
    }
    /// The file, the line and the carets with the hint; false where there is no such line.
    bool add_place(const Problem& problem, const std::string& gutter) {
        const Location& where = problem.where;
        if (where.line <= 0) {
            if (!where.file.empty())
                text_ += gutter + paint("1;34", "--> ") + tame(where.file) + "\n";
            return false;
        }
        text_ += gutter + paint("1;34", "--> ") +
                 fmt::format("{}:{}:{}\n", tame(where.file), where.line, std::max(where.column, 1));
        const std::optional<std::string_view> found = lines_.find(where.file, where.line);
        if (!found) return false;
        const Excerpt line = excerpt(*found, where);
        const std::string bar = gutter + paint("1;34", " |");
        const std::string style = problem.severity == Severity::error ? "1;31" : "1;33";
        std::string carets = std::string(line.carets, '^');
        if (!problem.hint.empty()) carets += " " + tame(problem.hint);
        text_ += bar + "\n";
        text_ += paint("1;34", fmt::format("{} |", where.line)) +
                 (line.text.empty() ? "" : " " + line.text) + "\n";
        text_ += bar + " " + std::string(line.caret, ' ') + paint(style, carets) + "\n";
        if (!problem.notes.empty()) text_ += bar + "\n";
        return true;
    }

    Lines lines_;
    bool color_;
    std::string text_;
};

}  // namespace

std::string render(const Problems& problems, const Sources& sources, const RenderOptions& options) {
    Renderer renderer{sources, options.color};
    const std::size_t shown = options.all ? problems.size() : std::min(problems.size(), shown_max);
    for (std::size_t i = 0; i < shown; ++i) renderer.add(problems[i]);
    if (shown < problems.size())
        renderer.add_line(fmt::format("and {} more (--all shows them)", problems.size() - shown));
    return std::move(renderer).take();
}

std::string render_github(const Problems& problems) {
    // Source: GitHub, "Workflow commands": % CR LF are escaped everywhere, : and , in properties
    // too.
    const auto escape = [](std::string_view text, bool is_property) {
        std::string escaped;
        for (const char c : text) {
            const bool special =
                c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','));
            if (special)
                escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
            else
                escaped += c;
        }
        return escaped;
    };
    std::string text;
    for (const Problem& problem : problems) {
        const Location& at = problem.where;
        const std::string_view command =
            problem.severity == Severity::note ? "notice" : word_for(problem.severity);
        std::string properties;
        if (!at.file.empty()) properties += "file=" + escape(at.file, true) + ",";
        if (at.line > 0) {
            const int column = std::max(at.column, 1);
            properties += fmt::format("line={},col={},endColumn={},", at.line, column,
                                      column + std::max(at.length, 1));
        }
        std::string message = tame(problem.message);
        if (!problem.hint.empty()) message += " (" + tame(problem.hint) + ")";
        for (const std::string& note : problem.notes) message += "\nnote: " + tame(note);
        text += fmt::format("::{} {}title={}::{}\n", command, properties,
                            escape(problem.code, true), escape(message, false));
    }
    return text;
}

void sort_problems(Problems& problems, const Sources& sources) {
    const auto file_of = [&](const Problem& problem) {
        for (std::size_t i = 0; i < sources.files.size(); ++i)
            if (sources.files[i].name == problem.where.file) return i;
        return sources.files.size();
    };
    std::stable_sort(problems.begin(), problems.end(), [&](const Problem& a, const Problem& b) {
        return std::tuple{file_of(a), a.where.line == 0, a.where.line, a.where.column} <
               std::tuple{file_of(b), b.where.line == 0, b.where.line, b.where.column};
    });
    problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

}  // namespace shaketable::scenarios
