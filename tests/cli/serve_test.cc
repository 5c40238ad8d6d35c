// `serve` and `toxiproxy`: proxies of a running server, driven by commands.
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/run.h"

using namespace shaketable::test;

namespace {

constexpr int patience_ms = 30'000;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// -1: nobody listens there.
int connect_to(const std::string& address) {
    const sockaddr_in to = loopback(std::stoi(address.substr(address.rfind(':') + 1)));
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/// What comes within the patience of a test, up to `size` bytes.
std::string receive(int descriptor, std::size_t size) {
    std::string text;
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    while (text.size() < size && poll(&waiting, 1, patience_ms) == 1) {
        char buffer[256];
        const ssize_t n = ::read(descriptor, buffer, std::min(sizeof buffer, size - text.size()));
        if (n <= 0) break;
        text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
}

/// A process that sends back what it is sent, to one client after the other.
class Echo {
  public:
    Echo() {
        const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in own = loopback(0);
        socklen_t size = sizeof own;
        REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&own), size) == 0);
        REQUIRE(listen(listener, 8) == 0);
        REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&own), &size) == 0);
        address = "127.0.0.1:" + std::to_string(ntohs(own.sin_port));
        child_ = fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) answer(listener);
        close(listener);
    }
    ~Echo() {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    Echo(const Echo&) = delete;
    Echo& operator=(const Echo&) = delete;
    std::string address;

  private:
    [[noreturn]] static void answer(int listener) {
        alarm(120);
        for (;;) {
            const int client = accept(listener, nullptr, nullptr);
            char buffer[256];
            for (ssize_t n = 0; (n = ::read(client, buffer, sizeof buffer)) > 0;)
                if (write(client, buffer, static_cast<std::size_t>(n)) != n) break;
            close(client);
        }
    }
    pid_t child_ = -1;
};

