#include "base/paged_vector.h"

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

using namespace shaketable;

namespace {

struct alignas(64) Line {
    std::uint64_t number = 7;
};

/// KiB of this process in memory.
std::uint64_t resident_kib() {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
        if (word == "VmRSS:") {
            std::uint64_t kib = 0;
            status >> kib;
            return kib;
        }
    FAIL("no VmRSS");
    return 0;
}

}  // namespace

TEST_CASE("paged vector: records keep their values and their alignment while it grows") {
    PagedVector<Line> lines;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        Line& line = lines.emplace_back();
        REQUIRE(line.number == 7);
        line.number = i;
    }
    CHECK(lines.size() == 10'000);
    CHECK(reinterpret_cast<std::uintptr_t>(lines.data()) % alignof(Line) == 0);
    for (std::uint64_t i = 0; i < 10'000; ++i) REQUIRE(lines[i].number == i);
}

TEST_CASE("paged vector: what it is extended by is zero, and takes no memory before it is used") {
    PagedVector<std::uint64_t> words;
    words.resize(100, 5);
    const std::uint64_t before = resident_kib();
    words.extend(32U << 20U);  // 256 MiB
    CHECK(words.size() == 32U << 20U);
    CHECK(resident_kib() < before + 16 * 1024);
    CHECK(words[99] == 5);
    CHECK(words[100] == 0);
    CHECK(words[(32U << 20U) - 1] == 0);
}

TEST_CASE("paged vector: moving hands the records over") {
    PagedVector<int> from;
    from.resize(3, 4);
    PagedVector<int> to{std::move(from)};
    CHECK(to.size() == 3);
    CHECK(to[2] == 4);
    to = PagedVector<int>{};
    CHECK(to.size() == 0);
}
