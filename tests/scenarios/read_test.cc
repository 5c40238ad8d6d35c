#include "scenarios/read.h"

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include "scenarios/diagnostics.h"
#include "tests/source_path.h"

using namespace shaketable;
using namespace shaketable::scenarios;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string library = test::source_path("scenarios/library/");

Document must_read(const std::string& text, const ReadOptions& options = {}) {
    auto read = read_text("test.yaml", "schema: shaketable/v1\n" + text, options);
    if (!read) FAIL(render(read.error().problems, read.error().sources));
    return *std::move(read);
}

std::string codes_of(const std::string& text, const ReadOptions& options = {}) {
    const auto read = read_text("test.yaml", "schema: shaketable/v1\n" + text, options);
    if (read) return "";
    std::string codes;
    for (const Problem& problem : read.error().problems)
        codes += (codes.empty() ? "" : " ") + problem.code;
    return codes;
}

}  // namespace

TEST_CASE("read: the retry storm has three variants, each with what it sets") {
    const auto read = read_file(library + "retry-storm.yaml");
    REQUIRE(read);
    REQUIRE(read->scenarios.size() == 3);
    CHECK(read->name == "retry-storm");
    const Scenario& naive = read->scenarios[0];
    CHECK(naive.variant == "naive");
    CHECK(naive.run.duration == seconds{240});
    CHECK(naive.run.seed == 42);
    CHECK(naive.services.find("ledger")->queue.limit == Count{1000});
    CHECK(naive.services.find("web")->threading == Threading::async);
    CHECK(naive.policies.find("rpc")->retry->retries == 3u);
    CHECK(naive.policies.find("rpc")->timeout->attempt == Duration{seconds{1}});
    CHECK(naive.workload.find("shoppers")->arrivals->rate == Rate{100});
    const auto& create = naive.services.find("orders")->endpoints.find("create")->steps;
    REQUIRE(create.size() == 2);
    const auto& branches = std::get<Parallel>(create[1].what).parallel;
    REQUIRE(branches.size() == 2);
    CHECK(std::get<Call>(branches[1].at(0).what).call == "payments.charge");
    REQUIRE(naive.expect.size() == 6);
    CHECK(naive.expect[5].id == "no-runaway-queue");
    CHECK(naive.expect[5].severity == FindingSeverity::warn);
    CHECK(naive.expect[5].that.aggregate == Aggregate::max);
    CHECK(std::get<faults::Slow>(naive.faults.at(0).what).factor == 8);
    CHECK_FALSE(naive.policies.find("rpc")->breaker);
    CHECK(read->scenarios[1].policies.find("rpc")->retry->backoff->jitter ==
          policies::Jitter::full);
    CHECK(read->scenarios[2].policies.find("rpc")->breaker);
    CHECK(read->scenarios[2].policies.find("rpc")->deadline);
}

TEST_CASE("read: places are found by the paths of the file") {
    const auto read = read_file(library + "retry-storm.yaml");
    REQUIRE(read);
    const Locations& where = read->where.at(0);
    Lines lines{read->sources};
    const auto text_at = [&](const Location& location) {
        const auto line = lines.find(location.file, location.line);
        REQUIRE(line);
        return std::string{line->substr(static_cast<std::size_t>(location.column - 1),
                                        static_cast<std::size_t>(location.length))};
    };
    CHECK(text_at(where.at("services.web.endpoints.checkout.steps[1].call")) == "orders.create");
    CHECK(text_at(where.at("services.orders.endpoints.create.steps[1].parallel[1][0].policy")) ==
          "rpc");
    CHECK(text_at(where.at("faults[0].target")) == "ledger");
    CHECK(text_at(where.at("faults.ledger-brownout.factor")) == "8");
    CHECK(text_at(where.at("policies.rpc.timeout.attempt")) == "1s");
    CHECK(text_at(where.key("services.ledger")) == "ledger");
    CHECK(text_at(where.within("expect[0]", 0, 3)) == "p99");
    CHECK(text_at(where.at("expect[5].that")) == "max(queue(ledger)) < 250");
    CHECK(where.has("services.ledger.queue"));
    CHECK_FALSE(where.has("services.ledger.balance"));
    CHECK(read->where.at(2).at("policies.rpc.breaker.open_at").line > 100);
}

TEST_CASE("read: a file without variants is one scenario without a variant's name") {
    const Document document = must_read("name: one\n");
    REQUIRE(document.scenarios.size() == 1);
    CHECK(document.scenarios[0].variant.empty());
}

TEST_CASE("read: a file without a name is called after itself") {
    const auto read = read_text("some/My File.yaml", "schema: shaketable/v1\n");
    REQUIRE(read);
    CHECK(read->name == "my-file");
}

