#include "model/compile_steps.h"

#include <algorithm>

#include "model/index.h"

namespace shaketable::model {

using namespace scenarios;

std::uint32_t StepCompiler::emit(Instruction instruction) {
    program_.code.push_back(instruction);
    return here() - 1;
}

std::uint32_t StepCompiler::sampler(const Distribution& law) {
    program_.samplers.emplace_back(law);
    return static_cast<std::uint32_t>(program_.samplers.size() - 1);
}

std::uint32_t StepCompiler::lock_number(const std::string& name) {
    const auto found = std::find(locks_.begin(), locks_.end(), name);
    if (found == locks_.end()) {
        locks_.push_back(name);
        return static_cast<std::uint32_t>(locks_.size() - 1);
    }
    return static_cast<std::uint32_t>(found - locks_.begin());
}

std::uint32_t StepCompiler::endpoint(const Steps& list) {
    const std::uint32_t entry = here();
    steps(list);
    emit({.op = Op::finish});
    return entry;
}

void StepCompiler::steps(const Steps& list) {
    for (const Step& s : list) std::visit([this](const auto& word) { step(word); }, s.what);
}

void StepCompiler::step(const Work& work) {
    emit({.op = Op::work, .a = sampler(work.work)});
}
void StepCompiler::step(const Wait& wait) {
    emit({.op = Op::wait, .a = sampler(wait.wait)});
}

void StepCompiler::step(const Call& call) {
    const bool sometimes = call.probability.fraction < 1;
    const std::uint32_t chance =
        sometimes ? emit({.op = Op::chance, .x = call.probability.fraction}) : 0;
    emit({.op = call.async ? Op::spawn : Op::call, .optional = call.optional, .a = edge_of_(call)});
    if (sometimes) program_.code[chance].a = here();
}

void StepCompiler::fork(const std::vector<Steps>& branches, std::uint32_t need) {
    // The branches follow the fork; the walker jumps over them when enough are done.
    const std::uint32_t at = emit({.op = Op::fork, .c = need});
    std::vector<std::uint32_t> starts;
    for (const Steps& branch : branches) {
        starts.push_back(here());
        steps(branch);
        emit({.op = Op::finish});
    }
    Instruction& head = program_.code[at];
    head.a = static_cast<std::uint32_t>(program_.branches.size());
    head.b = static_cast<std::uint32_t>(starts.size());
    program_.branches.insert(program_.branches.end(), starts.begin(), starts.end());
    program_.branches.push_back(here());  // where the walker goes on
}

void StepCompiler::step(const Parallel& parallel) {
    fork(parallel.parallel,
         parallel.need.value_or(static_cast<std::uint32_t>(parallel.parallel.size())));
}
void StepCompiler::step(const Any& any) {
    fork(any.any, 1);
}

void StepCompiler::step(const Choose& choose) {
    const std::uint32_t at = emit({.op = Op::choose});
    std::vector<ChoiceEntry> entries;
    std::vector<std::uint32_t> exits;
    double cumulative = 0;
    for (const Choice& choice : choose.choose) {
        cumulative += choice.weight.fraction;
        entries.push_back({cumulative, here()});
        steps(choice.steps);
        exits.push_back(emit({.op = Op::jump}));
    }
    for (const std::uint32_t exit : exits) program_.code[exit].a = here();
    Instruction& head = program_.code[at];
    head.a = static_cast<std::uint32_t>(program_.choices.size());
    head.b = static_cast<std::uint32_t>(entries.size());
    head.c = here();
    program_.choices.insert(program_.choices.end(), entries.begin(), entries.end());
}

void StepCompiler::step(const Cache& word) {
    const CacheSettings& cache = word.cache;
    CachePlan plan;
    plan.service = service_;
    plan.number = caches_++;
    if (cache.hit) plan.hit = cache.hit->fraction;
    if (cache.keys) {
        plan.keys = KeySampler{*cache.keys};
        plan.key_count = cache.keys->n;
    }
    plan.capacity = cache.capacity.value_or(0);
    plan.ttl = cache.ttl.value_or(forever);
    plan.coalesce = cache.coalesce;
    program_.caches.push_back(plan);
    const auto number = static_cast<std::uint32_t>(program_.caches.size() - 1);
    const std::uint32_t at = emit({.op = Op::cache, .a = number});
    steps(cache.miss);
    if (cache.keys) emit({.op = Op::cache_fill, .a = number});
    program_.code[at].b = here();
}

void StepCompiler::step(const Lock& lock) {
    emit({.op = Op::lock, .a = lock_number(lock.lock)});
}
void StepCompiler::step(const Unlock& unlock) {
    emit({.op = Op::unlock, .a = lock_number(unlock.unlock)});
}

/// Steps that name one row agree on its keys: `validate` has seen to it.
std::uint32_t StepCompiler::first_row(const OptimisticSettings& table) {
    for (const auto& [name, first] : tables_)
        if (name == table.row) return first;
    tables_.emplace_back(table.row, program_.rows);
    program_.rows += table.keys ? table.keys->n : 1;
    return tables_.back().second;
}

void StepCompiler::step(const Optimistic& word) {
    const OptimisticSettings& table = word.optimistic;
    const std::uint32_t first = first_row(table);
    std::uint32_t keys = none;
    if (table.keys) {
        keys = static_cast<std::uint32_t>(program_.row_keys.size());
        program_.row_keys.emplace_back(*table.keys);
    }
    emit({.op = Op::row_read, .a = first, .b = keys});
    steps(table.steps);
    emit({.op = Op::row_commit});
}

void StepCompiler::step(const Loop& word) {
    const std::uint32_t at = emit({.op = Op::loop_begin, .a = word.loop.times});
    const std::uint32_t body = here();
    steps(word.loop.steps);
    emit({.op = Op::loop_end, .a = body});
    program_.code[at].b = here();
}

void StepCompiler::step(const Reply& reply) {
    emit({.op = Op::reply, .a = reply.reply});
}

void StepCompiler::step(const Fail& fail) {
    const bool sometimes = fail.probability.fraction < 1;
    const std::uint32_t chance =
        sometimes ? emit({.op = Op::chance, .x = fail.probability.fraction}) : 0;
    emit({.op = Op::fail, .a = fail.fail});
    if (sometimes) program_.code[chance].a = here();
}

}  // namespace shaketable::model
