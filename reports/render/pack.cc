#include "reports/render/pack.h"

#include <zlib.h>

#include "base/check.h"

namespace shaketable::reports {

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    constexpr int gzip_format = 15 + 16;  // the largest window; a gzip header instead of zlib's
    const int begun =
        deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_format, 9, Z_DEFAULT_STRATEGY);
    SHAKETABLE_CHECK(begun == Z_OK, "zlib is there and has memory");
    std::string packed(deflateBound(&stream, bytes.size()), '\0');
    // zlib reads through a pointer that is not const in its oldest interface, and takes at most
    // 4 GiB at a time; a page is far below that.
    SHAKETABLE_CHECK(packed.size() < 0xFFFF'FFFFU, "a page's data are smaller than 4 GiB");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int ended = deflate(&stream, Z_FINISH);
    SHAKETABLE_CHECK(ended == Z_STREAM_END, "deflateBound is an upper bound");
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view signs =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k)
            three = (three << 8U) |
                    (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            text += i + k > bytes.size() ? '=' : signs[(three >> (18 - 6 * k)) & 63U];
    }
    return text;
}

std::string csp_hash(std::string_view hexadecimal) {
    SHAKETABLE_CHECK(hexadecimal.size() == 64, "a SHA-256 digest has 64 digits");
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i < hexadecimal.size(); i += 2)
        bytes += static_cast<char>(digit(hexadecimal[i]) * 16 + digit(hexadecimal[i + 1]));
    return "sha256-" + base64(bytes);
}

}  // namespace shaketable::reports
