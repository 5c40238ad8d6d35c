#include "injector/run/signals.h"

#include <csignal>

namespace shaketable::injector {

namespace {

volatile std::sig_atomic_t last = 0;

void remember(int signal) {
    last = signal;
}

}  // namespace

Signals::Signals() {
    last = 0;
    struct sigaction action {};
    action.sa_handler = remember;
    for (std::size_t i = 0; i < ended_by.size(); ++i)
        ::sigaction(ended_by[i], &action, &before_[i]);
    action.sa_handler = SIG_IGN;
    for (std::size_t i = 0; i < ignored.size(); ++i)
        ::sigaction(ignored[i], &action, &ignored_before_[i]);
}

Signals::~Signals() {
    for (std::size_t i = 0; i < ended_by.size(); ++i)
        ::sigaction(ended_by[i], &before_[i], nullptr);
    for (std::size_t i = 0; i < ignored.size(); ++i)
        ::sigaction(ignored[i], &ignored_before_[i], nullptr);
}

int Signals::caught() noexcept {
    return last;
}

}  // namespace shaketable::injector
