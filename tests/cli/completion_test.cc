#include <catch2/catch.hpp>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

/// What bash offers for a line, its last word being completed.
std::string offered(const Folder& folder, const std::string& line) {
    folder.write("complete.sh",
                 "source ./shaketable.bash\n"
                 "COMP_WORDS=(" +
                     line +
                     ")\n"
                     "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                     "_shaketable\n"
                     "echo \"${COMPREPLY[*]}\"\n");
    return run_program(folder, {"bash", "complete.sh"}).out;
}

}  // namespace

TEST_CASE("completion: the script is sound, and offers commands and options") {
    const Folder folder;
    folder.write("shaketable.bash", run(folder, {"completion", "bash"}).out);
    const Outcome checked = run_program(folder, {"bash", "-n", "shaketable.bash"});
    CHECK(checked.code == 0);
    CHECK(checked.err.empty());
    CHECK(offered(folder, "shaketable sim") == "simulate\n");
    CHECK(offered(folder, "shaketable simulate --re") == "--repeats\n");
    CHECK(offered(folder, "shaketable validate --pri") == "--print\n");
    CHECK(offered(folder, "shaketable validate --re") == "\n");
    CHECK(offered(folder, "shaketable completion f") == "fish\n");
    CHECK(offered(folder, "shaketable list fa") == "fault\n");
    CHECK(offered(folder, "shaketable explain outl").find("outlier_ejection") == 0);
}

TEST_CASE("completion: zsh loads the same script, fish has its own") {
    const Folder folder;
    const std::string bash = run(folder, {"completion", "bash"}).out;
    CHECK(run(folder, {"completion", "zsh"}).out ==
          "autoload -U +X bashcompinit && bashcompinit\n" + bash);
    const std::string fish = run(folder, {"completion", "fish"}).out;
    CHECK(fish.find("-a simulate -d 'play a scenario in virtual time and judge it'\n") !=
          std::string::npos);
    CHECK(fish.find("-l repeats -r -d 'instead of the file\\'s'\n") != std::string::npos);
}
