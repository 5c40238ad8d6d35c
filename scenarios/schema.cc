#include "scenarios/schema.h"

#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

#include "faults/catalogue.h"
#include "scenarios/word_types.h"

namespace shaketable::scenarios {

namespace {

using Json = nlohmann::ordered_json;

/// Any text that puts a parameter in may stand for any scalar.
constexpr std::string_view with_parameter = "\\$\\{";

Json text_schema() {
    return {{"type", Json::array({"string", "number", "boolean"})}};
}

/// A word written as a map: only its keys, and `x-...`.
Json object_schema(Json properties, const Json& required) {
    Json object{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) object["required"] = required;
    object["patternProperties"] = Json{{"^x-", Json::object()}};
    object["additionalProperties"] = false;
    return object;
}

class SchemaMaker {
  public:
    Json make() {
        Json properties;
        Json required = Json::array({"schema"});
        properties["schema"] = {{"const", "shaketable/v1"},
                                {"description", "the version of the language"}};
        add_fields<Scenario>(properties, required);
        properties["params"] = {{"type", "object"},
                                {"description", "numbers to turn, used as ${name}"},
                                {"additionalProperties", parameter_schema()}};
        properties["include"] = {
            {"anyOf", Json::array({Json{{"type", "string"}},
                                   Json{{"type", "array"}, {"items", {{"type", "string"}}}}})},
            {"description", "files merged in order below this one"}};
        properties["variants"] = {{"type", "object"},
                                  {"description", "the same story told differently"},
                                  {"additionalProperties", variant_schema()}};
        properties["inject"] = {{"type", "object"}, {"description", "for live runs"}};
        Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                    {"$id", "shaketable-v1.schema.json"},
                    {"title", "shaketable scenario, version 1"}};
        schema.update(object_schema(std::move(properties), required));
        schema["$defs"] = std::move(defs_);
        return schema;
    }

  private:
    static Json parameter_schema() {
        const Json list{{"type", "array"}, {"items", text_schema()}};
        const Json spec =
            object_schema({{"default", text_schema()},
                           {"doc", {{"type", "string"}}},
                           {"min", text_schema()},
                           {"max", text_schema()},
                           {"choices", list},
                           {"sweep", {{"anyOf", Json::array({list, Json{{"type", "string"}}})}}}},
                          Json::array({"default"}));
        return {{"anyOf", Json::array({text_schema(), spec})}};
    }
    Json variant_schema() {
        Json properties{{"set", {{"type", "object"}, {"description", "path: value"}}},
                        {"params", {{"type", "object"}, {"additionalProperties", text_schema()}}},
                        {"faults", schema_of<std::vector<faults::Fault>>()},
                        {"expect", schema_of<std::vector<Expectation>>()},
                        {"drop_expect", {{"type", "array"}, {"items", {{"type", "string"}}}}}};
        Json variant = object_schema(std::move(properties), Json::array());
        variant["type"] = Json::array({"object", "null"});
        return variant;
    }

    template <Described T>
    void add_fields(Json& properties, Json& required) {
        const auto one = [&]<class F>(const F& f) {
            Json value = schema_of<typename F::value_type>();
            value["description"] = f.doc;
            properties[std::string{f.name}] = std::move(value);
            if (f.required) required.push_back(f.name);
        };
        T::fields().each([&](const auto& f) { one(f); });
    }

    /// Defined once, referred to by name; named before its parts are made, because steps hold
    /// steps.
    template <class Make>
    Json refer(const std::string& name, Make make) {
        if (!defs_.contains(name)) {
            defs_[name] = Json::object();
            Json made = make();
            defs_[name] = std::move(made);
        }
        Json reference;  // clang 14 leaks a part of {{...}} here
        reference["$ref"] = "#/$defs/" + name;
        return reference;
    }

    Json step_schema() {
        Json kinds = Json::array();
        [&]<class... S>(const std::variant<S...>*) {
            (kinds.push_back(word_schema<S>(S::kind)), ...);
        }(static_cast<const AnyStep*>(nullptr));
        kinds.push_back({{"const", Reply::kind}});
        return {{"anyOf", std::move(kinds)}};
    }
    /// A map whose own key must stand there.
    template <Described T>
    Json word_schema(std::string_view own) {
        Json properties;
        Json required = Json::array();
        add_fields<T>(properties, required);
        if (required.empty()) required.push_back(own);
        Json object = object_schema(std::move(properties), required);
        object["description"] = T::summary;
        return object;
    }
    Json fault_schema() {
        Json kinds = Json::array();
        faults::for_each_kind([&]<class K>() {
            Json properties;
            Json required = Json::array();
            add_fields<faults::Fault>(properties, required);
            properties["fault"] = {{"const", K::kind}, {"description", K::summary}};
            required.push_back("fault");
            add_fields<K>(properties, required);
            Json object = object_schema(std::move(properties), required);
            object["title"] = K::kind;
            kinds.push_back(std::move(object));
        });
        return {{"anyOf", std::move(kinds)}};
    }
    Json network_schema() {
        Json schema{{"type", "object"}};
        schema["properties"] = {{"model", {{"enum", Json::array({"delay"})}}}};
        schema["additionalProperties"] = schema_of<Link>();
        return schema;
    }

