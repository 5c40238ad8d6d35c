// Who may know whom: a room includes itself and the rooms before it, and nothing else.
#include <array>
#include <filesystem>
#include <optional>

#include <catch2/catch.hpp>

#include "tests/source_path.h"
#include "tests/tidy/tree.h"

namespace shaketable::tidy {
namespace {

/// A room and what it may include. `sim` and `injector` read reports' record and nothing else of
/// reports: what is printed must come from the record alone, in both worlds.
struct Room {
    std::string_view name;
    std::vector<std::string_view> may;
};

const std::vector<Room>& rooms() {
    static const std::vector<Room> list{
        {"base", {"base/"}},
        {"faults", {"base/", "faults/"}},
        {"policies", {"base/", "policies/"}},
        {"scenarios", {"base/", "faults/", "policies/", "scenarios/"}},
        {"reports", {"base/", "faults/", "policies/", "scenarios/", "reports/"}},
        {"model", {"base/", "faults/", "policies/", "scenarios/", "reports/record/", "model/"}},
        {"sim",
         {"base/", "faults/", "policies/", "scenarios/", "reports/record/", "model/", "sim/"}},
        {"injector",
         {"base/", "faults/", "policies/", "scenarios/", "reports/record/", "model/", "injector/"}},
        {"cli",
         {"base/", "faults/", "policies/", "scenarios/", "reports/", "model/", "sim/", "injector/",
          "cli/"}},
        {"bench",
         {"base/", "faults/", "policies/", "scenarios/", "reports/", "model/", "sim/", "injector/",
          "bench/"}},
    };
    return list;
}

const Room* find_room(std::string_view name) {
    for (const Room& room : rooms())
        if (room.name == name) return &room;
    return nullptr;
}

/// What a file may include from the house.
std::vector<std::string_view> allowed_for(std::string_view path) {
    if (first_folder(path) != "tests") {
        const Room* room = find_room(first_folder(path));
        return room ? room->may : std::vector<std::string_view>{};
    }
    const std::string_view below = path.substr(std::string_view{"tests/"}.size());
    std::vector<std::string_view> may{"tests/"};
    if (first_folder(below) == "tidy") return may;
    // tests/<room> sees what its room sees; the folders that are no room (golden, theory, parity)
    // tell stories of the whole house.
    const Room* room = find_room(first_folder(below));
    if (room == nullptr) room = find_room("cli");
    may.insert(may.end(), room->may.begin(), room->may.end());
    // A test of a world may look at the whole report of its record.
    if (room->name == "sim" || room->name == "injector") may.push_back("reports/");
    return may;
}

std::vector<std::string> wrong_arrows(const SourceFile& file) {
    std::vector<std::string> wrong;
    const std::vector<std::string_view> may = allowed_for(file.path);
    for (const Include& include : file.includes)
        if (include.quoted && !is_below(include.name, may))
            wrong.push_back(
                complaint(file, include.line, "must not know \"" + include.name + "\""));
    return wrong;
}

std::vector<std::string> wrong_arrows(const char* path, const char* include) {
    return wrong_arrows(parse(path, std::string{"#include \""} + include + "\"\n"));
}

TEST_CASE("arrows: a room includes only itself and the rooms before it") {
    std::vector<std::string> wrong;
    for (const SourceFile& file : house())
        for (std::string& line : wrong_arrows(file)) wrong.push_back(std::move(line));
    INFO(join(wrong));
    CHECK(wrong.empty());
}

TEST_CASE("arrows: every include of the house is written from the root and exists") {
    std::vector<std::string> wrong;
    for (const SourceFile& file : house())
        for (const Include& include : file.includes)
            if (include.quoted && !std::filesystem::exists(test::source_path(include.name)))
                wrong.push_back(complaint(file, include.line, "no such file: " + include.name));
    INFO(join(wrong));
    CHECK(wrong.empty());
}

TEST_CASE("arrows: an arrow against the order is found") {
    CHECK(wrong_arrows("base/a.cc", "faults/judge.h").size() == 1);
    CHECK(wrong_arrows("faults/a.cc", "policies/retry.h").size() == 1);
    CHECK(wrong_arrows("policies/a.cc", "faults/judge.h").size() == 1);
    CHECK(wrong_arrows("scenarios/a.cc", "reports/summary.h").size() == 1);
    CHECK(wrong_arrows("reports/a.cc", "sim/simulate.h").size() == 1);
    CHECK(wrong_arrows("sim/a.cc", "injector/plan.h").size() == 1);
    CHECK(wrong_arrows("sim/a.cc", "cli/commands.h").size() == 1);
    CHECK(wrong_arrows("tests/base/a.cc", "scenarios/read.h").size() == 1);
    CHECK(wrong_arrows("tests/sim/a.cc", "cli/commands.h").size() == 1);
    CHECK(wrong_arrows("tests/tidy/a.cc", "base/units.h").size() == 1);
}

TEST_CASE("arrows: a world reads the record of reports and nothing else of it") {
    CHECK(wrong_arrows("sim/a.cc", "reports/record/record.h").empty());
    CHECK(wrong_arrows("sim/a.cc", "reports/assess.h").size() == 1);
    CHECK(wrong_arrows("injector/a.cc", "reports/assess.h").size() == 1);
    CHECK(wrong_arrows("tests/sim/a.cc", "reports/assess.h").empty());
}

TEST_CASE("arrows: what the house allows is not refused") {
    CHECK(wrong_arrows("scenarios/text/a.cc", "faults/catalogue.h").empty());
    CHECK(wrong_arrows("cli/a.cc", "sim/simulate.h").empty());
    CHECK(wrong_arrows("tests/faults/a.cc", "tests/faults/dice.h").empty());
}

}  // namespace
}  // namespace shaketable::tidy
