// SPDX-License-Identifier: Apache-2.0
#include "store/record_block.hpp"

#include <zstd.h>

#include <algorithm>
#include <stdexcept>

namespace repute::store {
namespace {

constexpr int compression_level = 1;  // records are read rarely; loading should not wait for them
constexpr std::uint8_t flag_exclusion = 1;

}  // namespace

block_key make_block_key(kind kind, const fingerprint& key, std::uint8_t prefix_length,
                         std::uint32_t number) noexcept {
  block_key result{};
  result[0] = static_cast<std::uint8_t>(kind);
  std::copy(key.begin(), key.end(), result.begin() + 1);
  result[1 + fingerprint_size] = prefix_length;
  store_le(&result[2 + fingerprint_size], __builtin_bswap32(number));
  return result;
}

void encode_record(const record& from, byte_writer& out) {
  out.number(static_cast<std::uint8_t>(from.kind));
  out.number(from.prefix_length);
  out.number(std::uint8_t{from.exclusion ? flag_exclusion : std::uint8_t{0}});
  out.number(static_cast<std::uint8_t>(from.verdict));
  out.raw(byte_view(from.key));
  out.number(static_cast<std::uint16_t>(from.score));
  out.number(from.category);
  out.number(from.cache_ttl_s);
  out.number(from.feed);
  out.number(from.file);
  out.number(from.expires_h);
  out.number(from.line);
  out.number(from.time_unix_s);
  out.text(from.text);
  out.text(from.reason);
}

// The loader copies records from snapshot to snapshot and asserts these ranges.
static bool in_range(const record& r, std::uint8_t flags) noexcept {
  const std::size_t longest_prefix = is_ip(r.kind) ? key_size(r.kind) * 8 : 0;
  return is_known(r.kind) && r.verdict <= verdict::malware && flags <= flag_exclusion &&
         r.prefix_length <= longest_prefix && r.score >= score_min && r.score <= score_max &&
         r.category <= category_max && r.text.size() <= record_text_max &&
         r.reason.size() <= record_reason_max;
}

bool decode_record(byte_reader& in, record& out) noexcept {
  out.kind = static_cast<kind>(in.number<std::uint8_t>());
  out.prefix_length = in.number<std::uint8_t>();
  const auto flags = in.number<std::uint8_t>();
  out.exclusion = flags == flag_exclusion;
  out.verdict = static_cast<verdict>(in.number<std::uint8_t>());
  const byte_view key = in.take(out.key.size());
  std::copy(key.begin(), key.end(), out.key.begin());
  out.score = static_cast<std::int16_t>(in.number<std::uint16_t>());
  out.category = in.number<std::uint16_t>();
  out.cache_ttl_s = in.number<std::uint16_t>();
  out.feed = in.number<std::uint16_t>();
  out.file = in.number<std::uint16_t>();
  out.expires_h = in.number<std::uint32_t>();
  out.line = in.number<std::uint32_t>();
  out.time_unix_s = in.number<std::uint64_t>();
  out.text = in.text();
  out.reason = in.text();
  return in.ok() && in_range(out, flags);
}

std::vector<std::uint8_t> compress_block(byte_view raw) {
  std::vector<std::uint8_t> out(ZSTD_compressBound(raw.size()));
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), compression_level);
  if (ZSTD_isError(size) != 0) {
    throw std::runtime_error(ZSTD_getErrorName(size));  // out of memory: the bound always suffices
  }
  out.resize(size);
  return out;
}

std::optional<std::vector<std::uint8_t>> decompress_block(byte_view compressed) {
  const auto size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (size > block_size_max) {  // also ZSTD_CONTENTSIZE_UNKNOWN and _ERROR
    return std::nullopt;
  }
  std::vector<std::uint8_t> out(static_cast<std::size_t>(size));
  const std::size_t done =
      ZSTD_decompress(out.data(), out.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(done) != 0 || done != out.size()) {
    return std::nullopt;
  }
  return out;
}

}  // namespace repute::store