    template <class T>
    Json list_of() {
        using Item = typename ElementOf<T>::type;
        Json item = schema_of<Item>();
        // A list in a list may be written as its only item.
        if constexpr (is_list<Item>)
            item = {{"anyOf", Json::array({schema_of<typename ElementOf<Item>::type>(), item})}};
        return {{"type", Json::array({"array", "null"})}, {"items", std::move(item)}};
    }

    template <class T>
    Json described() {
        const auto make = [&] {
            Json properties = Json::object();
            Json required = Json::array();
            add_fields<T>(properties, required);
            Json object = object_schema(std::move(properties), required);
            if constexpr (HasShorthand<T>) {
                using Short = std::remove_cvref_t<decltype(std::declval<T&>().*(T::shorthand()))>;
                return Json{{"anyOf", Json::array({schema_of<Short>(), object})}};
            } else {
                return object;
            }
        };
        const std::string name{word_name<T>()};
        return name.empty() ? make() : refer(name, make);
    }

    template <class T>
    Json schema_of() {
        if constexpr (std::is_same_v<T, Step>) {
            return refer("step", [&] { return step_schema(); });
        } else if constexpr (std::is_same_v<T, Steps>) {
            return {{"type", Json::array({"array", "null"})}, {"items", schema_of<Step>()}};
        } else if constexpr (std::is_same_v<T, faults::Fault>) {
            return refer("fault", [&] { return fault_schema(); });
        } else if constexpr (std::is_same_v<T, Network>) {
            return refer("network", [&] { return network_schema(); });
        } else if constexpr (std::is_same_v<T, Replicas>) {
            const Json number = schema_of<std::uint32_t>();
            return {{"anyOf", Json::array({number, Json{{"type", "object"},
                                                        {"additionalProperties", number}}})}};
        } else if constexpr (std::is_same_v<T, From>) {
            return {{"type", "object"}, {"additionalProperties", schema_of<Share>()}};
        } else if constexpr (is_optional<T>) {
            return schema_of<typename ElementOf<T>::type>();
        } else if constexpr (is_list<T>) {
            return list_of<T>();
        } else if constexpr (is_named<T>) {
            Json value = schema_of<typename ElementOf<T>::type>();
            if constexpr (Described<typename ElementOf<T>::type>)
                value = {{"anyOf", Json::array({value, Json{{"type", "null"}}})}};
            return {{"type", Json::array({"object", "null"})},
                    {"additionalProperties", std::move(value)}};
        } else if constexpr (Described<T>) {
            return described<T>();
        } else {
            return scalar<T>();
        }
    }

    template <class T>
    static Json scalar() {
        if constexpr (std::is_same_v<T, bool>) {
            return {{"type", Json::array({"boolean", "string"})}, {"pattern", with_parameter}};
        } else if constexpr (std::is_same_v<T, std::string>) {
            return {{"type", Json::array({"string", "number", "boolean", "null"})}};
        } else if constexpr (std::is_integral_v<T>) {
            return {{"type", Json::array({"integer", "string"})},
                    {"minimum", 0},
                    {"pattern", "^[0-9]+[kM]?$|" + std::string{with_parameter}}};
        } else if constexpr (std::is_same_v<T, double>) {
            return {{"type", Json::array({"number", "string"})}};
        } else if constexpr (Textual<T>) {
            return {{"type", Json::array({"string", "number"})},
                    {"title", Text<T>::name},
                    {"examples", Json::array({Text<T>::example})}};
        } else {
            Json words = Json::array();
            for (const auto& [name, value] : enum_names(T{})) words.push_back(name);
            return {
                {"anyOf", Json::array({Json{{"enum", words}},
                                       Json{{"type", "string"}, {"pattern", with_parameter}}})}};
        }
    }

    Json defs_ = Json::object();
};

}  // namespace

std::string json_schema() {
    return SchemaMaker{}.make().dump(2) + "\n";
}

}  // namespace shaketable::scenarios
