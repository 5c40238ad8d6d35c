/// The source tree as the checks of this folder see it: files by path, with comments and literals
/// blanked out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shaketable::tidy {

struct Include {
    std::string name;     ///< "base/units.h", "fmt/format.h"
    bool quoted = false;  ///< "..." and not <...>
    int line = 0;         ///< from 1
};

/// A .h or .cc.
struct SourceFile {
    std::string path;  ///< from the root, with /
    std::string text;
    std::string code;  ///< same length and lines; comments and the insides of literals are blanks
    std::vector<Include> includes;
    [[nodiscard]] int lines() const;
};

/// A name in the code, outside comments and literals.
struct Word {
    std::string_view name;
    std::string_view
        scope;  ///< "std" of `std::log`; "::" of `::log`; "." of `a.log` and `a->log`; else ""
    bool called = false;  ///< a `(` follows
    int line = 0;         ///< from 1
};

[[nodiscard]] SourceFile parse(std::string path, std::string text);
[[nodiscard]] std::vector<Word> words_of(const SourceFile& file);

/// Every .h and .cc of the house, in the order of their paths.
[[nodiscard]] const std::vector<SourceFile>& house();
/// Every text file that is written by hand: path and text.
struct TextFile {
    std::string path, text;
};
[[nodiscard]] std::vector<TextFile> texts();

/// "base" of "base/units.h".
[[nodiscard]] std::string_view first_folder(std::string_view path);
/// "latency" of "faults/kinds/latency.h".
[[nodiscard]] std::string_view stem(std::string_view path);
/// Does the path begin with one of them?
[[nodiscard]] bool is_below(std::string_view path, std::span<const std::string_view> starts);
/// "faults/judge.cc:12: `what`".
[[nodiscard]] std::string complaint(const SourceFile& file, int line, const std::string& what);
/// All complaints, a line each, for a test's message.
[[nodiscard]] std::string join(const std::vector<std::string>& complaints);

}  // namespace shaketable::tidy
