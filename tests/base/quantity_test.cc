#include "base/quantity.h"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "base/random.h"

using namespace shaketable;
using namespace std::chrono_literals;

namespace {

struct BadText {
    std::string_view text;
    std::string_view code;
    int column;
    int length;
    std::string_view hint;  ///< a part of it
};

template <class T>
void refuses(const std::vector<BadText>& all) {
    for (const BadText& bad : all) {
        CAPTURE(bad.text);
        const Result<T> read = Text<T>::parse(bad.text);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == bad.code);
        CHECK(read.error().where.column == bad.column);
        CHECK(read.error().where.length == bad.length);
        CHECK(read.error().where.line == 0);
        CHECK_FALSE(read.error().message.empty());
        CHECK(read.error().hint.find(bad.hint) != std::string::npos);
    }
}

template <class T>
void round_trips(const T& value) {
    const std::string text = Text<T>::print(value);
    CAPTURE(text);
    const Result<T> back = Text<T>::parse(text);
    REQUIRE(back);
    REQUIRE(*back == value);
}

constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("duration: reads its units, decimals and mixes exactly") {
    const auto read = [](std::string_view text) { return Text<Duration>::parse(text).value(); };
    CHECK(read("250ms") == 250ms);
    CHECK(read("1.5s") == 1500ms);
    CHECK(read("1m30s") == 90s);
    CHECK(read("2d1h") == 49h);
    CHECK(read("7ns") == 7ns);
    CHECK(read("0.1us") == 100ns);
    CHECK(read("0") == 0s);
    CHECK(read("0s") == 0s);
    CHECK(read("1e3ms") == 1s);
    CHECK(read("0.000000001s") == 1ns);
    CHECK(read("1.5ns") == 2ns);
    CHECK(read("3650d") == ten_years);
    CHECK(read("315360000000000000ns") == ten_years);
}

TEST_CASE("duration: prints one unit with decimals, from a minute on a mix") {
    CHECK(Text<Duration>::print(0s) == "0");
    CHECK(Text<Duration>::print(250ms) == "250ms");
    CHECK(Text<Duration>::print(1500ms) == "1.5s");
    CHECK(Text<Duration>::print(1234567ns) == "1.234567ms");
    CHECK(Text<Duration>::print(90s) == "1m30s");
    CHECK(Text<Duration>::print(36h) == "1d12h");
    CHECK(Text<Duration>::print(1h + 1ns) == "1h0.000000001s");
    CHECK(Text<Duration>::print(-5ms) == "-5ms");
}

TEST_CASE("duration: what is refused, with code, place and hint") {
    refuses<Duration>({{"", "E022", 0, 0, ""},
                       {"250", "E020", 0, 3, "250ms"},
                       {"1m30", "E020", 2, 2, "1m30s"},
                       {"-0", "E024", 0, 2, "minus"},
                       {"-5ms", "E024", 0, 4, "minus"},
                       {"5 ms", "E021", 1, 3, "5ms"},
                       {"5sec", "E021", 1, 3, "5s"},
                       {"5MS", "E021", 1, 2, "5ms"},
                       {"5\xc2\xb5s", "E021", 1, 3, "5us"},
                       {"0x10", "E021", 1, 3, "units are"},
                       {"1_000", "E021", 1, 4, "units are"},
                       {"1s1m", "E021", 3, 1, "1m30s"},
                       {"1s1s", "E021", 3, 1, "1m30s"},
                       {"5/s", "E022", 0, 3, "ms"},
                       {"50%", "E022", 0, 3, "ms"},
                       {"10KiB", "E022", 0, 5, "ms"},
                       {"soon", "E022", 0, 4, ""},
                       {"+5ms", "E022", 0, 4, ""},
                       {"0.1ns", "E023", 0, 5, ""},
                       {"nan", "E025", 0, 3, "finite"},
                       {"-inf", "E025", 0, 4, "finite"},
                       {"Infinity", "E025", 0, 8, "finite"},
                       {"1e309s", "E025", 0, 6, "ten years"},
                       {"3651d", "E025", 0, 5, "ten years"},
                       {"3649d23h59m60.000000001s", "E025", 11, 13, "ten years"}});
}

TEST_CASE("rate: reads, prints and refuses") {
    const auto read = [](std::string_view text) { return Text<Rate>::parse(text).value(); };
    CHECK(read("120/s").per_second == 120);
    CHECK(read("2k/s").per_second == 2000);
    CHECK(read("1.1M/s").per_second == 1.1e6);
    CHECK(read("300/m").per_second == 5);
    CHECK(read("36/h").per_second == 0.01);
    CHECK(read("0").per_second == 0);
    CHECK(Text<Rate>::print({120}) == "120/s");
    CHECK(Text<Rate>::print(read("10/h")) == "10/h");
    CHECK(Text<Rate>::print(read("20/m")) == "20/m");
    refuses<Rate>({{"", "E022", 0, 0, ""},
                   {"120", "E020", 0, 3, "120/s"},
                   {"2k", "E020", 0, 2, "2k/s"},
                   {"120rps", "E021", 3, 3, "120/s"},
                   {"5/ms", "E021", 1, 3, "5/s"},
                   {"250ms", "E022", 0, 5, ""},
                   {"-1/s", "E024", 0, 4, ""},
                   {"1e309/s", "E025", 0, 5, ""},
                   {"nan/s", "E022", 0, 5, ""}});
}

