#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>

#include "cli/commands.h"

namespace shaketable::cli {

bool write_file(const std::string& path, const std::string& text) {
    const auto fail = [&](const std::string& remove) {
        std::cerr << "error: cannot write " << path << ": " << std::strerror(errno) << "\n";
        std::remove(remove.c_str());
        return false;
    };
    const std::string temporary = path + ".part";
    std::ofstream out{temporary, std::ios::binary};
    out << text;
    out.close();
    if (!out) return fail(temporary);
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return fail(temporary);
    return true;
}

}  // namespace shaketable::cli
