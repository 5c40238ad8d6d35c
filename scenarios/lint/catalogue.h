/// Every lint rule, listed once: `lint`, `explain` and the completeness tests walk this list.
///
/// To add one: a file in this folder, its function below, its row in the table. W207 and W208 are
/// kept for the quorums of replicated stores.
#pragma once

#include <array>
#include <string_view>

#include "scenarios/lint/facts.h"

namespace shaketable::scenarios::lint_rules {

void find_timeout_inversion(const Facts& facts);
void find_retry_multiplication(const Facts& facts);
void find_unbounded_retry(const Facts& facts);
void find_unsafe_retry(const Facts& facts);
void find_over_capacity(const Facts& facts);
void find_long_queue(const Facts& facts);
void find_single_point_of_failure(const Facts& facts);
void find_shared_database(const Facts& facts);
void find_deep_chain(const Facts& facts);
void find_weak_statistics(const Facts& facts);
void find_lock_twice(const Facts& facts);
void find_few_subsets(const Facts& facts);

struct Rule {
    std::string_view code;
    std::string_view name;
    std::string_view summary;
    void (*find)(const Facts& facts);
};

inline constexpr std::array catalogue{
    Rule{"W201", "timeout-inversion",
         "a caller gives up before its callee does, who then works for nobody",
         find_timeout_inversion},
    Rule{"W202", "retry-multiplication", "retries on several layers of a path multiply",
         find_retry_multiplication},
    Rule{"W203", "unbounded-retry",
         "retries without a budget or a breaker add load when there is too much already",
         find_unbounded_retry},
    Rule{"W204", "unsafe-retry", "an endpoint is called again although a second call may do harm",
         find_unsafe_retry},
    Rule{"W205", "over-capacity",
         "a service is offered more than it can do, before anything goes wrong",
         find_over_capacity},
    Rule{"W206", "long-queue", "a queue is longer than its callers' patience", find_long_queue},
    Rule{"W209", "single-point-of-failure", "every request needs a service that has one replica",
         find_single_point_of_failure},
    Rule{"W210", "shared-database",
         "two services share a database, and so each other's load and faults",
         find_shared_database},
    Rule{"W211", "deep-chain", "more than five services wait for each other in a row",
         find_deep_chain},
    Rule{"W212", "weak-statistics",
         "too short a run or warm-up, or too few samples for what is expected",
         find_weak_statistics},
    Rule{"W213", "lock-twice", "a request takes a lock that it holds already, and waits for ever",
         find_lock_twice},
    Rule{"W214", "few-subsets",
         "more callers than different subsets of replicas: some are not kept apart at all",
         find_few_subsets},
};

}  // namespace shaketable::scenarios::lint_rules
