#include "scenarios/read.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "scenarios/diagnostics.h"
#include "scenarios/text/decode.h"
#include "scenarios/text/files.h"
#include "scenarios/text/foreign.h"
#include "scenarios/text/params.h"
#include "scenarios/text/path.h"
#include "scenarios/text/variant_problems.h"

namespace shaketable::scenarios {

namespace {

using text::Entry;
using text::Node;
using text::NodePtr;
using text::Reading;

constexpr std::size_t variants_max = 100;
constexpr std::uint64_t nodes_of_variants_max = 4'000'000;
constexpr std::string_view schema_known = "shaketable/v1";

/// One variant as the file has it; the only one, without a name, where the file has none.
struct Variant {
    std::string name;
    std::vector<text::Assignment> sets;
    std::vector<Entry> params;
    NodePtr faults;
    NodePtr expect;
    std::vector<Entry> drops;
};

class Reader {
  public:
    Reader(Source main, const ReadOptions& options)
        : options_{options}, sources_{std::make_shared<Sources>()} {
        sources_->files.push_back(std::move(main));
    }
    Result<Document, Failure> read();

  private:
    bool check_schema(const Node& root);
    void read_command_line();
    void read_variants(const Node& root, Reading& in);
    Variant read_variant(const Entry& entry, Reading& in);
    NodePtr apply(const NodePtr& root, const Variant& variant, Reading& in);
    static NodePtr drop(const NodePtr& root, const std::vector<Entry>& drops, Reading& in);
    void decode_variant(const NodePtr& root, const Variant& variant, text::Parameters params,
                        Document& document);
    std::optional<std::string> load_data(const std::string& name, const text::Place& place,
                                         Reading& in);
    std::uint32_t add_source(std::string_view option, std::size_t index, std::string text);
    Reading make_reading(Problems& problems);
    Unexpected<Failure> fail() {
        sort_problems(problems_, *sources_);
        return {Failure{std::move(problems_), *sources_}};
    }

