#include "tests/tidy/tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/source_path.h"

namespace shaketable::tidy {

namespace {

constexpr std::array<std::string_view, 12> folders{"base",    "faults", "policies", "scenarios",
                                                   "reports", "model",  "sim",      "injector",
                                                   "cli",     "bench",  "tests",    "cmake"};

bool is_name_part(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Where the literal or comment that begins at `i` ends (one past), or `i` if none begins there.
std::size_t end_of_blank(std::string_view text, std::size_t i) {
    const auto past = [&](std::string_view end, std::size_t from) {
        const std::size_t at = text.find(end, from);
        return at == std::string_view::npos ? text.size() : at + end.size();
    };
    if (text.substr(i, 2) == "//") return std::min(text.find('\n', i), text.size());
    if (text.substr(i, 2) == "/*") return past("*/", i + 2);
    if (text[i] == '"' && i > 0 && text[i - 1] == 'R') {
        const std::size_t open = std::min(text.find('(', i), text.size() - 1);
        return past(")" + std::string{text.substr(i + 1, open - i - 1)} + "\"", open);
    }
    // A quote after a digit only separates digits: 1'000.
    const bool quote =
        text[i] == '"' || (text[i] == '\'' && (i == 0 || !is_name_part(text[i - 1])));
    if (!quote) return i;
    for (std::size_t j = i + 1; j < text.size() && text[j] != '\n'; ++j) {
        if (text[j] == '\\')
            ++j;
        else if (text[j] == text[i])
            return j + 1;
    }
    return i + 1;
}

std::string blank_out(std::string_view text) {
    std::string code{text};
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = end_of_blank(text, i);
        for (std::size_t j = i; j < end; ++j)
            if (code[j] != '\n') code[j] = ' ';
        i = std::max(end, i + 1);
    }
    return code;
}

std::vector<Include> includes_of(std::string_view text, std::string_view code) {
    std::vector<Include> includes;
    int line = 1;
    for (std::size_t start = 0; start < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        constexpr std::string_view directive = "#include ";
        const std::string_view row = text.substr(start, end - start);
        // The code says that it is one; the name stands in the text.
        if (code.substr(start, directive.size()) == directive && row.size() > directive.size()) {
            const bool quoted = row[directive.size()] == '"';
            const std::size_t first = directive.size() + 1;
            const std::size_t last = row.find(quoted ? '"' : '>', first);
            if (last != std::string_view::npos)
                includes.push_back({std::string{row.substr(first, last - first)}, quoted, line});
        }
        start = end + 1;
    }
    return includes;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

std::vector<std::string> paths_of_house() {
    const std::filesystem::path root{SHAKETABLE_SOURCE_DIR};
    std::vector<std::string> paths;
    for (const std::string_view folder : folders) {
        if (!std::filesystem::exists(root / folder)) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{root / folder})
            if (entry.is_regular_file())
                paths.push_back(entry.path().lexically_relative(root).generic_string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

int SourceFile::lines() const {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

SourceFile parse(std::string path, std::string text) {
    SourceFile file{std::move(path), std::move(text), {}, {}};
    file.code = blank_out(file.text);
    file.includes = includes_of(file.text, file.code);
    return file;
}

std::vector<Word> words_of(const SourceFile& file) {
    const std::string_view code = file.code;
    const auto before = [&](std::size_t i) {
        while (i > 0 && std::isspace(static_cast<unsigned char>(code[i - 1]))) --i;
        return i;
    };
    std::vector<Word> words;
    int line = 1;
    for (std::size_t i = 0; i < code.size();) {
        if (code[i] == '\n') ++line;
        if (!is_name_part(code[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < code.size() && is_name_part(code[end])) ++end;
        Word word{code.substr(i, end - i), "", false, line};
        const std::size_t left = before(i);
        if (left >= 2 && code.substr(left - 2, 2) == "::") {
            std::size_t first = left - 2;
            while (first > 0 && is_name_part(code[first - 1])) --first;
            word.scope =
                first == left - 2 ? code.substr(left - 2, 2) : code.substr(first, left - 2 - first);
        } else if (left >= 1 &&
                   (code[left - 1] == '.' || (left >= 2 && code.substr(left - 2, 2) == "->"))) {
            word.scope = ".";
        }
        const std::size_t next = code.find_first_not_of(" \n", end);
        word.called = next != std::string_view::npos && code[next] == '(';
        words.push_back(word);
        i = end;
    }
    return words;
}

const std::vector<SourceFile>& house() {
    static const std::vector<SourceFile> files = [] {
        std::vector<SourceFile> found;
        for (const std::string& path : paths_of_house())
            if (path.ends_with(".h") || path.ends_with(".cc"))
                found.push_back(parse(path, read(test::source_path(path))));
        return found;
    }();
    return files;
}

std::vector<TextFile> texts() {
    constexpr std::array<std::string_view, 6> kinds{".h", ".cc", ".txt", ".cmake", ".yaml", ".md"};
    std::vector<TextFile> found;
    for (const std::string& path : paths_of_house())
        if (std::any_of(kinds.begin(), kinds.end(),
                        [&](auto kind) { return path.ends_with(kind); }))
            found.push_back({path, read(test::source_path(path))});
    return found;
}

std::string_view first_folder(std::string_view path) {
    return path.substr(0, path.find('/'));
}

std::string_view stem(std::string_view path) {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.rfind('.'));
}

bool is_below(std::string_view path, std::span<const std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return path.starts_with(start); });
}

std::string complaint(const SourceFile& file, int line, const std::string& what) {
    return file.path + ":" + std::to_string(line) + ": " + what;
}

std::string join(const std::vector<std::string>& complaints) {
    std::string text;
    for (const std::string& line : complaints) text += line + "\n";
    return text;
}

}  // namespace shaketable::tidy
