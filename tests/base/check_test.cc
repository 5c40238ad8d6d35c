#include "base/check.h"

#include <array>
#include <cstddef>
#include <string>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

TEST_CASE("check: a condition that holds does nothing") {
    int evaluated = 0;
    SHAKETABLE_CHECK(++evaluated == 1, "counts once");
    CHECK(evaluated == 1);
}

TEST_CASE("check: a broken condition says where and what, and exits with 70") {
    std::array<int, 2> pipe_ends{};
    REQUIRE(pipe(pipe_ends.data()) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(pipe_ends[1], STDERR_FILENO);
        SHAKETABLE_CHECK(1 + 1 == 3, "arithmetic is broken");
        _exit(0);
    }
    close(pipe_ends[1]);
    std::string said;
    std::array<char, 256> buffer{};
    for (ssize_t n = 0; (n = read(pipe_ends[0], buffer.data(), buffer.size())) > 0;)
        said.append(buffer.data(), static_cast<std::size_t>(n));
    close(pipe_ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 70);
    CHECK(said.find("check_test.cc:") != std::string::npos);
    CHECK(said.find("arithmetic is broken") != std::string::npos);
}
