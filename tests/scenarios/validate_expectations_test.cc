#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "scenarios/codes.h"
#include "tests/scenarios/validate_text.h"
#include "tests/source_path.h"

namespace shaketable::scenarios {

namespace {

Problems with_claim(const std::string& claim) {
    return problems_of(replaced(plain_system, "success(web.page) > 1% over run", claim));
}

}  // namespace

TEST_CASE("validate: an expectation may name services, endpoints, edges and workloads that exist") {
    for (const char* claim : {"success(web.page) > 1%", "success(web) > 1%", "queue(db) < 5",
                              "attempts(web -> db) < 2", "attempts(users -> web) < 2",
                              "errors(web -> db.read) < 5%", "success(web.page from a) > 1%"}) {
        INFO(claim);
        CHECK(with_claim(claim).empty());
    }
}

TEST_CASE("validate: an expectation about nobody is refused") {
    CHECK(only(with_claim("success(wep.page) > 1%")).code == "E101");
    CHECK(only(with_claim("success(web.pgae) > 1%")).hint == "did you mean \"web.page\"?");
    CHECK(only(with_claim("success(users.page) > 1%")).hint == "it calls \"web.page\"");
    CHECK(only(with_claim("attempts(wbe -> db) < 2")).code == "E101");
}

TEST_CASE("validate: an expectation about a call that nobody makes is refused") {
    const Problem p = only(with_claim("attempts(db -> web) < 2"));
    CHECK(p.code == "E124");
    CHECK(p.message == "no step of db calls web: there will be no samples");
    CHECK(only(problems_of(
                   replaced(plain_system, "read: {steps: [{work: 2ms}]}",
                            "read: {steps: [{work: 2ms}]}\n      scan: {steps: [{work: 2ms}]}") +
                   "  - errors(db.scan) < 5%\n"))
              .code == "E124");
}

TEST_CASE("validate: an unknown window names the nearest one") {
    const Problem p = only(with_claim("success(web.page) > 1% during cutt"));
    CHECK(p.code == "E123");
    CHECK(p.hint == "did you mean \"cut\"?");
    CHECK(p.where.line == 25);
    CHECK(with_claim("success(web.page) > 1% during cut").empty());
    CHECK(with_claim("success(web.page) > 1% during baseline").empty());
}

TEST_CASE("validate: what begins when the run is over cannot be measured") {
    CHECK(with_claim("success(web.page) > 1% after cut + 60s").empty());
    const Problem p = only(with_claim("success(web.page) > 1% after cut + 70s"));
    CHECK(p.code == "E115");
    CHECK(p.notes == std::vector<std::string>{"measured until 1m40s"});
}

TEST_CASE("validate: there is no baseline where a fault starts before the warm-up is over") {
    const std::string early = replaced(plain_system, "at: 20s", "at: 5s");
    const Problem p = only(problems_of(replaced(early, "over run", "during baseline")));
    CHECK(p.code == "E115");
    CHECK(p.message == "there is no baseline: cut starts before the warm-up is over");
    CHECK(problems_of(early).empty());
}

TEST_CASE("codes: ascending, each once, and each a sentence") {
    std::string_view before;
    const auto check = [&](const Code& code) {
        INFO(code.code);
        CHECK(before < code.code);
        CHECK(code.meaning.back() == '.');
        before = code.code;
    };
    for (const Code& code : codes) check(code);
    for (const Code& code : live_codes) check(code);
    CHECK(meaning_of("E104") == "The service has no endpoint of that name.");
    CHECK(meaning_of("E999").empty());
}

TEST_CASE("codes: every code that a room below the worlds reports is in the table") {
    std::set<std::string> unknown;
    for (const char* room : {"base", "faults", "policies", "scenarios"})
        for (const auto& file :
             std::filesystem::recursive_directory_iterator{test::source_path(room)}) {
            if (file.path().extension() != ".cc" && file.path().extension() != ".h") continue;
            std::ifstream in{file.path()};
            const std::string text{std::istreambuf_iterator<char>{in}, {}};
            for (std::size_t at = text.find("\"E"); at != std::string::npos;
                 at = text.find("\"E", at + 1)) {
                const std::string code = text.substr(at + 1, 4);
                const bool is_code = code.size() == 4 && text.substr(at + 5, 1) == "\"" &&
                                     code.find_first_not_of("0123456789", 1) == std::string::npos;
                if (is_code && meaning_of(code).empty()) unknown.insert(code);
            }
        }
    CHECK(unknown == std::set<std::string>{});
}

}  // namespace shaketable::scenarios