/// `shaketable serve` on a port that the kernel chose.
class Served {
  public:
    explicit Served(const Folder& folder, std::vector<std::string> more = {}) {
        int pipe_ends[2];
        REQUIRE(pipe2(pipe_ends, O_CLOEXEC) == 0);
        std::vector<std::string> command{SHAKETABLE_BINARY, "serve", "--listen", "127.0.0.1:0"};
        command.insert(command.end(), more.begin(), more.end());
        std::vector<char*> arguments;
        for (std::string& argument : command) arguments.push_back(argument.data());
        arguments.push_back(nullptr);
        child_ = fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) {
            if (chdir(folder.path().c_str()) != 0) _exit(127);
            dup2(pipe_ends[1], STDOUT_FILENO);
            alarm(120);
            execv(arguments.front(), arguments.data());
            _exit(127);
        }
        close(pipe_ends[1]);
        std::string line;
        while (!line.ends_with('\n')) {
            const std::string byte = receive(pipe_ends[0], 1);
            if (byte.empty()) break;
            line += byte;
        }
        close(pipe_ends[0]);
        INFO(line);
        const bool is_ready = line.starts_with("listening on 127.0.0.1:") && line.ends_with('\n');
        CHECK(is_ready);
        if (is_ready) address = line.substr(13, line.size() - 14);
    }
    ~Served() {
        if (child_ > 0) (void)end(SIGKILL);
    }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;

    /// Its exit code; 128 + signal where it was killed.
    int end(int signal) {
        kill(child_, signal);
        int status = 0;
        waitpid(std::exchange(child_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    std::string address;

  private:
    pid_t child_ = -1;
};

/// The commands of toxiproxy-cli, at that server.
class Commands {
  public:
    Commands(const Folder& folder, const Served& server) : folder_{folder}, server_{server} {}
    Outcome operator()(std::vector<std::string> words) const {
        std::vector<std::string> arguments{"toxiproxy", "-h", "http://" + server_.address};
        arguments.insert(arguments.end(), words.begin(), words.end());
        return run(folder_, arguments);
    }
    std::string says(std::vector<std::string> words) const {
        const Outcome outcome = (*this)(std::move(words));
        INFO(outcome.err);
        CHECK(outcome.code == 0);
        return outcome.out;
    }

  private:
    const Folder& folder_;
    const Served& server_;
};

/// The second word of a line of `list`.
std::string listen_of(const std::string& line) {
    const std::size_t start = line.find('\t') + 1;
    return line.substr(start, line.find('\t', start) - start);
}

}  // namespace

TEST_CASE("serve: a proxy and its toxic are made by commands, act, and end with the server") {
    const Folder folder;
    const Echo echo;
    Served server{folder};
    const Commands commands{folder, server};
    CHECK(commands.says({"list"}).empty());
    CHECK(commands.says({"create", "-l", "127.0.0.1:0", "-u", echo.address, "db"}) ==
          "Created new proxy db\n");
    const std::string line = commands.says({"list"});
    const std::string listen = listen_of(line);
    CHECK(line == "db\t" + listen + "\t" + echo.address + "\tenabled\t0\n");
    CHECK(commands.says(
              {"toxic", "add", "-t", "latency", "-a", "latency=20", "-a", "jitter=5", "db"}) ==
          "Added downstream latency toxic 'latency_downstream' on proxy "
          "'db'\n");
    CHECK(commands.says({"inspect", "db"}) ==
          "latency_downstream\ttype=latency\tstream=downstream\ttoxicity=1.00\tattributes=["
          "\tjitter=5\tlatency=20\t]\n");
    const int client = connect_to(listen);
    REQUIRE(client >= 0);
    REQUIRE(write(client, "hello", 5) == 5);
    CHECK(receive(client, 5) == "hello");
    CHECK(server.end(SIGTERM) == 0);
    CHECK(receive(client, 1).empty());
    close(client);
    CHECK(connect_to(server.address) == -1);
    CHECK(connect_to(listen) == -1);
}

TEST_CASE("serve: toxics are changed and taken away, proxies switched off and removed") {
    const Folder folder;
    Served server{folder};
    const Commands commands{folder, server};
    (void)commands.says({"create", "-l", "127.0.0.1:0", "-u", "127.0.0.1:9", "db"});
    (void)commands.says({"toxic", "add", "-t", "bandwidth", "-n", "n", "-u", "-a", "rate=7", "db"});
    CHECK(commands.says({"toxic", "update", "-n", "n", "-a", "rate=0", "--toxicity", "0.5",
                         "db"}) == "Updated toxic 'n' on proxy 'db'\n");
    CHECK(commands.says({"inspect", "db"}) ==
          "n\ttype=bandwidth\tstream=upstream\ttoxicity=0.50\tattributes=[\trate=0\t]\n");
    CHECK(commands.says({"toxic", "remove", "-n", "n", "db"}) ==
          "Removed toxic 'n' on proxy 'db'\n");
    CHECK(commands.says({"inspect", "db"}).empty());
    CHECK(commands.says({"toggle", "db"}) == "Proxy db is now disabled\n");
    CHECK(commands.says({"list"}).ends_with("\tdisabled\t0\n"));
    CHECK(commands.says({"toggle", "db"}) == "Proxy db is now enabled\n");
    CHECK(commands.says({"delete", "db"}) == "Deleted proxy db\n");
    CHECK(server.end(SIGINT) == 0);
}

TEST_CASE("serve: what the server refuses is said, with exit code 1") {
    const Folder folder;
    Served server{folder};
    const Commands commands{folder, server};
    const Outcome none = commands({"toxic", "remove", "-n", "n", "none"});
    CHECK(none.code == 1);
    CHECK(none.out.empty());
    CHECK(none.err ==
          "Failed to remove toxic: failed to remove toxic 'n' from proxy 'none': HTTP 404: proxy "
          "not found\n");
    const std::string address = server.address;
    CHECK(server.end(SIGTERM) == 0);
    const Outcome gone = run(folder, {"toxiproxy", "-h", "http://" + address, "list"});
    CHECK(gone.code == 1);
    CHECK(gone.err.find("cannot reach http://" + address) != std::string::npos);
}

TEST_CASE("serve: the proxies of a file are there from the start, with their toxics") {
    const Folder folder;
    folder.write("proxies.json", R"([{"name":"db","listen":"127.0.0.1:0","upstream":"127.0.0.1:9",
        "toxics":[{"type":"timeout","attributes":{"timeout":5}}]}])");
    const Served server{folder, {"--config", "proxies.json"}};
    CHECK(Commands{folder, server}.says({"inspect", "db"}) ==
          "timeout_downstream\ttype=timeout\tstream=downstream\ttoxicity=1.00\tattributes=["
          "\ttimeout=5\t]\n");
}

TEST_CASE("serve: an address that is not loopback's is refused with 2") {
    const Folder folder;
    for (const char* address : {"0.0.0.0:0", ":0", "192.0.2.1:8474", "nonsense", "evil:80"}) {
        INFO(address);
        const Outcome refused = run(folder, {"serve", "--listen", address});
        CHECK(refused.code == 2);
        CHECK(refused.out.empty());
        CHECK(refused.err.starts_with("error: "));
    }
}

TEST_CASE("serve: a file of proxies that is wrong is refused, and says why") {
    const Folder folder;
    folder.write("empty.json", "");
    folder.write("object.json", "{}");
    folder.write("nameless.json", R"([{"upstream":"127.0.0.1:9"}])");
    for (const auto& [file, says] : {std::pair{"empty.json", "EOF"},
                                     {"object.json", "expected an array"},
                                     {"nameless.json", "missing required field: name at proxy 1"},
                                     {"missing.json", "missing.json"}}) {
        INFO(file);
        const Outcome refused = run(folder, {"serve", "--listen", "127.0.0.1:0", "--config", file});
        INFO(refused.err);
        CHECK(refused.code == 2);
        CHECK(refused.out.empty());
        CHECK(refused.err.find(says) != std::string::npos);
        CHECK(refused.err.find(file) != std::string::npos);
    }
}
