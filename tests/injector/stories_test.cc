#include "injector/stories.h"

#include "tests/injector/live.h"

namespace shaketable::injector {
namespace {

using std::chrono::milliseconds;

constexpr const char* stories_text = R"(schema: shaketable/v1
name: stories
services:
  web: {replicas: 2, endpoints: {get: {steps: [{call: db.get}]}}}
  db: {endpoints: {get: {steps: [{wait: 1ms}]}}}
workload: {users: {call: web.get, arrivals: constant(50/s)}}
)";

std::uint32_t state_of(const model::Model& model, const std::string& caller,
                       const std::string& service) {
    for (std::uint32_t s = 0; s < model.edge_states.size(); ++s) {
        const reports::FlowKey& key = model.flows[model.edge_states[s].flow];
        if (key.caller == caller && key.service == service) return s;
    }
    FAIL("nobody calls so");
    return 0;
}

std::uint32_t first_replica(const model::Model& model, const std::string& name) {
    for (const model::ServicePlan& service : model.services)
        if (service.name == name) return service.first_replica;
    FAIL("there is no such service");
    return 0;
}

Time at_ms(int ms) {
    return Time{milliseconds{ms}};
}

/// A load generator and one replica of web, each with a memory of its own.
struct World {
    model::Model model = model::compile(live::scenario_of(stories_text));
    Stories load, web;
    std::uint32_t users_web = state_of(model, "users", "web");
    std::uint32_t web_db = state_of(model, "web", "db");

    explicit World(std::size_t kept = Stories::kept_max) : load{true, kept}, web{true, kept} {}
    /// Request number `n`, which began at `start` and took so long; its call to db was tried
    /// `tries` times.
    void play(std::uint64_t n, int start, int took, Outcome outcome = Outcome::ok,
              std::uint32_t tries = 1) {
        const std::uint64_t trace = 1000 + n, span = 10 * trace;
        load.request_began(trace);
        for (std::uint32_t i = 1; i <= tries; ++i)
            web.ended({.trace = trace,
                       .id = span + i,
                       .parent = span,
                       .edge_state = web_db,
                       .replica = first_replica(model, "db"),
                       .attempt = i,
                       .sent = at_ms(start + static_cast<int>(i)),
                       .ended = at_ms(start + static_cast<int>(i) + 1),
                       .outcome = i < tries ? Outcome::error : outcome});
        web.stayed({.trace = trace, .id = span, .arrived = at_ms(start), .started = at_ms(start)});
        load.ended({.trace = trace,
                    .id = span,
                    .parent = 1,
                    .edge_state = users_web,
                    .replica = first_replica(model, "web") + 1,
                    .sent = at_ms(start),
                    .ended = at_ms(start + took),
                    .outcome = outcome});
        load.request_ended({.trace = trace,
                            .edge_state = users_web,
                            .sent = at_ms(start),
                            .ended = at_ms(start + took),
                            .outcome = outcome});
    }
    std::vector<reports::Trace> tell(std::uint32_t keep) const {
        StoryBook book{keep};
        book.on_answer(*load.answer(book.order_to_choose()));
        REQUIRE(book.has_chosen());
        for (const Stories* one : {&load, &web}) book.on_answer(*one->answer(book.order_to_tell()));
        REQUIRE(book.told() == 2);
        return book.take(model);
    }
};

TEST_CASE("stories: a request is told with every try, under whoever made the call") {
    World world;
    world.play(0, 100, 20, Outcome::ok, 2);
    const auto traces = world.tell(4);
    REQUIRE(traces.size() == 1);
    CHECK(traces[0].workload == "users");
    CHECK(traces[0].ordinal == 0);
    REQUIRE(traces[0].visits.size() == 4);
    const auto& visits = traces[0].visits;
    CHECK(visits[0].ended - visits[0].sent == milliseconds{20});
    CHECK(visits[0].arrived == never);
    CHECK(visits[1].service == "web");
    CHECK(visits[1].replica == 1);
    CHECK(visits[1].parent == 0);
    CHECK(visits[1].arrived == at_ms(100));
    CHECK(visits[2].service == "db");
    CHECK(visits[2].parent == 1);
    CHECK(visits[2].outcome == Outcome::error);
    CHECK(visits[2].arrived == never);  // no stay of db was noted
    CHECK(visits[3].attempt == 2);
}

TEST_CASE("stories: the slowest, failed, most retried and some others are told, each once") {
    World world;
    for (int n = 0; n < 100; ++n)
        world.play(static_cast<std::uint64_t>(n), 10 * n, n == 40 ? 900 : 5,
                   n == 50 ? Outcome::error : Outcome::ok, n == 60 ? 3 : 1);
    const auto traces = world.tell(100);  // all of them, so the retried one is among them
    REQUIRE(traces.size() == 100);
    CHECK(traces[0].ordinal == 40);
    CHECK(traces[0].why == "slowest");
    const auto why_of = [&](std::uint64_t ordinal) {
        std::string why;
        for (const auto& trace : traces)
            if (trace.ordinal == ordinal) why += trace.why;
        return why;
    };
    CHECK((why_of(50) == "failed" || why_of(50) == "slowest"));
    CHECK((why_of(60) == "most-retried" || why_of(60) == "slowest"));
    CHECK(world.tell(4).size() == 4);
}

TEST_CASE("stories: a request of which something may be forgotten is not told") {
    World world{8};
    for (int n = 0; n < 20; ++n) world.play(static_cast<std::uint64_t>(n), 10 * n, 5);
    const auto traces = world.tell(100);
    REQUIRE_FALSE(traces.empty());
    for (const auto& trace : traces) {
        CHECK(trace.ordinal >= 12);
        CHECK(trace.visits.front().sent == at_ms(10 * static_cast<int>(trace.ordinal)));
        CHECK(trace.visits.size() == 3);
    }
}

TEST_CASE("stories: who is to remember nothing tells nothing, and no order makes it fail") {
    Stories none{false};
    none.request_began(1);
    none.request_ended({.trace = 1});
    StoryBook book{10};
    book.on_answer(*none.answer(book.order_to_choose()));
    CHECK(book.take(World{}.model).empty());
    CHECK_FALSE(none.answer(""));
    CHECK_FALSE(none.answer("nonsense"));
    const std::string order = book.order_to_tell();
    CHECK_FALSE(none.answer(order + "x"));
}

TEST_CASE("stories: an answer that is cut off is one without stories") {
    World world;
    world.play(0, 100, 20);
    StoryBook whole{4};
    const std::string chosen = *world.load.answer(whole.order_to_choose());
    whole.on_answer(chosen);
    const std::string told = *world.web.answer(whole.order_to_tell());
    for (std::size_t size = 1; size < told.size(); ++size) {
        StoryBook book{4};
        book.on_answer(chosen);
        book.on_answer(std::string_view{told}.substr(0, size));
        CHECK(book.told() == 1);
        CHECK(book.take(world.model).front().visits.size() == 1);
    }
}

}  // namespace
}  // namespace shaketable::injector
