/// Coroutines of the proxy: `Task<T>` runs when it is awaited and resumes who awaits it.
///
/// Asio's own awaitable (Boost 1.74) can wait for one thing at a time; a direction of a connection
/// waits for bytes, room, an instant and a change of faults at once (`Waiter`). Frames are kept for
/// reuse by size, so that a call per request allocates nothing in the long run. One thread only.
///
/// Await in a statement of its own: g++ 12 miscompiles `a && co_await b` and `a || co_await b`.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace shaketable::injector::proxy {

/// Memory of finished frames, by size in steps of 64 bytes.
class FramePool {
  public:
    static void* take(std::size_t size) {
        const std::size_t rank = rank_of(size);
        if (rank >= ranks) return ::operator new(size);
        Free*& first = lists().of[rank];
        if (first == nullptr) return ::operator new((rank + 1) * step);
        return std::exchange(first, first->next);
    }
    static void give(void* frame, std::size_t size) noexcept {
        const std::size_t rank = rank_of(size);
        if (rank >= ranks) return ::operator delete(frame);
        Free*& first = lists().of[rank];
        first = new (frame) Free{first};
    }

  private:
    struct Free {
        Free* next;
    };
    static constexpr std::size_t step = 64, ranks = 32;
    struct Lists {
        ~Lists() {
            for (Free* first : of)
                while (first != nullptr) ::operator delete(std::exchange(first, first->next));
        }
        std::array<Free*, ranks> of{};
    };
    static std::size_t rank_of(std::size_t size) noexcept { return (size + step - 1) / step - 1; }
    static Lists& lists() noexcept {
        thread_local Lists lists;
        return lists;
    }
};

namespace detail {

struct PromiseBase {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    bool detached = false;

    static void* operator new(std::size_t size) { return FramePool::take(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        FramePool::give(frame, size);
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
        bool await_ready() noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
            const std::coroutine_handle<> next = self.promise().continuation;
            if (self.promise().detached) self.destroy();
            return next;
        }
        void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    /// Nothing in the proxy throws but an allocation that fails.
    void unhandled_exception() noexcept { std::terminate(); }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
  public:
    struct promise_type : detail::PromiseBase {
        std::optional<T> value;
        Task get_return_object() { return Task{Handle::from_promise(*this)}; }
        void return_value(T result) { value.emplace(std::move(result)); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) noexcept : handle_{handle} {}
    Task(Task&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> who) noexcept {
        handle_.promise().continuation = who;
        return handle_;
    }
    T await_resume() { return std::move(*handle_.promise().value); }

  private:
    Handle handle_;
};

template <>
class [[nodiscard]] Task<void> {
  public:
    struct promise_type : detail::PromiseBase {
        Task get_return_object() { return Task{Handle::from_promise(*this)}; }
        void return_void() noexcept {}
    };
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) noexcept : handle_{handle} {}
    Task(Task&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> who) noexcept {
        handle_.promise().continuation = who;
        return handle_;
    }
    void await_resume() noexcept {}

    /// Runs it up to its first wait. It lives on by itself and frees itself at its end, so it must
    /// own (by its parameters) whatever it uses.
    void start() && {
        const Handle handle = std::exchange(handle_, nullptr);
        handle.promise().detached = true;
        handle.resume();
    }

  private:
    Handle handle_;
};

}  // namespace shaketable::injector::proxy
