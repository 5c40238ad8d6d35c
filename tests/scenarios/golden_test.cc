// Every file in diagnostics/ has one mistake (or a few); what is said about it stands beside it,
// letter by letter.
#include "tests/golden.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "scenarios/diagnostics.h"
#include "scenarios/read.h"

using namespace shaketable;
using namespace shaketable::scenarios;
namespace fs = std::filesystem;

namespace {

const fs::path folder = fs::path{SHAKETABLE_SOURCE_DIR} / "tests/scenarios/diagnostics";

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

}  // namespace

TEST_CASE("diagnostics: each mistake is told as its golden file tells it") {
    const std::vector<fs::path> files = files_of(folder, ".yaml");
    REQUIRE(files.size() > 100);
    for (const fs::path& path : files) {
        INFO(path.filename().string());
        const auto read = read_file(path.string());
        REQUIRE_FALSE(read);
        const Failure& failure = read.error();
        CHECK(test::difference("tests/scenarios/diagnostics/" + path.stem().string() + ".txt",
                               without_folder(render(failure.problems, failure.sources))) == "");
    }
}

TEST_CASE(
    "diagnostics: each problem has its place inside a source, and the code that the file is named "
    "after") {
    for (const fs::path& path : files_of(folder, ".yaml")) {
        INFO(path.filename().string());
        const auto read = read_file(path.string());
        REQUIRE_FALSE(read);
        std::set<std::string> codes;
        for (const Problem& problem : read.error().problems) {
            codes.insert(problem.code);
            const Source* source = read.error().sources.find(problem.where.file);
            REQUIRE(source != nullptr);
            CHECK(problem.where.line >= 1);
            CHECK(problem.where.column >= 1);
            const auto line = Sources::line(*source, problem.where.line);
            CHECK(problem.where.column + problem.where.length <=
                  static_cast<int>(line.size()) + 1 + (line.empty() ? 1 : 0));
            CHECK(problem.message.find('\n') == std::string::npos);
        }
        const std::string name = path.stem().string();
        if (name.starts_with("E")) CHECK(codes.contains(name.substr(0, 4)));
    }
}

TEST_CASE("diagnostics: every code of the reader has a golden file") {
    std::set<std::string> told;
    for (const fs::path& path : files_of(folder, ".yaml"))
        told.insert(path.stem().string().substr(0, 4));
    for (const std::string code :
         {"E001", "E002", "E003", "E004", "E005", "E006", "E010", "E011", "E012",
          "E013", "E014", "E015", "E020", "E021", "E022", "E023", "E024", "E025",
          "E030", "E031", "E032", "E033", "E034", "E040", "E041", "E042", "E043",
          "E107", "E112", "E113", "E114", "E119", "E120", "E121", "E122"}) {
        INFO(code);
        CHECK(told.contains(code));
    }
}
