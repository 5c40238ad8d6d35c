#include "injector/bindings_schema.h"

#include <nlohmann/json.hpp>

#include "injector/bindings.h"

namespace shaketable::injector {

namespace {

using Json = nlohmann::ordered_json;

// One overload for each type that a word of bindings.h has.
Json schema_of(const std::string*) {
    return {{"type", "string"}};
}
/// A single one may stand for a list of one.
Json schema_of(const std::vector<std::string>*) {
    return {{"anyOf", Json::array({Json{{"type", "string"}},
                                   Json{{"type", "array"}, {"items", {{"type", "string"}}}}})}};
}
Json schema_of(const proxy::Flavour*) {
    Json names = Json::array();
    for (const auto& [name, value] : enum_names(proxy::Flavour{})) names.push_back(name);
    return {{"enum", names}};
}

template <Described T>
Json schema_of(const T*);

template <Described T>
Json schema_of(const Named<T>*) {
    return {{"type", "object"},
            {"additionalProperties", schema_of(static_cast<const T*>(nullptr))}};
}

template <Described T>
Json schema_of(const T*) {
    Json properties = Json::object();
    Json required = Json::array();
    T::fields().each([&](const auto& field) {
        using Value = typename std::decay_t<decltype(field)>::value_type;
        Json value = schema_of(static_cast<const Value*>(nullptr));
        value["description"] = field.doc;
        properties[std::string{field.name}] = std::move(value);
        if (field.required) required.push_back(field.name);
    });
    Json object{
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) object["required"] = std::move(required);
    if constexpr (HasShorthand<T>)
        return {
            {"anyOf", Json::array({schema_of(static_cast<const std::vector<std::string>*>(nullptr)),
                                   std::move(object)})}};
    else
        return object;
}

}  // namespace

std::string bindings_schema() {
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "shaketable bindings, version 1"}};
    schema.update(schema_of(static_cast<const Bindings*>(nullptr)));
    schema["properties"]["schema"] = {{"const", "shaketable-bindings/v1"},
                                      {"description", "shaketable-bindings/v1"}};
    return schema.dump(2) + "\n";
}

}  // namespace shaketable::injector
