// Each package has one place that may include it, so that the package can be exchanged there.
#include <algorithm>
#include <array>

#include <catch2/catch.hpp>

#include "tests/tidy/tree.h"

namespace shaketable::tidy {
namespace {

struct Package {
    std::string_view start;  ///< of the include
    std::vector<std::string_view> places;
};

/// The first line that fits counts.
const std::vector<Package>& packages() {
    static const std::vector<Package> list{
        {"boost/graph/", {"scenarios/topology.", "scenarios/lint/"}},
        {"boost/asio", {"injector/", "tests/fuzz/"}},  // there as a second reader of HTTP
        {"boost/beast", {"injector/", "tests/fuzz/"}},
        {"boost/", {"tests/", "bench/"}},  // independent oracles
        {"simgrid/", {"sim/network/"}},
        {"CLI/", {"cli/"}},
        {"libfyaml.h", {"scenarios/text/"}},
        {"nlohmann/",
         {"reports/render/", "scenarios/schema", "scenarios/diagnostics", "scenarios/explain_json",
          "scenarios/import/", "scenarios/export/", "injector/control/", "injector/bindings_schema",
          "tests/"}},  // tests read what was written
        {"Random123/", {"base/random."}},
        {"emmintrin.h", {"base/random."}},  // of the processor, where it is an x86-64
        {"zlib.h", {"reports/render/pack."}},
        // Of the kernel: memory that grows where it is.
        {"sys/mman.h", {"base/paged_vector.", "bench/"}},
        {"linux/", {"injector/confine.", "tests/injector/"}},
        {"fmt/", {""}},
        {"benchmark/", {"bench/"}},
        {"catch2/", {"tests/"}},
    };
    return list;
}

/// Not the standard library: a folder, or a name with a dot.
bool is_foreign(const Include& include) {
    return !include.quoted && include.name.find_first_of("/.") != std::string::npos;
}

/// POSIX has no package; only what faces the outside may use it.
bool is_posix(std::string_view name) {
    constexpr std::array<std::string_view, 8> starts{"unistd.h", "sys/",   "fcntl.h", "netinet/",
                                                     "arpa/",    "poll.h", "sched.h", "signal.h"};
    return is_below(name, starts);
}

std::vector<std::string> misplaced(const SourceFile& file) {
    constexpr std::array<std::string_view, 4> outward{"cli/", "injector/", "bench/", "tests/"};
    std::vector<std::string> wrong;
    for (const Include& include : file.includes) {
        if (!is_foreign(include)) continue;
        const auto package =
            std::find_if(packages().begin(), packages().end(),
                         [&](const Package& p) { return include.name.starts_with(p.start); });
        const bool is_known = package != packages().end();
        if (!is_known && !is_posix(include.name))
            wrong.push_back(
                complaint(file, include.line, "unknown package <" + include.name + ">"));
        else if (is_known ? !is_below(file.path, package->places) : !is_below(file.path, outward))
            wrong.push_back(complaint(file, include.line, "must not know <" + include.name + ">"));
    }
    return wrong;
}

std::vector<std::string> misplaced(const char* path, const char* include) {
    return misplaced(parse(path, std::string{"#include <"} + include + ">\n"));
}

TEST_CASE("packages: each is included only where it belongs") {
    std::vector<std::string> wrong;
    for (const SourceFile& file : house())
        for (std::string& line : misplaced(file)) wrong.push_back(std::move(line));
    INFO(join(wrong));
    CHECK(wrong.empty());
}

TEST_CASE("packages: a package in the wrong place is found") {
    CHECK(misplaced("scenarios/read.cc", "libfyaml.h").size() == 1);
    CHECK(misplaced("sim/simulate.cc", "CLI/CLI.hpp").size() == 1);
    CHECK(misplaced("base/math.cc", "Random123/philox.h").size() == 1);
    CHECK(misplaced("scenarios/validate.cc", "boost/graph/adjacency_list.hpp").size() == 1);
    CHECK(misplaced("reports/assess.cc", "nlohmann/json.hpp").size() == 1);
    CHECK(misplaced("sim/engine/engine.cc", "simgrid/s4u.hpp").size() == 1);
    CHECK(misplaced("sim/engine/engine.cc", "sys/time.h").size() == 1);
    CHECK(misplaced("base/random.cc", "gsl/gsl_rng.h").size() == 1);
}

TEST_CASE("packages: what the table allows is not refused") {
    CHECK(misplaced("scenarios/text/parse.cc", "libfyaml.h").empty());
    CHECK(misplaced("scenarios/topology.cc", "boost/graph/adjacency_list.hpp").empty());
    CHECK(misplaced("base/random.cc", "Random123/philox.h").empty());
    CHECK(misplaced("sim/simulate.cc", "thread").empty());
    CHECK(misplaced("policies/retry.cc", "fmt/format.h").empty());
}

}  // namespace
}  // namespace shaketable::tidy
