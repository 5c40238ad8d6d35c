/// Records in a row, linked through their own `prev` and `next`.
#pragma once

#include <cstdint>

#include "model/index.h"

namespace shaketable::model {

struct List {
    Index first = none, last = none;
    std::uint32_t size = 0;
};

/// Puts a record that is in no list at the end. `records`: by index.
template <class Records>
void push(List& list, Records& records, Index index) {
    auto& record = records[index];
    record.prev = list.last;
    record.next = none;
    (list.last == none ? list.first : records[list.last].next) = index;
    list.last = index;
    ++list.size;
}

/// Takes a record out, wherever it stands.
template <class Records>
void unlink(List& list, Records& records, Index index) {
    auto& record = records[index];
    (record.prev == none ? list.first : records[record.prev].next) = record.next;
    (record.next == none ? list.last : records[record.next].prev) = record.prev;
    record.prev = record.next = none;
    --list.size;
}

}  // namespace shaketable::model
