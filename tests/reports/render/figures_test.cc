#include "reports/render/figures.h"

#include <cmath>

#include <catch2/catch.hpp>

#include "base/random.h"

using namespace shaketable;
using namespace shaketable::reports;
using scenarios::Unit;

TEST_CASE("figures: the unit fits and the last digit is the second of the half-width") {
    CHECK(figure(Estimate{0.1123, 0.1092, 0.1154, 10}, Unit::seconds) == "112.3 ± 3.1 ms");
    CHECK(figure(Estimate{0.1123, 0.1092, 0.1154, 10}, Unit::seconds, true) == "112.3 +- 3.1 ms");
    CHECK(figure(Estimate{0.99983, 0.99971, 0.99995, 10}, Unit::share) == "99.983 ± 0.012%");
    CHECK(figure(Estimate{1234.4, 1111, 1357.8, 5}, Unit::count) == "1,234 ± 123");
    CHECK(figure(Estimate{2, 2, 2, 5}, Unit::ratio) == "2.00 ± 0");
    CHECK(figure(Estimate{}, Unit::ratio) == "-");
}

TEST_CASE("figures: without interval three digits are shown") {
    CHECK(figure(0.0, Unit::seconds) == "0 s");
    CHECK(figure(2.5e-6, Unit::seconds) == "2.50 us");
    CHECK(figure(3.9, Unit::ratio) == "3.90");
    CHECK(figure(250, Unit::count) == "250");
    CHECK(figure(1000, Unit::count) == "1,000");
    CHECK(figure(412.3, Unit::per_second) == "412/s");
    CHECK(figure(0.5, Unit::share) == "50.0%");
}

TEST_CASE("figures: nearly all is never shown as all, and all is") {
    CHECK(figure(1, Unit::share) == "100%");
    CHECK(figure(0.99983, Unit::share) == "99.983%");
    CHECK(figure(0.99999999, Unit::share) == "99.9999%");
    CHECK(figure(Estimate{0.9999, 0.9, 1, 2}, Unit::share).substr(0, 2) == "99");
}

TEST_CASE("figures: digits never exceed what the interval supports") {
    Random random{random_key(3, 0, "figures", "test")};
    for (int i = 0; i < 10'000; ++i) {
        const double mean = random.uniform() * 1000;
        const double half = mean * random.uniform() * 0.5;
        const std::string text = short_figure({mean, mean - half, mean + half, 5}, Unit::ratio);
        const auto dot = text.find('.');
        const int decimals = dot == std::string::npos ? 0 : static_cast<int>(text.size() - dot) - 1;
        CAPTURE(mean, half, text);
        // One unit of the last decimal is at least a hundredth of the half-width.
        REQUIRE((decimals == 0 || std::pow(10.0, -decimals) * 100.1 > half));
    }
}

TEST_CASE("figures: times of day and numbers") {
    CHECK(clock_time(0) == "00:00");
    CHECK(clock_time(90.5) == "01:30.5");
    CHECK(clock_time(3690) == "1:01:30");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'234'567) == "1,234,567");
    CHECK(counted(1, "repeat") == "1 repeat");
}

TEST_CASE("figures: what a terminal could take for a command is replaced") {
    CHECK(harmless("web\x1b[31m") == "web?[31m");
    CHECK(harmless("a\nb\tc\x7f") == "a?b?c?");
    CHECK(harmless("\xC2\x9B"
                   "31m") == "??31m");  // CSI as one C1 character
    CHECK(harmless("\xE2\x80\xAE"
                   "abc") == "???abc");  // right-to-left override
    CHECK(harmless("\xFF\xC0\xAF") == "???");
    CHECK(harmless("Größe → 5") == "Größe → 5");
}

TEST_CASE("figures: cells are exactly as wide as asked for") {
    CHECK(left("äöü", 5) == "äöü  ");
    CHECK(right("äöü", 5) == "  äöü");
    CHECK(left("abcdef", 4) == "abc…");
    CHECK(right("abcdef", 4, true) == "abc~");
    CHECK(columns("äöü") == 3);
}

TEST_CASE("figures: lines break at spaces") {
    CHECK(wrapped("one two three four", 10, "  ") == "  one two\n  three\n  four");
    CHECK(wrapped("", 10, "  ") == "  ");
    CHECK(wrapped("averyveryverylongword a", 10, "") == "averyveryverylongword\na");
}
