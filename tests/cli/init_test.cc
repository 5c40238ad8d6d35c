#include <catch2/catch.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

TEST_CASE("init: what it writes is valid, runs, and holds what it expects") {
    const Folder folder;
    const Outcome made = run(folder, {"init"});
    CHECK(made.code == 0);
    CHECK(made.out == "wrote scenario.yaml\nnext: shaketable simulate scenario.yaml\n");
    CHECK(run(folder, {"validate", "scenario.yaml"}).code == 0);
    CHECK(run(folder, {"simulate", "scenario.yaml"}).code == 0);
}

TEST_CASE("init: it never overwrites, not even a link to nowhere") {
    const Folder folder;
    folder.write("mine.yaml", "precious");
    const Outcome refused = run(folder, {"init", "mine.yaml"});
    CHECK(refused.code == 2);
    CHECK(refused.err == "error: mine.yaml exists already; name another file\n");
    CHECK(folder.read("mine.yaml") == "precious");
    std::filesystem::create_symlink("nowhere", folder / "link.yaml");
    CHECK(run(folder, {"init", "link.yaml"}).code == 2);
    CHECK(run(folder, {"init", ""}).code == 2);
}

TEST_CASE("init: quiet means quiet, and a folder that is not there is said") {
    const Folder folder;
    const Outcome quiet = run(folder, {"init", "-q", "a.yaml"});
    CHECK(quiet.code == 0);
    CHECK(quiet.out.empty());
    CHECK(folder.has("a.yaml"));
    const Outcome lost = run(folder, {"init", "no/such/folder.yaml"});
    CHECK(lost.code == 3);
    CHECK(lost.err == "error: cannot write no/such/folder.yaml: No such file or directory\n");
}
