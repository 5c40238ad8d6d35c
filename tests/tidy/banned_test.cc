// What would make a result depend on the library, the processor or the clock.
#include <algorithm>
#include <array>

#include <catch2/catch.hpp>

#include "tests/tidy/tree.h"

namespace shaketable::tidy {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 6> below_cli{"base/",      "faults/",  "policies/",
                                                    "scenarios/", "reports/", "sim/"};
/// What a number of a run can come from.
constexpr std::array<std::string_view, 5> on_the_path{"base/", "faults/", "policies/", "scenarios/",
                                                      "sim/"};

/// Compares with what others would write.
constexpr std::string_view free_to_roll = "bench/bare_loop_bench.cc";

/// Dice of the library: another standard library, other numbers.
bool is_library_dice(const Word& word) {
    constexpr std::array<std::string_view, 5> calls{"rand", "srand", "drand48", "random", "rand_r"};
    constexpr std::array<std::string_view, 6> types{"random_device", "mt19937",
                                                    "mt19937_64",    "minstd_rand",
                                                    "ranlux48",      "default_random_engine"};
    const bool of_library = word.scope == "std" || word.scope == "::" || word.scope.empty();
    if (word.scope == "std" && word.name.ends_with("_distribution")) return true;
    return is_one_of(word.name, types) ||
           (word.called && word.scope != "." && of_library && is_one_of(word.name, calls) &&
            (word.name != "random" ||
             !word.scope.empty()));  // `Random random(key)` is a name of ours
}

bool is_hash_ordered(const Word& word) {
    constexpr std::array<std::string_view, 4> names{"unordered_map", "unordered_set",
                                                    "unordered_multimap", "unordered_multiset"};
    return is_one_of(word.name, names);
}

bool is_wall_clock(const Word& word) {
    constexpr std::array<std::string_view, 7> names{
        "steady_clock", "system_clock", "high_resolution_clock", "utc_clock", "clock_gettime",
        "gettimeofday", "this_thread"};
    return is_one_of(word.name, names);
}

/// glibc's differ between processors in one draw of some thousands; base/math.h has ours.
bool is_library_transcendental(const Word& word) {
    constexpr std::array<std::string_view, 26> names{
        "log",  "log2", "log10", "log1p", "exp",    "exp2",   "expm1", "pow",  "sin",
        "cos",  "tan",  "asin",  "acos",  "atan",   "atan2",  "sinh",  "cosh", "tanh",
        "cbrt", "erf",  "erfc",  "hypot", "tgamma", "lgamma", "asinh", "acosh"};
    // Engine::log is ours, so a name without its scope counts only where it cannot mean anything
    // else.
    constexpr std::array<std::string_view, 8> plain{"log2",  "log10", "log1p",  "exp2",
                                                    "expm1", "atan2", "tgamma", "lgamma"};
    if (word.scope == "std" || word.scope == "::") return is_one_of(word.name, names);
    if (word.name.starts_with("__builtin_")) return is_one_of(word.name.substr(10), names);
    return word.scope.empty() && word.called && is_one_of(word.name, plain);
}

std::vector<std::string> banned_in(const SourceFile& file) {
    std::vector<std::string> found;
    const bool low = is_below(file.path, below_cli);
    const bool path = is_below(file.path, on_the_path);
    for (const Word& word : words_of(file)) {
        const auto say = [&](const char* why) {
            found.push_back(complaint(file, word.line, std::string{word.name} + ": " + why));
        };
        if (file.path != free_to_roll && is_library_dice(word))
            say("dice are handed in, see base/random.h");
        if (low && is_hash_ordered(word)) say("its order depends on the library");
        if (low && is_wall_clock(word)) say("time is handed in");
        if (path && is_library_transcendental(word))
            say("differs between processors, see base/math.h");
    }
    return found;
}

std::vector<std::string> banned_in(const char* path, const char* code) {
    return banned_in(parse(path, code));
}

TEST_CASE("banned: nothing in the house can make a result depend on library, processor or clock") {
    std::vector<std::string> found;
    for (const SourceFile& file : house())
        for (std::string& line : banned_in(file)) found.push_back(std::move(line));
    INFO(join(found));
    CHECK(found.empty());
}

TEST_CASE("banned: dice of the library are found, in tests and benchmarks too") {
    CHECK(banned_in("sim/a.cc", "std::exponential_distribution<double> d{2.0};").size() == 1);
    CHECK(banned_in("bench/a.cc", "int x = rand();").size() == 1);
    CHECK(banned_in("tests/base/a.cc", "std::mt19937_64 dice{std::random_device{}()};").size() ==
          2);
    CHECK(banned_in("base/a.cc", "Random random(key); random.next();").empty());
}

TEST_CASE("banned: clocks and hash order are found below the command line, and are free above") {
    CHECK(banned_in("sim/a.cc", "auto t = std::chrono::steady_clock::now();").size() == 1);
    CHECK(banned_in("reports/a.cc", "std::unordered_map<int, int> m;").size() == 1);
    CHECK(banned_in("cli/a.cc", "auto t = std::chrono::steady_clock::now();").empty());
}

TEST_CASE(
    "banned: the library's transcendental functions are found where numbers of a run are made") {
    CHECK(banned_in("base/a.cc", "double y = std::log(x);").size() == 1);
    CHECK(banned_in("policies/a.cc", "using std::pow;").size() == 1);
    CHECK(banned_in("sim/a.cc", "double y = tgamma(x);").size() == 1);
    CHECK(banned_in("faults/a.cc", "double y = __builtin_exp(x);").size() == 1);
    CHECK(banned_in("sim/a.cc", "log(\"crash\", name); double r = std::sqrt(x);").empty());
    CHECK(banned_in("base/a.cc", "double y = stable_log(x);").empty());
}

}  // namespace
}  // namespace shaketable::tidy
