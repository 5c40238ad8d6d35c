#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"

namespace shaketable::cli {

namespace {

/// Down to the disk. False: `errno` says why not.
bool write_through(int file, std::string_view rest) {
    while (!rest.empty()) {
        const ssize_t n = ::write(file, rest.data(), rest.size());
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    }
    return ::fsync(file) == 0;
}

}  // namespace

bool write_file(const std::string& path, const std::string& text) {
    const std::string temporary = path + ".part";
    constexpr mode_t by_umask = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
    const int file = ::open(temporary.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, by_umask);
    bool good = file >= 0 && write_through(file, text);
    int why = errno;
    if (file >= 0 && ::close(file) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && std::rename(temporary.c_str(), path.c_str()) == 0) return true;
    if (good) why = errno;
    std::cerr << "error: cannot write " << path << ": " << std::strerror(why) << "\n";
    if (file >= 0) (void)::unlink(temporary.c_str());
    return false;
}

}  // namespace shaketable::cli
