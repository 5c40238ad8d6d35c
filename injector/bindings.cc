#include "injector/bindings.h"

#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "scenarios/text/files.h"
#include "scenarios/text/path.h"

namespace shaketable::injector {

using proxy::Address;

namespace {

constexpr std::string_view schema_known = "shaketable-bindings/v1";

std::optional<Problem> find_problem_of_addresses(const char* field,
                                                 const std::vector<std::string>& addresses) {
    if (addresses.empty())
        return problem_of(field, "E023", "expected at least one address, found an empty list");
    for (const std::string& text : addresses) {
        const Result<Address> address = Address::parse(text);
        if (!address) return problem_of(field, address.error().code, address.error().message);
        if (!address->is_unix() && address->port() == 0)
            return problem_of(field, "E023", "expected a port, found \"" + text + "\"");
    }
    return std::nullopt;
}

struct Block {
    in_addr base;
    int bits = 0;
};

std::optional<Block> parse_block(const std::string& text) {
    const std::size_t slash = text.find('/');
    Block block{.base = {}, .bits = 32};
    if (inet_pton(AF_INET, text.substr(0, slash).c_str(), &block.base) != 1) return std::nullopt;
    if (slash == std::string::npos) return block;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, block.bits);
    if (error != std::errc{} || stop != end || block.bits < 8 || block.bits > 32)
        return std::nullopt;
    return block;
}

}  // namespace

std::optional<Problem> BoundService::find_problem() const {
    if (auto problem = find_problem_of_addresses("addresses", addresses)) return problem;
    if (!start.empty() && start.front().empty())
        return problem_of("start", "E023", "expected a command, found an empty text");
    if (!start.empty() && !pid_file.empty())
        return problem_of("pid_file", "E014", "`start` and `pid_file` exclude each other",
                          "what we start we know the process of");
    if (!health.empty() && health.front() != '/')
        return problem_of("health", "E023",
                          "expected a path like /healthz, found \"" + health + "\"");
    return std::nullopt;
}

std::optional<Problem> BoundEdge::find_problem() const {
    return find_problem_of_addresses("listen", listen);
}

std::optional<Problem> Bindings::find_problem() const {
    for (const std::string& block : allow)
        if (!parse_block(block))
            return problem_of(
                "allow", "E023",
                "expected a block of at least 8 bits like 10.1.0.0/16, found \"" + block + "\"");
    return std::nullopt;
}

bool decode(const scenarios::text::Node& node, Named<BoundEdge>& into,
            scenarios::text::Reading& in) {
    return scenarios::text::decode_named(node, into, in, "_-. >");
}

bool is_allowed(const Address& address, const std::vector<std::string>& allow) {
    if (address.is_loopback()) return true;
    if (address.family() != AF_INET) return false;
    const auto* host = reinterpret_cast<const sockaddr_in*>(address.data());
    for (const std::string& text : allow) {
        const std::optional<Block> block = parse_block(text);
        const std::uint32_t mask = block ? ~std::uint32_t{0} << (32 - block->bits) : 0;
        if (block && ((ntohl(host->sin_addr.s_addr) ^ ntohl(block->base.s_addr)) & mask) == 0)
            return true;
    }
    return false;
}

Result<BindingsFile, scenarios::Failure> read_bindings(const std::string& path) {
    namespace text = scenarios::text;
    BindingsFile file;
    Problems problems;
    const Result<std::string> bytes = text::load(path);
    if (!bytes) return Unexpected{scenarios::Failure{{bytes.error()}, {}}};
    file.sources.files.push_back(scenarios::make_source(path, *bytes));
    const text::NodePtr root = text::parse(file.sources, 0, problems, 0);
    if (root != nullptr) {
        text::Reading in{file.sources, problems};
        const bool is_good = text::decode_word(*root, file.bindings, in);
        if (is_good && file.bindings.schema != schema_known)
            in.report("E005", "unknown schema " + text::quote(file.bindings.schema),
                      root->find("schema")->value->place,
                      "bindings start with `schema: " + std::string{schema_known} + "`");
        file.where =
            scenarios::Locations{root, std::make_shared<const scenarios::Sources>(file.sources)};
    }
    if (!problems.empty())
        return Unexpected{scenarios::Failure{std::move(problems), std::move(file.sources)}};
    return file;
}

}  // namespace shaketable::injector
