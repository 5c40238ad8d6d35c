/// Writes JSON piece by piece: keys in the order of the calls, the same bytes for the same calls on
/// every machine.
///
/// Objects and arrays stand one member a line, but for those begun `compact`, which stand on one
/// line with all they contain. A number that is not finite is written as null. Text is written as
/// UTF-8 with `<`, `>`, `&`, U+2028 and U+2029 escaped, so that a result may stand inside a page;
/// bytes that are not UTF-8 become U+FFFD.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace shaketable::reports {

class JsonWriter {
  public:
    enum class Layout : std::uint8_t { lines, compact };

    JsonWriter& begin_object(Layout layout = Layout::lines) { return open('{', layout); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array(Layout layout = Layout::lines) { return open('[', layout); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);
    JsonWriter& number(double value);                   ///< shortest that reads back to it
    JsonWriter& rounded(double value, int digits = 6);  ///< significant digits: for long series
    JsonWriter& single(float value);                    ///< shortest that reads back to it
    JsonWriter& whole(std::uint64_t value);
    JsonWriter& integer(std::int64_t value);
    JsonWriter& truth(bool value);
    JsonWriter& null();
    JsonWriter& nanoseconds(RequestTime value);  ///< a whole number
    JsonWriter& seconds(RequestTime value);      ///< exact: 1.250000001
    template <class Rep, class Period>
    JsonWriter& seconds(std::chrono::duration<Rep, Period> value) {
        return seconds(RequestTime{value});
    }
    JsonWriter& seconds(Time value) { return seconds(value.time_since_epoch()); }

    /// The document, with a line feed at the end. Precondition: everything begun has been ended.
    [[nodiscard]] std::string finish();

  private:
    struct Level {
        bool compact = false;
        bool empty = true;
    };
    JsonWriter& open(char bracket, Layout layout);
    JsonWriter& close(char bracket);
    void before_value();
    void separate();
    void line();
    JsonWriter& raw(std::string_view text);
    void quote(std::string_view text);

    std::string out_;
    std::vector<Level> levels_;
    bool after_key_ = false;
};

}  // namespace shaketable::reports