    const ReadOptions& options_;
    std::shared_ptr<Sources> sources_;
    Problems problems_;
    text::VariantProblems collected_;
    std::vector<Variant> variants_;
    std::vector<Entry> params_;           ///< of -p
    std::vector<text::Assignment> sets_;  ///< of --set
};

Reading Reader::make_reading(Problems& problems) {
    return Reading{*sources_, problems};
}

std::uint32_t Reader::add_source(std::string_view option, std::size_t index, std::string text) {
    std::string name{option};
    if (index > 0) name += " #" + std::to_string(index + 1);
    sources_->files.push_back({std::move(name), std::move(text)});
    return static_cast<std::uint32_t>(sources_->files.size() - 1);
}

void Reader::read_command_line() {
    const auto place = [](std::uint32_t file, std::size_t column, std::size_t length) {
        return text::Place{file, 1, static_cast<std::uint32_t>(column),
                           static_cast<std::uint32_t>(length)};
    };
    for (std::size_t i = 0; i < options_.params.size(); ++i) {
        const auto& [name, value] = options_.params[i];
        const std::uint32_t file = add_source("-p", i, name + "=" + value);
        params_.push_back(
            {.key = name,
             .key_place = place(file, 1, name.size()),
             .value = text::make_scalar(value, place(file, name.size() + 2, value.size()), false)});
    }
    for (std::size_t i = 0; i < options_.sets.size(); ++i) {
        const auto& [path, value] = options_.sets[i];
        const std::uint32_t file = add_source("--set", i, path + "=" + value);
        const auto skip = static_cast<std::uint32_t>(path.size() + 1);
        NodePtr node = value.empty() ? text::make_scalar("", place(file, skip + 1, 0), true)
                                     : text::parse(*sources_, file, problems_, skip);
        if (node != nullptr) sets_.push_back({path, place(file, 1, path.size()), std::move(node)});
    }
}

/// False where reading on would only make noise.
bool Reader::check_schema(const Node& root) {
    Reading in = make_reading(problems_);
    const std::string advice = "a scenario starts with `schema: " + std::string{schema_known} + "`";
    const std::string_view tool = text::tool_of(root);
    if (!tool.empty())
        return in.report("E006", "this is a file of " + std::string{tool} + ", not a scenario",
                         {.file = root.place.file, .line = 1, .column = 1, .length = 0}, advice);
    if (!root.is_map())
        return in.report("E004", "expected a map, found " + text::describe(root), root.place,
                         advice);
    const Entry* schema = root.find("schema");
    if (schema == nullptr) {
        in.report("E005", "no schema given", {.file = 0, .line = 1, .column = 1, .length = 0},
                  advice);
        return root.find("services") != nullptr && root.find("workload") != nullptr;
    }
    if (!in.expect_scalar(*schema->value, std::string{schema_known})) return false;
    const std::string& found = schema->value->text;
    if (found == schema_known) return true;
    if (found.starts_with("shaketable/v"))
        return in.report("E005",
                         "written in " + text::quote(found) + "; this version reads " +
                             std::string{schema_known},
                         schema->value->place, "get a version of shaketable that reads it");
    return in.report("E005", "unknown schema " + text::quote(found), schema->value->place, advice);
}

Variant Reader::read_variant(const Entry& entry, Reading& in) {
    Variant variant;
    variant.name = entry.key;
    in.expect_name(entry.key, entry.key_place, "_-.");
    const Node& map = *entry.value;
    if (map.is_null() || !in.expect_map(map)) return variant;
    text::Keys keys{map};
    if (const Entry* set = keys.take("set"); set != nullptr && in.expect_map(*set->value))
        for (const Entry& one : set->value->entries)
            variant.sets.push_back({one.key, one.key_place, one.value});
    if (const Entry* params = keys.take("params");
        params != nullptr && in.expect_map(*params->value))
        variant.params = params->value->entries;
    if (const Entry* faults = keys.take("faults");
        faults != nullptr && in.expect_list(*faults->value))
        variant.faults = faults->value;
    if (const Entry* expect = keys.take("expect");
        expect != nullptr && in.expect_list(*expect->value))
        variant.expect = expect->value;
    if (const Entry* drops = keys.take("drop_expect");
        drops != nullptr && in.expect_list(*drops->value))
        variant.drops = drops->value->entries;
    in.report_unknown(keys, {"set", "params", "faults", "expect", "drop_expect"});
    return variant;
}

void Reader::read_variants(const Node& root, Reading& in) {
    const Entry* variants = root.find("variants");
    if (variants != nullptr && !variants->value->is_null() && in.expect_map(*variants->value)) {
        if (variants->value->entries.size() > variants_max) {
            in.report("E023",
                      "expected at most 100 variants, found " +
                          std::to_string(variants->value->entries.size()),
                      variants->key_place);
            return;
        }
        for (const Entry& entry : variants->value->entries)
            if (!entry.key.starts_with("x-")) variants_.push_back(read_variant(entry, in));
    }
    if (variants_.empty()) variants_.emplace_back();
}

NodePtr Reader::drop(const NodePtr& root, const std::vector<Entry>& drops, Reading& in) {
    if (drops.empty()) return root;
    const Entry* expect = root->find("expect");
    std::vector<Entry> kept;
    if (expect != nullptr && expect->value->is_sequence()) kept = expect->value->entries;
    std::vector<std::string> ids;
    for (const Entry& item : kept)
        if (const Entry* id = item.value->find("id")) ids.push_back(id->value->text);
    for (const Entry& one : drops) {
        const auto is_it = [&](const Entry& item) {
            const Entry* id = item.value->find("id");
            return id != nullptr && id->value->text == one.value->text;
        };
        if (!one.value->is_scalar() || std::erase_if(kept, is_it) == 0) {
            const std::string near = nearest(one.value->text, ids);
            in.report("E043", "no expectation has the id " + text::describe(*one.value),
                      one.value->place,
                      near.empty() ? "give it one: {id: fresh, that: ...}"
                                   : "did you mean \"" + near + "\"?");
        }
    }
    if (expect == nullptr) return root;
    return text::with(
        root, "expect", expect->key_place,
        text::make_container(Node::Kind::sequence, std::move(kept), expect->value->place));
}

NodePtr Reader::apply(const NodePtr& root, const Variant& variant, Reading& in) {
    NodePtr changed = root;
    const auto set = [&](const std::vector<text::Assignment>& assignments) {
        for (const text::Assignment& assignment : assignments) {
            in.set_places.push_back(assignment.place);
            Result<NodePtr> result = text::set(changed, assignment);
            if (result)
                changed = *std::move(result);
            else
                in.report(result.error().code, result.error().message, assignment.place,
                          result.error().hint);
        }
    };
    changed = drop(changed, variant.drops, in);
    set(variant.sets);
    if (variant.faults != nullptr) changed = text::append(changed, "faults", *variant.faults);
    if (variant.expect != nullptr) changed = text::append(changed, "expect", *variant.expect);
    set(sets_);
    return changed;
}

std::optional<std::string> Reader::load_data(const std::string& name, const text::Place& place,
                                             Reading& in) {
    if (options_.skip_data_files) return "0s\n";
    if (!options_.may_read_files) {
        in.report("E001", "this text may not name files", place);
        return std::nullopt;
    }
    const std::string& main = sources_->files.front().name;
    const std::string& from = sources_->files[place.file].name;
    const bool is_option = from.starts_with("-");
    Result<std::string> path = text::resolve(main, is_option ? main : from, name);
    if (!path) {
        in.report("E001", path.error().message, place, path.error().hint);
        return std::nullopt;
    }
    Result<std::string> loaded = text::load(*path);
    if (loaded && loaded->size() <= text::bytes_max) return *std::move(loaded);
    if (loaded)
        in.report("E034", text::quote(name) + " is larger than 16 MiB", place);
    else
        in.report("E001", "cannot read " + text::quote(name) + ": " + loaded.error().message, place,
                  loaded.error().hint);
    return std::nullopt;
}

void Reader::decode_variant(const NodePtr& root, const Variant& variant, text::Parameters params,
                            Document& document) {
    Problems problems;
    Reading in = make_reading(problems);
    in.load_file = [&](const std::string& name, const text::Place& place) {
        return load_data(name, place, in);
    };
    for (const Entry& param : variant.params)
        params.assign(param.key, param.key_place, param.value, in);
    const NodePtr whole = params.substitute(apply(root, variant, in), in);
    Scenario scenario;
    text::decode(*whole, scenario, in);
    scenario.variant = variant.name;
    if (scenario.name.empty()) scenario.name = document.name;
    collected_.add(problems, variant.name);
    document.name = scenario.name;
    document.variants.push_back(scenario.variant);
    document.scenarios.push_back(std::move(scenario));
    document.where.emplace_back(whole, sources_);
}

/// The file's own name as the name of a scenario.
std::string name_of_file(const std::string& path) {
    std::string name;
    for (const char c : std::filesystem::path{path}.stem().string()) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        name += is_upper ? static_cast<char>(c - 'A' + 'a') : (fits ? c : '-');
    }
    return name.empty() ? "scenario" : name.substr(0, 100);
}

Result<Document, Failure> Reader::read() {
    const NodePtr root = text::load_tree(*sources_, problems_, options_.may_read_files);
    if (root == nullptr || !check_schema(*root)) return fail();
    read_command_line();
    Reading in = make_reading(problems_);
    read_variants(*root, in);
    const Entry* params = root->find("params");
    const NodePtr none = text::make_scalar("", {}, false);
    text::Parameters defaults =
        text::Parameters::read(params == nullptr ? *none : *params->value, in);
    for (const Entry& param : params_) defaults.assign(param.key, param.key_place, param.value, in);
    if (root->size * std::uint64_t{variants_.size()} > nodes_of_variants_max) {
        in.report("E002", "more than 4,000,000 values in all variants together", root->place);
        return fail();
    }
    Document document;
    document.name = name_of_file(sources_->files.front().name);
    for (const Variant& variant : variants_) decode_variant(root, variant, defaults, document);
    const Problems decoded = std::move(collected_).take(variants_.size());
    problems_.insert(problems_.end(), decoded.begin(), decoded.end());
    if (!problems_.empty()) return fail();
    document.sources = *sources_;
    return document;
}

}  // namespace

Result<Document, Failure> read_file(const std::string& path, const ReadOptions& options) {
    Result<std::string> text = text::load(path, true);
    if (text) return Reader{make_source(path, *std::move(text)), options}.read();
    Problem problem = text.error();
    problem.message = "cannot read " + text::quote(path) + ": " + problem.message;
    return Unexpected{Failure{{std::move(problem)}, {}}};
}

Result<Document, Failure> read_text(const std::string& name, std::string_view text,
                                    const ReadOptions& options) {
    return Reader{make_source(name, std::string{text}), options}.read();
}

}  // namespace shaketable::scenarios
