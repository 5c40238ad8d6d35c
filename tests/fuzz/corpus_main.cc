// Runs the fuzz target over every file of the folders named, without libFuzzer: so that what a
// fuzzer once found is tried again by every build.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

/// Generous: a build with sanitizers on a busy machine is slow, and a hang takes for ever.
constexpr double seconds_max = 20;

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<fs::path> files;
    for (int i = 1; i < argc; ++i)
        for (const auto& entry : fs::directory_iterator{argv[i]})
            if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    int slow = 0;
    for (const fs::path& path : files) {
        // Said beforehand: a crash leaves no other trace.
        std::printf("%s\n", path.c_str());
        std::fflush(stdout);
        const std::string text = content(path);
        const auto start = std::chrono::steady_clock::now();
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        if (took.count() < seconds_max) continue;
        std::printf("  took %.1f s\n", took.count());
        ++slow;
    }
    std::printf("%zu files\n", files.size());
    return files.empty() || slow > 0 ? 1 : 0;
}
