/// What an endpoint does with a request, step by step. Each step is a word whose first field is its
/// own key:
/// `{call: ledger.append, policy: rpc}`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/distribution.h"
#include "base/field.h"
#include "base/quantity.h"
#include "base/units.h"

namespace shaketable::scenarios {

struct Step;
/// Run in order.
using Steps = std::vector<Step>;

/// Uses a worker (and a core, where the service has `cores`) for a time.
struct Work {
    static constexpr std::string_view kind = "work";
    static constexpr std::string_view summary = "keeps a worker busy for a time";
    Distribution work;
    static constexpr auto fields() {
        return fields_of(
            field("work", &Work::work, "how long; faults of kind slow stretch it").must());
    }
    bool operator==(const Work&) const = default;
};

/// Lets time pass without work: a timer, a device. Faults of kind slow do not stretch it.
struct Wait {
    static constexpr std::string_view kind = "wait";
    static constexpr std::string_view summary = "lets time pass without using a core";
    Distribution wait;
    static constexpr auto fields() {
        return fields_of(field("wait", &Wait::wait, "how long").must());
    }
    bool operator==(const Wait&) const = default;
};

/// Calls an endpoint of another service. Fails the request when the call fails and no fallback
/// answers.
struct Call {
    static constexpr std::string_view kind = "call";
    static constexpr std::string_view summary = "calls an endpoint of another service";
    std::string call;       ///< "service.endpoint"
    std::string policy;     ///< a name under `policies`; "" = none
    Bytes size{0};          ///< of the request
    Bytes response{0};      ///< of the answer
    Share probability{1};   ///<
    bool async = false;     ///< fire and forget
    bool optional = false;  ///< its failure does not fail the request
    static constexpr auto fields() {
        return fields_of(
            field("call", &Call::call, "service.endpoint").must(),
            field("policy", &Call::policy, "a name under `policies`"),
            field("size", &Call::size, "size of the request on the wire"),
            field("response", &Call::response, "size of the answer on the wire"),
            field("probability", &Call::probability, "share of requests that make this call"),
            field("async", &Call::async, "go on at once and ignore the answer"),
            field("optional", &Call::optional, "go on as well when the call fails"));
    }
    bool operator==(const Call&) const = default;
};

/// Runs branches side by side; goes on when `need` of them are done (all, if not given).
struct Parallel {
    static constexpr std::string_view kind = "parallel";
    static constexpr std::string_view summary = "runs branches side by side and waits for them";
    std::vector<Steps> parallel;
    std::optional<std::uint32_t> need;
    static constexpr auto fields() {
        return fields_of(
            field("parallel", &Parallel::parallel, "branches, each a step or a list of steps")
                .must(),
            field("need", &Parallel::need, "branches that must succeed; all if not given"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Parallel&) const = default;
};

/// Runs branches side by side; the first success is the answer.
struct Any {
    static constexpr std::string_view kind = "any";
    static constexpr std::string_view summary =
        "runs branches side by side; the first success wins";
    std::vector<Steps> any;
    static constexpr auto fields() {
        return fields_of(
            field("any", &Any::any, "branches, each a step or a list of steps").must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Any&) const = default;
};

/// One way of a `choose`.
struct Choice {
    Share weight{0};
    Steps steps;
    static constexpr auto fields() {
        return fields_of(
            field("weight", &Choice::weight, "share of requests that go this way").must(),
            field("steps", &Choice::steps, "what they do"));
    }
    bool operator==(const Choice&) const = default;
};

/// Draws one of several ways. What is missing to 100% does nothing.
struct Choose {
    static constexpr std::string_view kind = "choose";
    static constexpr std::string_view summary = "draws one of several ways";
    std::vector<Choice> choose;
    static constexpr auto fields() {
        return fields_of(field("choose", &Choose::choose, "ways with their weights").must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Choose&) const = default;
};

/// A cache in front of steps: with a fixed hit share, or with real keys, room and age.
struct CacheSettings {
    std::optional<Share> hit;               ///< a fixed hit share; excludes keys
    std::optional<KeyDistribution> keys;    ///< a real key space
    std::optional<std::uint32_t> capacity;  ///< entries per replica, LRU; not given = all keys fit
    std::optional<Duration> ttl;            ///< from fill
    bool coalesce = false;                  ///< one fill per key at a time; the others wait for it
    Steps miss;                             ///< what a miss costs
    static constexpr auto fields() {
        return fields_of(
            field("hit", &CacheSettings::hit, "a fixed share of hits"),
            field("keys", &CacheSettings::keys, "popularity of the keys, for a real cache"),
            field("capacity", &CacheSettings::capacity,
                  "entries per replica (LRU); all keys if not given"),
            field("ttl", &CacheSettings::ttl, "age at which an entry is dropped"),
            field("coalesce", &CacheSettings::coalesce, "one fill per key at a time"),
            field("miss", &CacheSettings::miss, "what a miss does").must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const CacheSettings&) const = default;
};
struct Cache {
    static constexpr std::string_view kind = "cache";
    static constexpr std::string_view summary = "runs its `miss` steps only on a miss";
    CacheSettings cache;
    static constexpr auto fields() {
        return fields_of(field("cache", &Cache::cache, "the cache").must());
    }
    bool operator==(const Cache&) const = default;
};

/// Takes a named lock of this service (per replica), waiting in order of arrival. Held until
/// `unlock` or the end.
struct Lock {
    static constexpr std::string_view kind = "lock";
    static constexpr std::string_view summary =
        "takes a named lock, held until `unlock` or the end";
    std::string lock;
    static constexpr auto fields() {
        return fields_of(field("lock", &Lock::lock, "its name, within the replica").must());
    }
    bool operator==(const Lock&) const = default;
};
struct Unlock {
    static constexpr std::string_view kind = "unlock";
    static constexpr std::string_view summary = "gives a named lock back";
    std::string unlock;
    static constexpr auto fields() {
        return fields_of(field("unlock", &Unlock::unlock, "its name").must());
    }
    bool operator==(const Unlock&) const = default;
};

/// What an optimistic step guards: one row, or one of many by key.
struct OptimisticSettings {
    std::string row;                      ///< within the service; all its replicas share it
    std::optional<KeyDistribution> keys;  ///< one of so many rows of that name, drawn each time
    Steps steps;                          ///< between reading the version and committing
    static constexpr auto fields() {
        return fields_of(field("row", &OptimisticSettings::row,
                               "its name, within the service; all replicas share it")
                             .must(),
                         field("keys", &OptimisticSettings::keys,
                               "which of many rows of that name; one row if not given"),
                         field("steps", &OptimisticSettings::steps,
                               "what is done between reading the row's version and committing")
                             .must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const OptimisticSettings&) const = default;
};
/// Optimistic concurrency control: notes the version of a row, runs its steps, commits at their
/// end. If another request has committed the row meanwhile, the request fails with status 409
/// (class `conflict`), which a caller's retry may name in `when`. Nobody waits for anybody. Rows
/// are durable: a crash of a replica loses what was not committed, and no version.
///
/// Source: H. T. Kung, J. T. Robinson, "On optimistic methods for concurrency control", 1981.
struct Optimistic {
    static constexpr std::string_view kind = "optimistic";
    static constexpr std::string_view summary =
        "commits a row at the end of its steps, or fails with 409 if another did meanwhile";
    OptimisticSettings optimistic;
    static constexpr auto fields() {
        return fields_of(
            field("optimistic", &Optimistic::optimistic, "the row and the steps").must());
    }
    bool operator==(const Optimistic&) const = default;
};

struct LoopSettings {
    std::uint32_t times = 1;  ///< 0 .. 1,000,000
    Steps steps;
    static constexpr auto fields() {
        return fields_of(field("times", &LoopSettings::times, "how often").must(),
                         field("steps", &LoopSettings::steps, "what is repeated").must());
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const LoopSettings&) const = default;
};
struct Loop {
    static constexpr std::string_view kind = "loop";
    static constexpr std::string_view summary = "repeats steps";
    LoopSettings loop;
    static constexpr auto fields() {
        return fields_of(field("loop", &Loop::loop, "times and steps").must());
    }
    bool operator==(const Loop&) const = default;
};

/// Answers now and goes on working: the 202 pattern.
struct Reply {
    static constexpr std::string_view kind = "reply";
    static constexpr std::string_view summary = "answers now and goes on working";
    std::uint32_t reply = 202;
    static constexpr auto fields() {
        return fields_of(field("reply", &Reply::reply, "HTTP status of the answer"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Reply&) const = default;
};

/// Ends the request with an error status.
struct Fail {
    static constexpr std::string_view kind = "fail";
    static constexpr std::string_view summary = "answers with an error status";
    std::uint32_t fail = 500;
    Share probability{1};
    static constexpr auto fields() {
        return fields_of(
            field("fail", &Fail::fail, "HTTP status, 400 to 599").must(),
            field("probability", &Fail::probability, "share of requests that fail here"));
    }
    [[nodiscard]] std::optional<Problem> find_problem() const;
    bool operator==(const Fail&) const = default;
};

using AnyStep = std::variant<Work, Wait, Call, Parallel, Any, Choose, Cache, Lock, Unlock,
                             Optimistic, Loop, Reply, Fail>;

struct Step {
    AnyStep what;
    bool operator==(
        const Step&) const;  ///< out of line: clang 14 cannot default a recursive comparison
};

}  // namespace shaketable::scenarios