TEST_CASE("read: JSON with tabs is read as well") {
    const auto read =
        read_text("a.json", "{\n\t\"schema\": \"shaketable/v1\",\n\t\"run\": {\"seed\": 7}\n}\n");
    REQUIRE(read);
    CHECK(read->scenarios[0].run.seed == 7);
}

TEST_CASE("read: a byte order mark and CRLF change nothing, columns included") {
    const auto read =
        read_text("a.yaml", "\xEF\xBB\xBFschema: shaketable/v1\r\nrun: {seed: 7}\r\nx: 1\r\n");
    REQUIRE_FALSE(read);
    REQUIRE(read.error().problems.size() == 1);
    CHECK(read.error().problems[0].where ==
          Location{.file = "a.yaml", .line = 3, .column = 1, .length = 1});
    const auto first = read_text("a.yaml", "\xEF\xBB\xBFschema: v9\n");
    REQUIRE_FALSE(first);
    CHECK(first.error().problems[0].where.column == 9);
}

TEST_CASE("read: -p replaces a default, and a variant's own parameter stands above it") {
    const std::string text =
        "params: {n: {default: 1, max: 9}}\nrun: {repeats: \"${n}\"}\nvariants: {a: {}, b: "
        "{params: {n: 3}}}\n";
    Document document = must_read(text, {.params = {{"n", "2"}}, .sets = {}});
    CHECK(document.scenarios[0].run.repeats == 2);
    CHECK(document.scenarios[1].run.repeats == 3);
    CHECK(codes_of(text, {.params = {{"n", "10"}}, .sets = {}}) == "E041");
    CHECK(codes_of(text, {.params = {{"m", "1"}}, .sets = {}}) == "E040");
}

TEST_CASE("read: --set is the last word in every variant") {
    const std::string text = "run: {seed: 1}\nvariants: {a: {}, b: {set: {run.seed: 3}}}\n";
    const Document document =
        must_read(text, {.params = {}, .sets = {{"run.seed", "5"}, {"run.duration", "2m"}}});
    for (const Scenario& scenario : document.scenarios) {
        CHECK(scenario.run.seed == 5);
        CHECK(scenario.run.duration == seconds{120});
    }
}

TEST_CASE("read: a mistake on the command line is shown there") {
    const auto read = read_text("a.yaml", "schema: shaketable/v1\n",
                                {.params = {}, .sets = {{"run.duration", "5"}}});
    REQUIRE_FALSE(read);
    CHECK(render(read.error().problems, read.error().sources)
              .find("1 | run.duration=5\n  |              ^") != std::string::npos);
}

TEST_CASE("read: variants append faults and expectations, and drop those with an id") {
    const Document document = must_read(
        "expect:\n  - {id: fresh, that: success(a) > 1%}\n  - errors(a) < 5%\n"
        "faults: [{id: f, at: 1s, fault: pause, target: a}]\n"
        "variants:\n  v:\n    drop_expect: [fresh]\n    expect: [rate(a) > 3/s]\n"
        "    faults: [{id: g, at: 2s, fault: crash, target: a}]\n");
    const Scenario& v = document.scenarios.at(0);
    REQUIRE(v.expect.size() == 2);
    CHECK(v.expect[0].that.metric == Metric::errors);
    CHECK(v.expect[1].that.metric == Metric::rate);
    REQUIRE(v.faults.size() == 2);
    CHECK(v.faults[1].id == "g");
}

TEST_CASE(
    "read: set reaches items by index and by id, makes missing keys, and replaces whole maps") {
    const Document document = must_read(
        "services: {a: {endpoints: {e: {steps: [{work: 1ms}, {work: 2ms}]}}}}\n"
        "faults: [{id: f, at: 1s, fault: slow, factor: 2, target: a}]\n"
        "variants:\n  v:\n    set:\n      services.a.endpoints.e.steps[1].work: 9ms\n"
        "      faults.f.factor: 4\n      network.default: {latency: 3ms}\n"
        "      services.b: {workers: 3}\n");
    const Scenario& v = document.scenarios.at(0);
    CHECK(std::get<Work>(v.services.find("a")->endpoints.find("e")->steps[1].what).work ==
          Distribution{milliseconds{9}});
    CHECK(std::get<faults::Slow>(v.faults[0].what).factor == 4);
    CHECK(v.network.standard.latency == Distribution{milliseconds{3}});
    CHECK(v.services.find("b")->workers == Count{3});
}

TEST_CASE("read: parameters go into any scalar, and $${ stays as it is") {
    const Document document = must_read(
        "params: {load: 100/s, who: a}\ndescription: load ${load}, $${load}\n"
        "workload: {w: {call: \"${who}.e\", arrivals: \"mmpp(${load} 900/s dwell=2s)\"}}\n");
    CHECK(document.scenarios[0].description == "load 100/s, ${load}");
    CHECK(document.scenarios[0].workload.find("w")->call == "a.e");
    CHECK(document.scenarios[0].workload.find("w")->arrivals->rate == Rate{100});
}

