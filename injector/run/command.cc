#include "injector/run/command.h"

#include <cstdlib>
#include <utility>

#include <signal.h>
#include <unistd.h>

namespace shaketable::injector {

std::vector<std::string> command_of(const Plan& plan, std::uint32_t replica) {
    const std::string port = std::to_string(plan.address_of(replica).port());
    const std::string number = std::to_string(plan.model.replicas[replica].number);
    std::vector<std::string> words = plan.binding_of(replica)->start;
    for (std::string& word : words)
        for (const auto& [name, value] :
             {std::pair{std::string{"{port}"}, port}, {std::string{"{replica}"}, number}})
            for (std::size_t at; (at = word.find(name)) != std::string::npos;)
                word.replace(at, name.size(), value);
    return words;
}

int become(std::vector<std::string> command, std::string mark) {
    std::vector<char*> arguments;
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    (void)::dup2(STDERR_FILENO, STDOUT_FILENO);  // our own output is for our results
    // What is ignored stays so in the program that follows.
    for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGTSTP, SIGXFSZ})
        ::signal(signal, SIG_DFL);
    (void)::putenv(mark.data());
    ::execvp(arguments[0], arguments.data());
    constexpr int not_found = 127;
    return not_found;
}

}  // namespace shaketable::injector
