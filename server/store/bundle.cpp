// SPDX-License-Identifier: Apache-2.0
#include "store/bundle.hpp"

#include <algorithm>
#include <string_view>

#include "repute/seal/digest.hpp"
#include "store/file.hpp"
#include "store/manifest.hpp"
#include "store/snapshot_signature.hpp"
#include "store/zstd_stream.hpp"

namespace repute::store {
namespace {

constexpr std::string_view magic = "repute bundle 1\n";
constexpr std::size_t manifest_bytes_at = magic.size();
constexpr std::size_t signature_bytes_at = manifest_bytes_at + 4;
constexpr std::size_t file_bytes_at = signature_bytes_at + 4;
static_assert(file_bytes_at + 8 == bundle_head_size);
constexpr unsigned bundle_mode = 0644;

}  // namespace

std::array<std::uint8_t, bundle_head_size> encode_bundle_head(const bundle_head& from) noexcept {
  std::array<std::uint8_t, bundle_head_size> out{};
  std::copy(magic.begin(), magic.end(), out.begin());
  store_le(&out[manifest_bytes_at], from.manifest_bytes);
  store_le(&out[signature_bytes_at], from.signature_bytes);
  store_le(&out[file_bytes_at], from.file_bytes);
  return out;
}

std::optional<bundle_head> decode_bundle_head(byte_view bytes, std::string& problem) {
  if (bytes.size() != bundle_head_size || !std::equal(magic.begin(), magic.end(), bytes.begin())) {
    problem = "not a bundle of this version";
    return std::nullopt;
  }
  const bundle_head out{.manifest_bytes = load_le<std::uint32_t>(&bytes[manifest_bytes_at]),
                        .signature_bytes = load_le<std::uint32_t>(&bytes[signature_bytes_at]),
                        .file_bytes = load_le<std::uint64_t>(&bytes[file_bytes_at])};
  if (out.manifest_bytes == 0 || out.manifest_bytes > manifest_bytes_max ||
      (out.signature_bytes != 0 && out.signature_bytes != seal::signature_file_size) ||
      out.file_bytes == 0 || out.file_bytes > snapshot_file_bytes_max) {
    problem = "its head tells sizes that no snapshot has";
    return std::nullopt;
  }
  return out;
}

// Compresses the file's chunks while they are compared with the manifest.
static result<void> write_snapshot(const std::filesystem::path& path, const manifest& expected,
                                   zstd_writer& out) {
  result<void> written;
  const auto checked = verify_file(path, expected, [&](std::uint64_t, byte_view chunk) {
    if (written) {
      written = out.write(chunk);
    }
  });
  return checked ? written : checked;
}

result<std::uint64_t> write_bundle(const std::filesystem::path& db, std::uint32_t generation,
                                   const std::filesystem::path& to) {
  const auto expected = read_trusted_manifest(db, generation, {});
  if (!expected) {
    return expected.error();
  }
  const auto signature = read_signature(db, generation);
  if (!signature) {
    return signature.error();
  }
  // What is decoded strictly has one text.
  const std::string manifest_text = encode_manifest(*expected);
  const std::string signature_text = signature->value_or(std::string());
  const auto checked =
      check_signature(manifest_text, *signature, {}, signature_path(db, generation));
  if (!checked) {
    return checked.error();
  }
  auto file = partial_file::create(to);
  if (!file) {
    return file.error();
  }
  const auto head =
      encode_bundle_head({static_cast<std::uint32_t>(manifest_text.size()),
                          static_cast<std::uint32_t>(signature_text.size()), expected->file_bytes});
  zstd_writer out(
      *file, head.size() + manifest_text.size() + signature_text.size() + expected->file_bytes);
  result<void> done = out.write(head);
  done = done ? out.write(seal::bytes_of(manifest_text)) : done;
  done = done ? out.write(seal::bytes_of(signature_text)) : done;
  done = done ? write_snapshot(snapshot_path(db, generation), *expected, out) : done;
  done = done ? out.finish() : done;
  done = done ? file->sync(bundle_mode) : done;
  const auto size = done ? size_of(file->open_file(), file->path()) : done.error();
  done = done ? file->finish() : done;
  return done ? size : done.error();
}

}  // namespace repute::store
