// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "repute/seal/digest.hpp"
#include "store/bundle.hpp"
#include "store/file.hpp"
#include "store/history.hpp"
#include "store/manifest.hpp"
#include "store/meta.hpp"
#include "store/parts.hpp"
#include "store/snapshot_signature.hpp"
#include "store/snapshot_writer.hpp"
#include "store/zstd_stream.hpp"

namespace repute::store {
namespace {

constexpr unsigned read_only_mode = 0444;
constexpr unsigned small_file_mode = 0644;

// A bundle that was opened, up to where its snapshot file begins.
struct opened_bundle {
  zstd_reader in;
  std::string manifest_text;
  std::optional<std::string> signature_text;
  manifest expected;
};

result<std::string> read_text(zstd_reader& in, std::size_t size) {
  std::string text(size, '\0');
  const auto read = in.read({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return read ? result<std::string>(std::move(text)) : read.error();
}

result<bundle_head> read_head(zstd_reader& in, const std::filesystem::path& from) {
  std::array<std::uint8_t, bundle_head_size> bytes{};
  if (const auto read = in.read(bytes); !read) {
    return read.error();
  }
  std::string problem;
  const auto head = decode_bundle_head(bytes, problem);
  if (!head) {
    return failure{store_error::corrupt, fmt::format("{}: {}", from.string(), problem)};
  }
  return *head;
}

// The signature is checked before the manifest is read, and both before anything else.
result<opened_bundle> open_bundle(const std::filesystem::path& from, const import_terms& terms) {
  auto in = zstd_reader::open(from);
  if (!in) {
    return in.error();
  }
  const auto head = read_head(*in, from);
  if (!head) {
    return head.error();
  }
  opened_bundle out{
      .in = std::move(*in), .manifest_text = {}, .signature_text = {}, .expected = {}};
  auto text = read_text(out.in, head->manifest_bytes);
  if (!text) {
    return text.error();
  }
  out.manifest_text = std::move(*text);
  if (head->signature_bytes != 0) {
    auto signature = read_text(out.in, head->signature_bytes);
    if (!signature) {
      return signature.error();
    }
    out.signature_text = std::move(*signature);
  }
  const auto checked = check_signature(out.manifest_text, out.signature_text, terms.trusted, from);
  if (!checked) {
    return checked.error();
  }
  std::string problem;
  auto decoded = decode_manifest(out.manifest_text, problem);
  if (decoded && decoded->file_bytes != head->file_bytes) {
    decoded.reset();
    problem = "of another size than its bundle says";
  }
  if (!decoded) {
    return failure{store_error::corrupt,
                   fmt::format("{}: its manifest: {}", from.string(), problem)};
  }
  out.expected = std::move(*decoded);
  return out;
}

// Format, salt and canonicalisation version of a file whose digests are right.
result<void> check_terms(const std::filesystem::path& file, const manifest& expected,
                         const import_terms& terms, const std::filesystem::path& shown) {
  const auto part = std::find_if(expected.parts.begin(), expected.parts.end(),
                                 [](const manifest_part& each) { return each.name == part_meta; });
  const auto opened = open_for_reading(file);
  if (!opened) {
    return opened.error();
  }
  constexpr std::uint64_t meta_bytes_max = 1 << 16;
  std::vector<std::uint8_t> bytes;
  if (part != expected.parts.end()) {
    bytes.resize(static_cast<std::size_t>(std::min(part->bytes, meta_bytes_max)));
    const auto read = read_exactly(*opened, file_offset(expected, *part), bytes, shown);
    if (!read) {
      return read.error();
    }
  }
  const auto meta =
      read_meta([&](std::string_view) { return byte_view(bytes); }, expected.generation, shown);
  if (!meta) {
    return meta.error();
  }
  if (meta->info.salt_fp != terms.salt_fp || meta->info.ip_seed != terms.ip_seed) {
    return failure{
        store_error::foreign_salt,
        fmt::format("{}: built under another salt than that of the database", shown.string())};
  }
  if (meta->canon_version != terms.canon_version) {
    return failure{store_error::wrong_version,
                   fmt::format("{}: built with version {} of the canonical forms, this is {}",
                               shown.string(), meta->canon_version, terms.canon_version)};
  }
  return {};
}

// Writes the snapshot file of the bundle beside the others, each chunk only after its check.
result<partial_file> unpack(opened_bundle& bundle, const std::filesystem::path& to,
                            const std::filesystem::path& from) {
  auto file = partial_file::create(to);
  if (!file) {
    return file.error();
  }
  std::vector<std::uint8_t> buffer(chunk_size);
  const std::uint64_t total = bundle.expected.file_bytes;
  for (std::uint64_t at = 0; at < total; at += chunk_size) {
    const byte_span chunk = byte_span(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk_size, total - at)));
    if (const auto read = bundle.in.read(chunk); !read) {
      return read.error();
    }
    if (seal::sha256(chunk) != bundle.expected.chunks[at / chunk_size]) {
      return failure{store_error::corrupt,
                     fmt::format("{}: damaged within the 1 MiB at byte {} of the snapshot ({})",
                                 from.string(), at, part_at(bundle.expected, at))};
    }
    if (const auto written = file->write(chunk); !written) {
      return written.error();
    }
  }
  if (const auto ended = bundle.in.expect_end(); !ended) {
    return ended.error();
  }
  const auto synced = file->sync(read_only_mode);
  return synced ? std::move(file) : synced.error();
}

// Whether `db` has the very snapshot already; a number that may name other data is an error.
result<bool> is_present(const std::filesystem::path& db, const opened_bundle& bundle) {
  const std::uint32_t generation = bundle.expected.generation;
  const auto last = last_generation(db);
  if (!last) {
    return last.error();
  }
  const auto known = read_small_file(manifest_path(db, generation), manifest_bytes_max);
  if (!known && known.error().code != store_error::not_found) {
    return known.error();
  }
  if (known && *known == bundle.manifest_text) {
    // A damaged or half-installed one is installed again.
    return verify_file(snapshot_path(db, generation), bundle.expected,
                       [](std::uint64_t, byte_view) {})
        .has_value();
  }
  if (known || generation <= *last) {
    const std::string why =
        known ? std::string("names other data here")
              : fmt::format("may have named other data here, where {} was the last", *last);
    return failure{store_error::used_number,
                   fmt::format("{}: generation {} {}; a directory takes either bundles or loads of "
                               "its own",
                               db.string(), generation, why)};
  }
  return false;
}

// Raises LAST, which must have its own say: files of this very import carry the number already.
result<void> use_up(const std::filesystem::path& db, std::uint32_t generation) {
  const std::filesystem::path path = db / "snapshots" / "LAST";
  const auto last = read_generation(path);
  if (!last && last.error().code != store_error::not_found) {
    return last.error();
  }
  return last && *last >= generation
             ? result<void>()
             : replace_file(path, fmt::format("{}\n", generation), small_file_mode);
}

// The manifest first: by it an import that broke off is recognised, and may be done again.
result<void> install_texts(const std::filesystem::path& db, const opened_bundle& bundle,
                           const import_terms& terms) {
  const std::uint32_t generation = bundle.expected.generation;
  // Without trusted keys nobody can say which of two signatures is the better one.
  const bool signed_already =
      terms.trusted.empty() && std::filesystem::exists(signature_path(db, generation));
  auto done = replace_file(manifest_path(db, generation), bundle.manifest_text, read_only_mode);
  if (done && bundle.signature_text && !signed_already) {
    done = replace_file(signature_path(db, generation), *bundle.signature_text, read_only_mode);
  }
  return done ? use_up(db, generation) : done;
}

result<void> install(const std::filesystem::path& from, const std::filesystem::path& db,
                     opened_bundle& bundle, const import_terms& terms) {
  auto file = unpack(bundle, snapshot_path(db, bundle.expected.generation), from);
  if (!file) {
    return file.error();
  }
  if (const auto fits = check_terms(file->path(), bundle.expected, terms, from); !fits) {
    return fits;
  }
  // Each mode finds the parts its own way: a server of either kind must get along with them.
  for (const storage_mode mode : {storage_mode::mmap, storage_mode::memory}) {
    if (const auto opened = snapshot::open_file(file->path(), bundle.expected, mode); !opened) {
      return failure{opened.error().code, fmt::format("{}: its snapshot cannot be served: {}",
                                                      from.string(), opened.error().message)};
    }
  }
  const auto done = install_texts(db, bundle, terms);
  return done ? file->finish() : done;
}

}  // namespace

result<imported> import_bundle(const std::filesystem::path& from, const std::filesystem::path& db,
                               const import_terms& terms) {
  auto bundle = open_bundle(from, terms);
  if (!bundle) {
    return bundle.error();
  }
  const auto lock = write_lock::acquire(db);
  if (!lock) {
    return lock.error();
  }
  const std::uint32_t generation = bundle->expected.generation;
  const auto present = is_present(db, *bundle);
  if (!present) {
    return present.error();
  }
  result<void> done;
  if (*present) {
    done = check_terms(snapshot_path(db, generation), bundle->expected, terms, from);
    done = done ? install_texts(db, *bundle, terms) : done;
  } else {
    done = install(from, db, *bundle, terms);
  }
  if (!done) {
    return done.error();
  }
  const auto current = read_current(db);
  const bool in_force = current && *current == generation;
  // Written even if it says so already: a server that refused it, unsigned, looks again.
  done = in_force ? replace_file(db / "CURRENT", fmt::format("{}\n", generation), small_file_mode)
                  : put_in_force(db, generation);
  if (!done) {
    return done.error();
  }
  return imported{generation, !(*present && in_force)};
}

}  // namespace repute::store