TEST_CASE("size: reads, prints and refuses") {
    const auto read = [](std::string_view text) { return Text<Bytes>::parse(text).value().count; };
    CHECK(read("10KiB") == 10'240);
    CHECK(read("2MB") == 2'000'000);
    CHECK(read("1kB") == 1000);
    CHECK(read("1KB") == 1000);
    CHECK(read("1.5KiB") == 1536);
    CHECK(read("0") == 0);
    CHECK(Text<Bytes>::print({0}) == "0B");
    CHECK(Text<Bytes>::print({10'240}) == "10KiB");
    CHECK(Text<Bytes>::print({2'000'000}) == "2MB");
    CHECK(Text<Bytes>::print({1023}) == "1023B");
    refuses<Bytes>({{"", "E022", 0, 0, ""},
                    {"10", "E020", 0, 2, "KiB"},
                    {"10kb", "E021", 2, 2, "10kB"},
                    {"10K", "E021", 2, 1, "10KiB"},
                    {"10ms", "E022", 0, 4, ""},
                    {"1.0001kB", "E023", 0, 8, ""},
                    {"-1B", "E024", 0, 3, ""},
                    {"8388608TiB", "E025", 0, 10, ""},
                    {"inf", "E025", 0, 3, ""}});
}

TEST_CASE("bandwidth: reads, prints and refuses") {
    const auto read = [](std::string_view text) {
        return Text<Bandwidth>::parse(text).value().bytes_per_second;
    };
    CHECK(read("100Mbit/s") == 12.5e6);
    CHECK(read("12MiB/s") == 12.0 * 1024 * 1024);
    CHECK(read("8bit/s") == 1);
    CHECK(Text<Bandwidth>::print({12.5e6}) == "100Mbit/s");
    CHECK(Text<Bandwidth>::print({12.0 * 1024 * 1024}) == "12MiB/s");
    CHECK(Text<Bandwidth>::print({0.25}) == "2bit/s");
    refuses<Bandwidth>({{"", "E022", 0, 0, ""},
                        {"100", "E020", 0, 3, "100Mbit/s"},
                        {"100Mbps", "E021", 3, 4, "100Mbit/s"},
                        {"5MB", "E022", 0, 3, ""},
                        {"3/s", "E022", 0, 3, ""},
                        {"0", "E024", 0, 1, ""},
                        {"0MB/s", "E024", 0, 5, ""},
                        {"-1MB/s", "E024", 0, 6, ""},
                        {"1e309B/s", "E025", 0, 8, ""}});
}

TEST_CASE("share: only in percent, and never above 100%") {
    const auto read = [](std::string_view text) {
        return Text<Share>::parse(text).value().fraction;
    };
    CHECK(read("1%") == 0.01);
    CHECK(read("99.95%") == 0.9995);
    CHECK(read("100%") == 1);
    CHECK(read("0") == 0);
    CHECK(read("0%") == 0);
    CHECK(Text<Share>::print({0.9995}) == "99.95%");
    CHECK(Text<Share>::print({0.07}) == "7%");
    CHECK(Text<Share>::print({1}) == "100%");
    CHECK(Text<Share>::print({0}) == "0%");
    refuses<Share>({{"", "E022", 0, 0, ""},
                    {"0.01", "E024", 0, 4, "did you mean 1%?"},
                    {"5", "E024", 0, 1, "did you mean 5%?"},
                    {"-1%", "E024", 0, 3, ""},
                    {"5ms", "E022", 0, 3, ""},
                    {"5percent", "E021", 1, 7, "%"},
                    {"101%", "E023", 0, 4, ""},
                    {"1e309%", "E023", 0, 6, ""},
                    {"1e400%", "E025", 0, 6, ""},
                    {"nan", "E025", 0, 3, ""}});
}

TEST_CASE("count: whole numbers, with k and M, or unlimited") {
    const auto read = [](std::string_view text) { return Text<Count>::parse(text).value().value; };
    CHECK(read("5") == 5);
    CHECK(read("2k") == 2000);
    CHECK(read("1.5k") == 1500);
    CHECK(read("3M") == 3'000'000);
    CHECK(Text<Count>::parse("unlimited")->is_unlimited());
    CHECK(Text<Count>::print(Count::unlimited()) == "unlimited");
    CHECK(Text<Count>::print({2000}) == "2k");
    CHECK(Text<Count>::print({0}) == "0");
    refuses<Count>({{"", "E022", 0, 0, ""},
                    {"unlimted", "E022", 0, 8, "unlimited"},
                    {"5ms", "E022", 0, 3, ""},
                    {"0x10", "E021", 1, 3, ""},
                    {"1_000", "E021", 1, 4, ""},
                    {"1.5", "E023", 0, 3, ""},
                    {"-1", "E024", 0, 2, ""},
                    {"inf", "E025", 0, 3, ""},
                    {"18446744073709551615", "E025", 0, 20, "unlimited"},
                    {"1e309", "E025", 0, 5, "unlimited"}});
}

TEST_CASE("number: finite decimals only") {
    CHECK(parse_number("1.5").value() == 1.5);
    CHECK(parse_number("-2e3").value() == -2000);
    CHECK(std::signbit(parse_number("-0").value()));
    CHECK(print_number(0.1) == "0.1");
    CHECK(print_number(1e22) == "1e+22");
    const std::vector<std::pair<std::string_view, std::string_view>> bad{
        {"", "E022"},      {"x", "E022"},   {"1.5x", "E022"}, {"0x10", "E022"},  {"1_000", "E022"},
        {"1,5", "E022"},   {" 1", "E022"},  {"+1", "E022"},   {"--1", "E022"},   {"5ms", "E022"},
        {"1e309", "E025"}, {"nan", "E025"}, {"-inf", "E025"}, {"1e-400", "E025"}};
    for (const auto& [text, code] : bad) {
        CAPTURE(text);
        REQUIRE_FALSE(parse_number(text));
        CHECK(parse_number(text).error().code == code);
    }
}

TEST_CASE("quantities: parse(print(x)) == x for generated values of every size") {
    Random random{random_key(7, 0, "quantity", "round trip")};
    const auto whole = [&] {
        // Few or many digits, few or many zeros behind.
        auto value = random.next() >> (1 + random.below(63));
        for (std::uint32_t zeros = random.below(10); zeros > 0 && value < 1'000'000'000; --zeros)
            value *= 10;
        return static_cast<std::int64_t>(value);
    };
    const auto positive = [&] {
        const double any = std::ldexp(random.uniform(), static_cast<int>(random.below(120)) - 60);
        return random.chance(0.5) ? any : static_cast<double>(1 + random.below(1'000'000)) / 60;
    };
    for (int i = 0; i < 20'000; ++i) {
        round_trips(Duration{whole() % (ten_years.count() + 1)});
        round_trips(Bytes{whole()});
        round_trips(Count{random.next() >> random.below(64)});
        round_trips(Rate{positive()});
        round_trips(Bandwidth{positive()});
        round_trips(Share{random.chance(0.5) ? random.uniform() : random.below(10'001) / 1e4});
        const double number =
            random.normal() * std::ldexp(1, static_cast<int>(random.below(600)) - 300);
        REQUIRE(parse_number(print_number(number)).value() == number);
    }
    for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, longest - 1, longest})
        round_trips(Bytes{n});
    for (const Duration d : {Duration{0}, Duration{1}, ten_years - Duration{1}, ten_years})
        round_trips(d);
    round_trips(Count::unlimited());
    for (const double tiny : {5e-324, 1e-300, 1e-18}) {
        round_trips(Rate{tiny});
        round_trips(Share{tiny});
    }
    round_trips(Rate{std::numeric_limits<double>::max()});
    round_trips(Bandwidth{std::numeric_limits<double>::max()});
    round_trips(Bandwidth{5e-324});
}

TEST_CASE("quantities: hostile texts end with a problem whose message stays short") {
    const std::vector<std::string> texts{std::string(1'000'000, '('),
                                         std::string(1'000'000, '9'),
                                         std::string(1'000'000, '9') + "ms",
                                         "0." + std::string(1'000'000, '0') + "1ms",
                                         std::string(1'000'000, 'e'),
                                         "1e" + std::string(1'000'000, '9') + "s",
                                         std::string("5\0ms", 4),
                                         std::string("\0", 1),
                                         std::string(300'000, '\xe2'),
                                         "1e-99999999999999999999s",
                                         "\xff\xfe"};
    const auto check = [](const auto& read) {
        REQUIRE_FALSE(read);
        CHECK(read.error().message.size() < 300);
        CHECK(read.error().hint.size() < 300);
        CHECK(read.error().message.find('\0') == std::string::npos);
    };
    for (const std::string& text : texts) {
        CAPTURE(text.substr(0, 20));
        check(Text<Duration>::parse(text));
        check(Text<Rate>::parse(text));
        check(Text<Bytes>::parse(text));
        check(Text<Bandwidth>::parse(text));
        check(Text<Share>::parse(text));
        check(Text<Count>::parse(text));
        check(parse_number(text));
    }
}

TEST_CASE("nearest: finds what was meant and nothing else") {
    const std::vector<std::string> words{"exponential", "lognormal", "normal", "p50", "p99"};
    CHECK(nearest("expnential", words) == "exponential");
    CHECK(nearest("lognromal", words) == "lognormal");
    CHECK(nearest("NORMAL", words) == "normal");
    CHECK(nearest("p95", words) == "p99");
    CHECK(nearest("banana", words).empty());
    CHECK(nearest("", words).empty());
    CHECK(nearest("x", {"y"}).empty());
    CHECK(nearest(std::string(1'000'000, 'p'), words).empty());
    CHECK(nearest("normal", {}).empty());
}
