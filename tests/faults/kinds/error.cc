#include "faults/kinds/error.h"

#include <catch2/catch.hpp>

#include "tests/faults/dice.h"

namespace shaketable::faults {
namespace {

Sequence sequence_of(const char* text) {
    const auto sequence = Text<Sequence>::parse(text);
    INFO(text);
    REQUIRE(sequence);
    return *sequence;
}

/// The numbers, from 1, of the crossings of the first `n` that are answered by an error.
std::vector<int> errors_among(const Error& error, int n) {
    std::vector<int> numbers;
    const auto verdicts = judge_many(error, n);
    for (int i = 0; i < n; ++i)
        if (verdicts[static_cast<std::size_t>(i)].fate == Fate::answer_error)
            numbers.push_back(i + 1);
    return numbers;
}

TEST_CASE("error: answers the share with its status") {
    const auto verdicts = judge_many(Error{.status = {502}, .share = {0.25}});
    const int hit = count_of(verdicts, [](const Verdict& v) {
        return v == Verdict{.fate = Fate::answer_error, .status = 502};
    });
    CHECK(is_likely(hit, trials, 0.25));
    CHECK(count_fate(verdicts, Fate::pass) == trials - hit);
}

TEST_CASE("error: a sequence picks by number") {
    CHECK(errors_among({.sequence = sequence_of("first 2")}, 6) == std::vector{1, 2});
    CHECK(errors_among({.sequence = sequence_of("after 4")}, 6) == std::vector{5, 6});
    CHECK(errors_among({.sequence = sequence_of("every 3rd")}, 9) == std::vector{3, 6, 9});
}

TEST_CASE("error: who does not match is spared, and does not count in the sequence") {
    const Judge judge{Error{.match = Match{.method = "POST", .path = "/orders/*"},
                            .sequence = sequence_of("first 1")}};
    FaultState state;
    Random random{RandomKey{1}};
    const auto fate = [&](const char* method, const char* path) {
        return judge.judge({.method = method, .path = path}, state, random).fate;
    };
    CHECK(fate("GET", "/orders/1") == Fate::pass);
    CHECK(fate("POST", "/carts/1") == Fate::pass);
    CHECK(fate("POST", "/orders/1") == Fate::answer_error);
    CHECK(fate("POST", "/orders/1") == Fate::pass);
}

TEST_CASE("error: a path matches exactly, or by its beginning") {
    CHECK(Match{}.matches("", ""));
    CHECK(Match{.path = "/a"}.matches("GET", "/a"));
    CHECK_FALSE(Match{.path = "/a"}.matches("GET", "/a/b"));
    CHECK(Match{.path = "/a*"}.matches("GET", "/a/b"));
    CHECK_FALSE(Match{.method = "GET"}.matches("", "/a"));
}

TEST_CASE("error: a header is wanted by name, or by name and value") {
    constexpr std::string_view headers = "Host: a\r\nX-User: bot\r\n";
    CHECK(Match{.header = "x-user"}.matches("GET", "/", headers));
    CHECK(Match{.header = "X-User: bot"}.matches("GET", "/", headers));
    CHECK_FALSE(Match{.header = "X-User: me"}.matches("GET", "/", headers));
    CHECK_FALSE(Match{.header = "X-User"}.matches("GET", "/"));
    CHECK(Match{.header = "no name"}.find_problem()->field == "header");
    CHECK_FALSE(Match{.header = "X-User: any value"}.find_problem());
}

TEST_CASE("error: draws as often whatever its settings") {
    CHECK(draws_of(Error{}) == 1);
    CHECK(draws_of(Error{.share = {0}}) == 1);
    CHECK(draws_of(Error{.match = Match{.method = "PUT"}, .sequence = sequence_of("first 9")}) ==
          1);
}

TEST_CASE("error: statuses read and print, and a success is none") {
    for (const char* text : {"503", "400", "599", "UNAVAILABLE", "CANCELLED", "UNAUTHENTICATED"})
        CHECK(Text<Status>::print(*Text<Status>::parse(text)) == text);
    CHECK(Text<Status>::parse("UNAVAILABLE")->code == 14);
    CHECK(Text<Status>::parse("UNAVAILABLE")->is_grpc());
    for (const char* text : {"200", "399", "600", "14", "OK", "", "503x", "-1", "99999999"})
        CHECK_FALSE(Text<Status>::parse(text));
    CHECK(Text<Status>::parse("UNAVAILABEL").error().hint == "did you mean UNAVAILABLE?");
    CHECK(Text<Status>::parse("14").error().hint.find("UNAVAILABLE") != std::string::npos);
}

TEST_CASE("error: sequences read and print, and say where they are wrong") {
    for (const char* text : {"first 2", "after 10", "every 1st", "every 2nd", "every 3rd",
                             "every 4th", "every 11th", "every 21st", "every 112th"})
        CHECK(Text<Sequence>::print(sequence_of(text)) == text);
    CHECK(sequence_of("every 5") == sequence_of("every 5th"));
    for (const auto& [text, column] : {std::pair{"last 2", 0},
                                       {"first x", 6},
                                       {"first 0", 6},
                                       {"every 5th one", 10},
                                       {"first", 0}}) {
        INFO(text);
        const auto sequence = Text<Sequence>::parse(text);
        REQUIRE_FALSE(sequence);
        CHECK(sequence.error().where.column == column);
    }
}

}  // namespace
}  // namespace shaketable::faults
