#include "injector/control/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

namespace shaketable::injector::control {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view type_of(const Json& json) {
    switch (json.type()) {
        case Json::value_t::null:
            return "null";
        case Json::value_t::object:
            return "an object";
        case Json::value_t::array:
            return "an array";
        case Json::value_t::string:
            return "a text";
        case Json::value_t::boolean:
            return "a bool";
        default:
            return json.is_number_float() ? "a number with a fraction" : "a number";
    }
}

}  // namespace

Result<Json, std::string> read_first(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return Unexpected{std::string{"EOF"}};
    std::istringstream in{std::string{text}};
    Json json;
    try {
        in >> json;
    } catch (const Json::exception& error) {
        // "[json.exception.parse_error.101] parse error at ..."
        const std::string what = error.what();
        const std::size_t end = what.find("] ");
        return Unexpected{end == std::string::npos ? what : what.substr(end + 2)};
    }
    return json;
}

std::string print(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json number_of(float value) {
    if (std::abs(value) < 1e15F && std::trunc(value) == value)
        return static_cast<std::int64_t>(value);
    std::array<char, 32> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    double shortest = 0;
    std::from_chars(digits.data(), written.ptr, shortest);
    return shortest;
}

FieldReader::FieldReader(const Json& object) : object_{object} {
    if (!object.is_object() && !object.is_null())
        problem_ = "expected an object, found " + std::string{type_of(object)};
}

const Json* FieldReader::find(std::string_view name) const {
    const Json* found = nullptr;
    if (!object_.is_object()) return nullptr;
    for (const auto& [key, value] : object_.items())
        if (is_same_name(key, name)) found = value.is_null() ? nullptr : &value;
    return found;
}

void FieldReader::report(std::string_view name, std::string_view wanted, const Json& found) {
    if (problem_.empty())
        problem_ = "expected " + std::string{wanted} + " for " + std::string{name} + ", found " +
                   std::string{type_of(found)};
}

void FieldReader::read(std::string_view name, std::string& into) {
    const Json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_string()) return report(name, "a text", *value);
    into = value->get<std::string>();
}

void FieldReader::read(std::string_view name, bool& into) {
    const Json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_boolean()) return report(name, "a bool", *value);
    into = value->get<bool>();
}

void FieldReader::read(std::string_view name, std::int64_t& into) {
    const Json* value = find(name);
    if (value == nullptr) return;
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() ||
                       value->get<std::uint64_t>() <=
                           static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    if (!fits) return report(name, "a whole number of 64 bits", *value);
    into = value->get<std::int64_t>();
}

void FieldReader::read(std::string_view name, float& into) {
    const Json* value = find(name);
    if (value == nullptr) return;
    if (!value->is_number() || std::abs(value->get<double>()) > std::numeric_limits<float>::max())
        return report(name, "a number of 32 bits", *value);
    into = static_cast<float>(value->get<double>());
}

}  // namespace shaketable::injector::control
