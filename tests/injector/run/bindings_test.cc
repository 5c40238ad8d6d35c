// The bindings file: what it says, and what it gets told.
#include "injector/bindings.h"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "scenarios/diagnostics.h"

namespace shaketable::injector {
namespace {

Result<BindingsFile, scenarios::Failure> read(const std::string& text) {
    const auto path = std::filesystem::temp_directory_path() / "shaketable-bindings-test.yaml";
    std::ofstream{path} << text;
    auto file = read_bindings(path.string());
    std::filesystem::remove(path);
    return file;
}

TEST_CASE("bindings: services, edges and what is allowed") {
    const auto file = read(R"(
schema: shaketable-bindings/v1
services:
  db: {addresses: [127.0.0.1:5432], flavour: tcp, pid_file: /run/db.pid}
  web: {addresses: ["[::1]:80"], start: [./web, --port, "{port}"], health: /healthz}
edges:
  web -> db: ["127.0.0.1:15432"]
allow: [10.0.0.0/8]
)");
    REQUIRE(file.has_value());
    CHECK(file->bindings.services.find("db")->flavour == proxy::Flavour::tcp);
    CHECK(file->bindings.services.find("web")->start.size() == 3);
    CHECK(file->bindings.edges.find("web -> db")->listen.front() == "127.0.0.1:15432");
}

TEST_CASE("bindings: what is wrong is said with its place") {
    const auto file = read(R"(schema: shaketable-bindings/v1
services:
  db: {adresses: [127.0.0.1:5432]}
  web: {addresses: [localhost]}
allow: [10.0.0.0/4]
)");
    REQUIRE_FALSE(file.has_value());
    const std::string text = scenarios::render(file.error().problems, file.error().sources);
    CHECK(text.find("did you mean \"addresses\"?") != std::string::npos);
    CHECK(text.find(":3:") != std::string::npos);
    CHECK(text.find(":4:") != std::string::npos);
}

TEST_CASE("bindings: another schema is refused") {
    const auto file = read("schema: shaketable/v1\nservices: {}\n");
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().problems.front().code == "E005");
}

TEST_CASE("bindings: loopback is allowed, everything else by its block alone") {
    const auto allowed = [](const char* address, std::vector<std::string> blocks) {
        return is_allowed(*proxy::Address::parse(address), blocks);
    };
    CHECK(allowed("127.0.0.1:1", {}));
    CHECK(allowed("127.1.2.3:1", {}));
    CHECK(allowed("[::1]:1", {}));
    CHECK(allowed("unix:/tmp/x", {}));
    CHECK_FALSE(allowed("10.0.0.1:1", {}));
    CHECK(allowed("10.0.0.1:1", {"10.0.0.0/8"}));
    CHECK_FALSE(allowed("11.0.0.1:1", {"10.0.0.0/8"}));
    CHECK(allowed("192.168.7.9:1", {"192.168.7.9"}));
    CHECK_FALSE(allowed("192.168.7.8:1", {"192.168.7.9/32"}));
    CHECK_FALSE(allowed("0.0.0.0:1", {"10.0.0.0/8"}));
}

}  // namespace
}  // namespace shaketable::injector
