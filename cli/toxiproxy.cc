// `toxiproxy`: the commands of toxiproxy-cli, for a server that speaks its API.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "injector/control/toxiproxy_client.h"

namespace shaketable::cli {

namespace {

using injector::control::ToxicOrder;
using injector::control::ToxiproxyClient;

struct ToxiproxyArguments {
    std::string url = "http://localhost:8474";
    std::string listen, upstream;
    std::vector<std::string> attributes;
    bool downstream = false;
    ToxicOrder order;
};

using Act = ToxiproxyClient::Said (*)(const ToxiproxyClient& client,
                                      const ToxiproxyArguments& arguments);

/// A command below `parent`: prints what was said, and 1 is the code of what went wrong.
CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what,
              const std::vector<std::string>& aliases,
              const std::shared_ptr<ToxiproxyArguments>& arguments, Options& options, Act act) {
    CLI::App* command = parent.add_subcommand(name, what);
    command->set_help_flag("--help", "print this help");
    for (const std::string& alias : aliases) command->alias(alias);
    command->callback([arguments, act, &options] {
        const auto said = act(ToxiproxyClient{arguments->url}, *arguments);
        if (said) {
            std::cout << *said;
            return;
        }
        std::cerr << said.error() << "\n";
        options.exit_code = expectation_failed;
    });
    return command;
}

void take_proxy(CLI::App& command, const std::shared_ptr<ToxiproxyArguments>& arguments) {
    command.add_option("proxy", arguments->order.proxy, "name of the proxy")
        ->required()
        ->type_name("PROXY");
}

void take_values(CLI::App& command, const std::shared_ptr<ToxiproxyArguments>& arguments) {
    command.add_option("--toxicity,--tox", arguments->order.toxicity,
                       "share of the connections, 0 to 1; 1 where it is not said");
    command
        .add_option("-a,--attribute", arguments->attributes, "one of the toxic's, as latency=100")
        ->allow_extra_args(false)
        ->type_name("NAME=NUMBER")
        ->check([](const std::string& text) {
            return injector::control::parse_attribute(text)
                       ? std::string{}
                       : "expected a name and a number like latency=100, found " + text;
        });
}

ToxicOrder order_of(const ToxiproxyArguments& arguments) {
    ToxicOrder order = arguments.order;
    for (const std::string& text : arguments.attributes)
        order.attributes.push_back(*injector::control::parse_attribute(text));
    return order;
}

void add_proxy_commands(CLI::App& app, const std::shared_ptr<ToxiproxyArguments>& arguments,
                        Options& options) {
    add(app, "list", "list all proxies", {"l", "li", "ls"}, arguments, options,
        [](const ToxiproxyClient& c, const ToxiproxyArguments&) { return c.list(); });
    take_proxy(*add(app, "inspect", "show the toxics of a proxy", {"i", "ins"}, arguments, options,
                    [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                        return c.inspect(a.order.proxy);
                    }),
               arguments);
    CLI::App* create = add(app, "create", "create a proxy", {"c", "new"}, arguments, options,
                           [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                               return c.create(a.order.proxy, a.listen, a.upstream);
                           });
    create->add_option("-l,--listen", arguments->listen, "where it listens")->required();
    create->add_option("-u,--upstream", arguments->upstream, "where it leads to")->required();
    take_proxy(*create, arguments);
    take_proxy(*add(app, "toggle", "enable or disable a proxy", {"tog"}, arguments, options,
                    [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                        return c.toggle(a.order.proxy);
                    }),
               arguments);
    take_proxy(*add(app, "delete", "delete a proxy", {"d"}, arguments, options,
                    [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                        return c.remove(a.order.proxy);
                    }),
               arguments);
}

void add_toxic_commands(CLI::App& app, const std::shared_ptr<ToxiproxyArguments>& arguments,
                        Options& options) {
    CLI::App* toxic = app.add_subcommand("toxic", "add, update or remove a toxic");
    toxic->set_help_flag("--help", "print this help");
    toxic->alias("t");
    toxic->require_subcommand(1);
    CLI::App* make = add(*toxic, "add", "add a toxic to a proxy", {"a"}, arguments, options,
                         [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                             return c.add_toxic(order_of(a));
                         });
    make->add_option("-t,--type", arguments->order.type, "latency, bandwidth, timeout ...")
        ->required();
    make->add_option("-n,--toxicName", arguments->order.name, "default: TYPE_STREAM");
    CLI::Option* up =
        make->add_flag("-u,--upstream", arguments->order.upstream, "hit what clients send");
    make->add_flag("-d,--downstream", arguments->downstream, "hit what they receive, the default")
        ->excludes(up);
    take_values(*make, arguments);
    take_proxy(*make, arguments);
    CLI::App* update = add(*toxic, "update", "change a toxic", {"u"}, arguments, options,
                           [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                               return c.update_toxic(order_of(a));
                           });
    update->add_option("-n,--toxicName", arguments->order.name, "which one")->required();
    take_values(*update, arguments);
    take_proxy(*update, arguments);
    CLI::App* remove = add(*toxic, "remove", "take a toxic away", {"r", "delete", "d"}, arguments,
                           options, [](const ToxiproxyClient& c, const ToxiproxyArguments& a) {
                               return c.remove_toxic(a.order.proxy, a.order.name);
                           });
    remove->add_option("-n,--toxicName", arguments->order.name, "which one")->required();
    take_proxy(*remove, arguments);
}

}  // namespace

void add_toxiproxy(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("toxiproxy", "the commands of toxiproxy-cli");
    auto arguments = std::make_shared<ToxiproxyArguments>();
    command->set_help_flag("--help", "print this help");
    command->require_subcommand(1);
    command
        ->add_option("-h,--host", arguments->url,
                     "server, or unix:PATH; default http://localhost:8474")
        ->envname("TOXIPROXY_URL")
        ->type_name("URL");
    add_proxy_commands(*command, arguments, options);
    add_toxic_commands(*command, arguments, options);
    command->footer(
        "Also by the name toxiproxy-cli, where the program is linked to it.\n\n"
        "Example:\n  shaketable toxiproxy toxic add -t latency -a latency=100 db");
}

}  // namespace shaketable::cli