TEST_CASE("read: merge keys fill in what is not given") {
    const Document document = must_read(
        "x-small: &small {workers: 3, queue: 5}\n"
        "services:\n  a:\n    <<: *small\n    queue: 7\n  b: {<<: [*small, {kind: cache}]}\n");
    CHECK(document.scenarios[0].services.find("a")->workers == Count{3});
    CHECK(document.scenarios[0].services.find("a")->queue.limit == Count{7});
    CHECK(document.scenarios[0].services.find("b")->kind == ServiceKind::cache);
    CHECK(document.scenarios[0].services.find("b")->queue.limit == Count{5});
}

TEST_CASE("read: includes stand below the file; maps merge, lists replace") {
    const std::string folder = test::source_path("tests/scenarios/include/");
    const auto read = read_file(folder + "main.yaml");
    if (!read) FAIL(render(read.error().problems, read.error().sources));
    const Scenario& scenario = read->scenarios.at(0);
    CHECK(scenario.run.seed == 3);                    // main over both
    CHECK(scenario.run.repeats == 5);                 // second over first
    CHECK(scenario.run.warmup.length == seconds{9});  // first
    CHECK(scenario.services.find("a")->workers == Count{4});
    CHECK(scenario.services.find("a")->queue.limit == Count{7});
    REQUIRE(scenario.expect.size() == 1);
    CHECK(scenario.expect[0].that.metric == Metric::success);
    CHECK(std::get<Work>(scenario.services.find("a")->endpoints.find("e")->steps[0].what)
              .work.samples.size() == 3);
}

TEST_CASE("read: a text from a stranger may name no files") {
    const auto codes = [](const std::string& text) {
        return codes_of(text, {.params = {}, .sets = {}, .may_read_files = false});
    };
    CHECK(codes("include: [a.yaml]\n") == "E042");
    CHECK(codes("workload: {w: {call: a.e, arrivals: trace(a.csv)}}\n") == "E001");
    CHECK(codes("run: {seed: 3}\n").empty());
}

TEST_CASE("read: a file that is not there names the nearest one that is") {
    const auto read = read_file(library + "retry-strom.yaml");
    REQUIRE_FALSE(read);
    REQUIRE(read.error().problems.size() == 1);
    CHECK(read.error().problems[0].code == "E001");
    CHECK(read.error().problems[0].hint.find("retry-storm.yaml") != std::string::npos);
    const auto directory = read_file(library);
    REQUIRE_FALSE(directory);
    CHECK(directory.error().problems[0].code == "E001");
}

TEST_CASE("read: all problems of a file come in one go, in file order") {
    CHECK(codes_of("run: {duration: 240, sede: 1}\nservices:\n  a: {wrokers: 3, threading: "
                   "both}\nexpect: [p98(a) < 1s]\n") == "E020 E010 E010 E013 E120");
}

TEST_CASE("read: a problem that only some variants have names them") {
    const auto read = read_text("a.yaml",
                                "schema: shaketable/v1\nrun: {seed: 1}\nvariants:\n  a: {set: "
                                "{run.repeats: 0}}\n  b: {}\n");
    REQUIRE_FALSE(read);
    REQUIRE(read.error().problems.size() == 1);
    CHECK(read.error().problems[0].notes == std::vector<std::string>{"in the variant a"});
}

TEST_CASE("read: what belongs to live runs and to the user is left alone") {
    CHECK(codes_of("inject: {driver: proxy, bind: {api: {url: x}}}\nx-team: [1, 2]\nservices: {a: "
                   "{x-owner: me}}\n")
              .empty());
}

TEST_CASE("read: text in other forms means the same") {
    CHECK(must_read("services: {a: {replicas: {eu-1a: 2, eu-1b: 1}}}\n")
              .scenarios[0]
              .services.find("a")
              ->replicas.total() == 3);
    const Document document = must_read(
        "network: {model: delay, default: 1ms, between zones: {latency: 2ms, loss: 1%}, a <-> b: "
        "3ms}\n"
        "services: {a: {endpoints: {e: {steps: [reply, {reply: }, {any: [{work: 1ms}, [{work: "
        "2ms}, {work: 3ms}]]}]}}}}\n");
    const Scenario& scenario = document.scenarios[0];
    CHECK(scenario.network.standard.latency == Distribution{milliseconds{1}});
    CHECK(scenario.network.between_zones->loss == Share{0.01});
    CHECK(scenario.network.links.find("a <-> b") != nullptr);
    const Steps& steps = scenario.services.find("a")->endpoints.find("e")->steps;
    CHECK(std::get<Reply>(steps[0].what) == std::get<Reply>(steps[1].what));
    CHECK(std::get<Any>(steps[2].what).any.at(1).size() == 2);
}
