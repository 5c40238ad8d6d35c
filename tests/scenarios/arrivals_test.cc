#include <string>

#include <catch2/catch.hpp>

#include "scenarios/workload.h"

using namespace shaketable;
using namespace shaketable::scenarios;

namespace {

std::string code_of(const std::string& text) {
    const auto arrivals = Text<Arrivals>::parse(text);
    return arrivals ? "" : arrivals.error().code;
}

}  // namespace

TEST_CASE("arrivals: every law prints to what reads back to it") {
    for (const std::string text :
         {"poisson(400/s)", "constant(0.5/s)", "mmpp(200/s 900/s dwell=20s)",
          "renewal(erlang(k=2 mean=1.25s))", "trace(day one.csv)"}) {
        const auto arrivals = Text<Arrivals>::parse(text);
        REQUIRE(arrivals);
        CHECK(Text<Arrivals>::print(*arrivals) == text);
        CHECK(*Text<Arrivals>::parse(Text<Arrivals>::print(*arrivals)) == *arrivals);
    }
}

TEST_CASE("arrivals: commas and spaces separate alike") {
    CHECK(*Text<Arrivals>::parse("mmpp( 200/s, 900/s,dwell=20s )") ==
          *Text<Arrivals>::parse("mmpp(200/s 900/s dwell=20s)"));
}

TEST_CASE("arrivals: what is no law of arrivals has its code") {
    CHECK(code_of("") == "E030");
    CHECK(code_of("poison(4/s)") == "E030");
    CHECK(code_of("400/s") == "E030");
    CHECK(code_of("poisson(400/s") == "E031");
    CHECK(code_of("poisson(400/s) now") == "E031");
    CHECK(code_of("poisson()") == "E033");
    CHECK(code_of("poisson(4/s 5/s)") == "E033");
    CHECK(code_of("poisson(400)") == "E020");
    CHECK(code_of("poisson(400ms)") == "E022");
    CHECK(code_of("poisson(0/s)") == "E023");
    CHECK(code_of("mmpp(1/s 2/s)") == "E033");
    CHECK(code_of("mmpp(1/s 2/s dwell=0)") == "E023");
    CHECK(code_of("renewal(0)") == "E032");
    CHECK(code_of("trace( )") == "E033");
}

TEST_CASE("arrivals: a problem within a law has its place in the whole text") {
    const auto arrivals = Text<Arrivals>::parse("mmpp(200/s 900ms dwell=20s)");
    REQUIRE_FALSE(arrivals);
    CHECK(arrivals.error().where.column == 11);
    CHECK(arrivals.error().where.length == 5);
}
