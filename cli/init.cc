// `init`: a small scenario to begin with.
#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/commands.h"

namespace shaketable::cli {

namespace {

constexpr const char* starter = R"(schema: shaketable/v1
name: my-system
description: |
  A web service in front of a database that slows down for 20 s.

run: {duration: 2m, warmup: 20s, seed: 1, repeats: 5}

services:
  web:
    replicas: 2
    workers: 32              # requests in service at once, per replica
    queue: 64                # waiting room, per replica; full means refused
    endpoints:
      get:
        http: GET /
        steps:
          - work: 2ms
          - call: db.query
            policy: careful

  db:
    kind: database
    workers: 8
    endpoints:
      query:
        steps:
          - work: lognormal(p50=10ms p99=40ms)

policies:
  careful:
    timeout: 500ms
    retry: {retries: 1, when: [timeout, 5xx], budget: 10%}

workload:
  visitors:
    call: web.get
    arrivals: poisson(200/s)

faults:
  - id: slow-db
    at: 60s
    for: 20s
    fault: slow
    target: db
    factor: 3

expect:
  - p99(web.get) < 100ms during baseline
  - success(web.get) >= 99.9% during baseline
  - time_to_recover(web.get) < 30s after slow-db
)";

}  // namespace

void add_init(CLI::App& app, Options& options) {
    auto* command = app.add_subcommand("init", "write a small scenario to begin with");
    auto path = std::make_shared<std::string>("scenario.yaml");
    command->add_option("file", *path, "where to; default scenario.yaml")->type_name("FILE");
    options.add_quiet(*command);
    command->footer("Example:\n  shaketable init hello.yaml");
    command->callback([path, &options] {
        std::error_code error;
        if (path->empty() ||
            std::filesystem::exists(std::filesystem::symlink_status(*path, error))) {
            std::cerr << "error: "
                      << (path->empty() ? "the name is empty" : *path + " exists already")
                      << "; name another file\n";
            options.exit_code = invalid;
            return;
        }
        if (!write_file(*path, starter)) {
            options.exit_code = could_not_run;
            return;
        }
        if (!options.quiet)
            std::cout << "wrote " << *path << "\nnext: shaketable simulate " << *path << "\n";
    });
}

}  // namespace shaketable::cli
