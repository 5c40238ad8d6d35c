// The shape of files: small, finished, and each word of the language with a test.
#include <algorithm>
#include <cctype>

#include <catch2/catch.hpp>

#include "tests/tidy/tree.h"

namespace shaketable::tidy {
namespace {

constexpr int lines_max = 500;

/// Notes to oneself, written in two pieces here so that this file does not find itself.
const std::vector<std::string>& notes() {
    static const std::vector<std::string> list{std::string{"TO"} + "DO", std::string{"FIX"} + "ME",
                                               std::string{"XX"} + "X", std::string{"HA"} + "CK"};
    return list;
}

bool is_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Does the text hold the note as a word of its own?
bool holds(std::string_view text, std::string_view note) {
    for (std::size_t at = text.find(note); at != std::string_view::npos;
         at = text.find(note, at + 1)) {
        const bool starts = at == 0 || !is_letter(text[at - 1]);
        const bool ends = at + note.size() == text.size() || !is_letter(text[at + note.size()]);
        if (starts && ends) return true;
    }
    return false;
}

const SourceFile* find_file(std::string_view path) {
    for (const SourceFile& file : house())
        if (file.path == path) return &file;
    return nullptr;
}

/// Words that the catalogue `path` lists and that no test file is named after: `x.cc` or
/// `x_test.cc`, anywhere below tests/.
std::vector<std::string> untested(const SourceFile& catalogue, std::string_view folder,
                                  const std::vector<SourceFile>& files) {
    std::vector<std::string> missing;
    for (const Include& include : catalogue.includes) {
        if (!include.quoted || !include.name.starts_with(folder)) continue;
        const std::string name{stem(include.name)};
        const bool tested = std::any_of(files.begin(), files.end(), [&](const SourceFile& file) {
            return file.path.starts_with("tests/") && file.path.ends_with(".cc") &&
                   (stem(file.path) == name || stem(file.path) == name + "_test");
        });
        if (!tested) missing.push_back(include.name + ": no test is named after it");
    }
    return missing;
}

TEST_CASE("shape: no file is longer than 500 lines") {
    std::vector<std::string> wrong;
    for (const SourceFile& file : house())
        if (file.lines() > lines_max)
            wrong.push_back(file.path + ": " + std::to_string(file.lines()) + " lines");
    INFO(join(wrong));
    CHECK(wrong.empty());
}

TEST_CASE("shape: nothing is left unfinished with a note to oneself") {
    std::vector<std::string> wrong;
    for (const TextFile& file : texts())
        for (const std::string& note : notes())
            if (holds(file.text, note)) wrong.push_back(file.path + ": " + note);
    INFO(join(wrong));
    CHECK(wrong.empty());
}

TEST_CASE("shape: a note is a word of its own") {
    const std::string& note = notes().front();
    CHECK(holds("// " + note + ": later", note));
    CHECK_FALSE(holds("enum class Todo { mas" + note + "n };", note));
}

TEST_CASE("shape: every header is guarded by #pragma once") {
    std::vector<std::string> wrong;
    for (const SourceFile& file : house())
        if (file.path.ends_with(".h") && file.code.find("#pragma once\n") == std::string::npos)
            wrong.push_back(file.path);
    INFO(join(wrong));
    CHECK(wrong.empty());
}

TEST_CASE("shape: every kind of fault has a test of its name") {
    const SourceFile* catalogue = find_file("faults/catalogue.h");
    REQUIRE(catalogue != nullptr);
    const std::vector<std::string> missing = untested(*catalogue, "faults/kinds/", house());
    INFO(join(missing));
    CHECK(missing.empty());
}

TEST_CASE("shape: every policy has a test of its name") {
    const SourceFile* catalogue = find_file("policies/catalogue.h");
    REQUIRE(catalogue != nullptr);
    const std::vector<std::string> missing = untested(*catalogue, "policies/", house());
    INFO(join(missing));
    CHECK(missing.empty());
}

TEST_CASE("shape: a word without a test is found") {
    const SourceFile catalogue = parse("faults/catalogue.h", "#include \"faults/kinds/slow.h\"\n");
    CHECK(untested(catalogue, "faults/kinds/", {}).size() == 1);
    CHECK(untested(catalogue, "faults/kinds/", {parse("tests/sim/slow.h", "")}).size() == 1);
    CHECK(untested(catalogue, "faults/kinds/", {parse("tests/faults/slow_test.cc", "")}).empty());
}

}  // namespace
}  // namespace shaketable::tidy
