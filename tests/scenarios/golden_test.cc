// Every file in diagnostics/ has one mistake (or a few); what is said about it stands beside it,
// letter by letter.
#include "tests/golden.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "scenarios/check.h"
#include "scenarios/codes.h"
#include "scenarios/diagnostics.h"
#include "scenarios/lint/catalogue.h"
#include "tests/source_path.h"

using namespace shaketable;
using namespace shaketable::scenarios;
namespace fs = std::filesystem;

namespace {

const fs::path folder = test::source_path("tests/scenarios/diagnostics");

std::vector<fs::path> files_of(const fs::path& where, const std::string& extension) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{where})
        if (entry.path().extension() == extension) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string without_folder(std::string text) {
    const std::string prefix = folder.string() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
        text.erase(at, prefix.size());
    return text;
}

/// What `validate` would say about the file: its errors, or its lint warnings.
Failure told_about(const fs::path& path) {
    auto checked = check_file(path.string());
    if (!checked) return std::move(checked.error());
    return {lint(*checked), checked->sources};
}

}  // namespace

TEST_CASE("diagnostics: each mistake is told as its golden file tells it") {
    const std::vector<fs::path> files = files_of(folder, ".yaml");
    REQUIRE(files.size() > 100);
    for (const fs::path& path : files) {
        INFO(path.filename().string());
        const Failure told = told_about(path);
        CHECK_FALSE(told.problems.empty());
        CHECK(test::difference("tests/scenarios/diagnostics/" + path.stem().string() + ".txt",
                               without_folder(render(told.problems, told.sources))) == "");
    }
}

TEST_CASE(
    "diagnostics: each problem has its place inside a source, and the code that the file is named "
    "after") {
    for (const fs::path& path : files_of(folder, ".yaml")) {
        INFO(path.filename().string());
        const Failure told = told_about(path);
        Lines lines{told.sources};
        std::set<std::string> codes;
        for (const Problem& problem : told.problems) {
            codes.insert(problem.code);
            const auto line = lines.find(problem.where.file, problem.where.line);
            REQUIRE(line.has_value());
            CHECK(problem.where.column >= 1);
            CHECK(problem.where.column + problem.where.length <=
                  static_cast<int>(line->size()) + 1 + (line->empty() ? 1 : 0));
            CHECK(problem.message.find('\n') == std::string::npos);
        }
        const std::string name = path.stem().string();
        if (name.starts_with("E") || name.starts_with("W"))
            CHECK(codes.contains(name.substr(0, 4)));
    }
}

TEST_CASE("diagnostics: every code has a golden file") {
    std::set<std::string> told;
    for (const fs::path& path : files_of(folder, ".yaml"))
        told.insert(path.stem().string().substr(0, 4));
    for (const Code& code : codes) {
        INFO(code.code);
        CHECK(told.contains(std::string{code.code}));
    }
    for (const lint_rules::Rule& rule : lint_rules::catalogue) {
        INFO(rule.code);
        CHECK(told.contains(std::string{rule.code}));
    }
}
