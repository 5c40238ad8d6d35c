#include "base/mser.h"

#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"

namespace shaketable {
namespace {

/// Noise between -0.5 and 0.5 around `level(i)`.
template <class Level>
std::vector<double> series(std::size_t n, Level level) {
    Random dice{random_key(1, 0, "test", "series")};
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i)
        values.push_back(level(i) + static_cast<double>(dice.next() >> 11U) / 9007199254740992.0 -
                         0.5);
    return values;
}

TEST_CASE("mser: what rises at first is left out") {
    const auto rising =
        series(1000, [](std::size_t i) { return i < 100 ? 0.1 * static_cast<double>(i) : 10.0; });
    const auto cut = find_truncation(rising);
    REQUIRE(cut);
    CHECK(*cut >= 80);
    CHECK(*cut <= 130);
    CHECK(*cut % 5 == 0);
}

TEST_CASE("mser: of a steady series little is left out, of a constant one nothing") {
    CHECK(find_truncation(series(1000, [](std::size_t) { return 3.0; })).value() <= 250);
    CHECK(find_truncation(std::vector<double>(100, 7.0)) == std::size_t{0});
}

TEST_CASE("mser: a series that rises to its end has no steady state, nor one that is too short") {
    CHECK_FALSE(
        find_truncation(series(1000, [](std::size_t i) { return 0.1 * static_cast<double>(i); })));
    CHECK_FALSE(find_truncation(std::vector<double>(49, 1.0)));
    CHECK_FALSE(find_truncation(std::vector<double>{}));
}

}  // namespace
}  // namespace shaketable
