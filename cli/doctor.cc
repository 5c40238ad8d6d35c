// `doctor`: says what of a live run works on this machine.
#include <fstream>
#include <iostream>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/commands.h"
#include "injector/cgroup.h"
#include "injector/confine.h"
#include "injector/http/socket.h"
#include "injector/journal.h"
#include "injector/proxy/socket.h"

namespace shaketable::cli {

namespace {

struct Finding {
    bool works;
    std::string what;
    std::string note;
};

Finding look_at_descriptors() {
    constexpr rlim_t wanted = 20'000;
    rlimit limit{};
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
    return {limit.rlim_max >= wanted, "descriptors per process",
            std::to_string(limit.rlim_max) + " allowed; 9,500 connections take 20,000"};
}

Finding look_at_listening(const std::string& address) {
    const auto parsed = injector::proxy::Address::parse(address);
    const Result<int> descriptor = injector::proxy::listen_at(*parsed);
    if (!descriptor) return {false, "listen on " + address, descriptor.error().message};
    ::close(*descriptor);
    return {true, "listen on " + address, ""};
}

Finding look_at_journal() {
    const Result<std::string> folder = injector::Journal::folder();
    if (!folder) return {false, "journal", folder.error().message};
    return {true, "journal", *folder};
}

/// As a process would be that `inject` starts.
Finding look_at_quotas() {
    const std::string what = "slow down real services";
    const Result<injector::Cgroups> groups = injector::Cgroups::find();
    if (!groups) return {false, what, groups.error().message};
    const auto deed = groups->plan(::getpid(), "shaketable");
    if (!deed) return {false, what, deed.error().message + "; " + deed.error().hint};
    return {true, what, "by control groups of " + groups->print()};
}

/// In a process of its own: it cannot be undone.
Finding look_at_filters() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(injector::forbid_programs() ? 0 : 1);
    int status = 1;
    if (child > 0) ::waitpid(child, &status, 0);
    const bool works = status == 0;
    return {works, "confine what reads the network",
            works ? "by a filter of system calls (seccomp)"
                  : "no filters of system calls (seccomp) here; it goes on without"};
}

Finding look_at_clock() {
    std::ifstream file{"/sys/devices/system/clocksource/clocksource0/current_clocksource"};
    std::string source;
    file >> source;
    return {
        source.empty() || source == "tsc" || source == "kvm-clock" || source == "arch_sys_counter",
        "clock", source.empty() ? "unknown source" : source};
}

void examine(Options& options) {
    const Finding findings[] = {look_at_listening("127.0.0.1:0"),
                                look_at_listening("[::1]:0"),
                                look_at_journal(),
                                look_at_descriptors(),
                                look_at_quotas(),
                                look_at_filters(),
                                look_at_clock(),
                                {std::thread::hardware_concurrency() >= 2, "cores",
                                 std::to_string(std::thread::hardware_concurrency()) +
                                     "; the load, the proxies and your services share them"}};
    for (const Finding& finding : findings) {
        // Without IPv6 or with few descriptors a run still goes; without a journal it does not.
        if (!finding.works &&
            (finding.what == "journal" || finding.what == "listen on 127.0.0.1:0"))
            options.exit_code = could_not_run;
        if (options.quiet) continue;
        std::cout << (finding.works ? "  works    " : "  DOES NOT ") << finding.what
                  << (finding.note.empty() ? "" : ": " + finding.note) << "\n";
    }
}

}  // namespace

void add_doctor(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("doctor", "say what of a live run works on this machine");
    options.add_quiet(*command);
    command->footer("Example:\n  shaketable doctor");
    command->callback([&options] { examine(options); });
}

}  // namespace shaketable::cli
