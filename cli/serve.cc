// `serve`: proxies and their faults, driven over HTTP by Toxiproxy's clients or in our own words.
#include "injector/control/serve.h"

#include <iostream>
#include <limits>
#include <memory>

#include "cli/commands.h"
#include "cli/reading.h"
#include "injector/confine.h"
#include "scenarios/text/files.h"

namespace shaketable::cli {

namespace {

struct ServeArguments {
    std::string listen = "127.0.0.1:8474";
    std::string config;
    std::uint64_t seed = 1;
};

void say(const Problem& problem) {
    std::cerr << "error: " << problem.message << "\n";
    if (!problem.hint.empty()) std::cerr << problem.hint << "\n";
}

void serve(const ServeArguments& arguments, Options& options) {
    options.exit_code = invalid;
    injector::control::ServeSettings settings{.seed = arguments.seed};
    const Result<injector::proxy::Address> listen =
        injector::proxy::Address::parse(arguments.listen);
    if (!listen) return say(listen.error());
    settings.listen = *listen;
    if (!arguments.config.empty()) {
        Result<std::string> text = scenarios::text::load(arguments.config);
        if (!text)
            return say({.message = arguments.config + ": " + text.error().message,
                        .hint = text.error().hint});
        // An empty file is no list of proxies, and is told so.
        settings.populate = text->empty() ? " " : *std::move(text);
    }
    const auto ready = [&](const injector::proxy::Address& address) {
        if (!options.quiet) std::cout << "listening on " << address.print() << std::endl;
    };
    options.exit_code = success;
    (void)injector::forbid_programs();
    (void)injector::keep_rights({injector::Right::low_ports, injector::Right::any_folder});
    std::optional<Problem> problem = injector::control::serve(settings, ready);
    if (!problem) return;
    options.exit_code = problem->code == "E001" ? could_not_run : invalid;
    if (problem->code == "E004") problem->message = arguments.config + ": " + problem->message;
    if (problem->code == "E001")
        problem->hint = "say another address with --listen: 127.0.0.1:0 is one that is free";
    say(*problem);
}

}  // namespace

void add_serve(CLI::App& app, Options& options) {
    auto* command =
        app.add_subcommand("serve", "proxies with faults, driven over HTTP while they run");
    auto arguments = std::make_shared<ServeArguments>();
    command
        ->add_option("--listen", arguments->listen,
                     "where the control API listens: loopback, or unix:PATH")
        ->type_name("ADDRESS");
    command->add_option("--config", arguments->config, "JSON of proxies, as /populate takes it")
        ->type_name("FILE");
    command->add_option("--seed", arguments->seed, "of all dice; default 1")
        ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()));
    options.add_quiet(*command);
    command->footer(
        "Speaks the API of Toxiproxy 2.12, and its own below /v1; see docs/control.md.\n\n"
        "Example:\n  shaketable serve --listen 127.0.0.1:8474 --config proxies.json");
    command->callback([arguments, &options] { serve(*arguments, options); });
}

}  // namespace shaketable::cli
