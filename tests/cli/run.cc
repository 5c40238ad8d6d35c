#include "tests/cli/run.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shaketable::test {

namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A terminal that keeps what is written to it until it is read.
class Terminal {
  public:
    Terminal() : master_{posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)} {
        REQUIRE(master_ >= 0);
        REQUIRE(grantpt(master_) == 0);
        REQUIRE(unlockpt(master_) == 0);
        slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY);
        REQUIRE(slave_ >= 0);
    }
    ~Terminal() {
        close(slave_);
        close(master_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    [[nodiscard]] int slave() const { return slave_; }
    void drain(std::string& into) const {
        char buffer[4096];
        for (ssize_t n = 0; (n = read(master_, buffer, sizeof buffer)) > 0;)
            into.append(buffer, static_cast<std::size_t>(n));
    }

  private:
    int master_ = -1;
    int slave_ = -1;
};

/// In the child: becomes the program, or ends with 127.
[[noreturn]] void become(const std::string& folder, std::vector<std::string>& command,
                         const How& how, const std::string& out, const std::string& err,
                         int terminal) {
    const auto redirect = [](int descriptor, const std::string& path, int flags) {
        const int file = open(path.c_str(), flags, 0600);
        if (file < 0 || dup2(file, descriptor) < 0) _exit(127);
        close(file);
    };
    if (chdir(folder.c_str()) != 0) _exit(127);
    redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
    const bool is_closed = how.output == "closed";
    redirect(STDOUT_FILENO, how.output.empty() || is_closed ? out : how.output,
             O_WRONLY | O_CREAT | O_TRUNC);
    if (terminal >= 0)
        dup2(terminal, STDERR_FILENO);
    else
        redirect(STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC);
    if (is_closed) close(STDOUT_FILENO);
    if (how.file_bytes_max) {
        const rlimit limit{.rlim_cur = *how.file_bytes_max, .rlim_max = *how.file_bytes_max};
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(127);
    }
    alarm(how.seconds_max);
    const char* path = std::getenv("PATH");
    std::vector<std::string> variables{std::string{"PATH="} + (path == nullptr ? "" : path)};
    for (const auto& [name, value] : how.environment) variables.push_back(name + "=" + value);
    std::vector<char*> environment;
    for (std::string& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    execvpe(arguments.front(), arguments.data(), environment.data());
    _exit(127);
}

}  // namespace

Folder::Folder() {
    std::string name = (fs::temp_directory_path() / "shaketable-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
    return name;
}

std::string Folder::read(const std::string& name) const {
    return content(path_ / name);
}

bool Folder::has(const std::string& name) const {
    return fs::exists(path_ / name);
}

Outcome run_program(const Folder& folder, std::vector<std::string> command, const How& how) {
    const Folder streams;
    const std::string out = streams / "out";
    const std::string err = streams / "err";
    std::optional<Terminal> terminal;
    if (how.on_terminal) terminal.emplace();
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0)
        become(folder.path(), command, how, out, err, terminal ? terminal->slave() : -1);
    Outcome outcome;
    int status = 0;
    // A terminal holds a few thousand bytes; whoever writes more waits until they are read.
    while (terminal && waitpid(child, &status, WNOHANG) == 0) {
        terminal->drain(outcome.err);
        usleep(1000);
    }
    if (terminal) {
        terminal->drain(outcome.err);
    } else {
        rusage used{};
        REQUIRE(wait4(child, &status, 0, &used) == child);
        outcome.resident_kib = used.ru_maxrss;
    }
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.out = content(out);
    if (!terminal) outcome.err = content(err);
    return outcome;
}

Outcome run(const Folder& folder, const std::vector<std::string>& arguments, const How& how) {
    std::vector<std::string> command{SHAKETABLE_BINARY};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_program(folder, std::move(command), how);
}

std::string small_scenario(const std::string& extra) {
    return R"(schema: shaketable/v1
name: small
run: {duration: 20s, warmup: 2s, seed: 1, repeats: 3}
services:
  web:
    replicas: 2
    workers: 32
    endpoints:
      get:
        steps:
          - work: 2ms
          - {call: db.query, policy: careful}
  db:
    replicas: 2
    workers: 8
    queue: 32
    endpoints:
      query:
        steps: [{work: lognormal(p50=5ms p99=20ms)}]
policies:
  careful: {timeout: 500ms}
workload:
  visitors: {call: web.get, arrivals: poisson(200/s)}
faults:
  - {id: slow-db, at: 10s, for: 2s, fault: slow, target: db, factor: 2}
expect:
  - p99(web.get) < 1s during baseline
  - success(web.get) >= 99% over run
)" + extra;
}

}  // namespace shaketable::test
