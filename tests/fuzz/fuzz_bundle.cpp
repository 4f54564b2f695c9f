// SPDX-License-Identifier: Apache-2.0
// Bundles of any bytes, and good ones that were changed. What is refused leaves the database as it
// was; of a signer who is trusted only what he exported is taken; and what is taken without keys,
// where digests are true for whatever they are of, can be served and read. Bit 0 of the first byte:
// a key is trusted; bit 1: the rest is the bundle itself, else a list of changes, each u8 of what
// (bits 0 and 1: the layer; bit 2: a byte more), u24 place, u8 bits to turn, 0: cut there.
#include <zstd.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "fuzz/memory_folder.hpp"
#include "fuzz/require.hpp"
#include "store/bundle.hpp"
#include "store/manifest.hpp"
#include "store/snapshot_reader.hpp"
#include "store/snapshot_signature.hpp"
#include "support/snapshot_builder.hpp"
#include "support/temporary_directory.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute;
using namespace repute::store;
namespace fs = std::filesystem;

using files = std::map<std::string, std::string>;

constexpr std::uint32_t exported = 2;  // generation of the bundle; the one before is served
constexpr std::size_t change_bytes = 5;
enum layer : std::uint8_t { snapshot_file, manifest_lines, content, frame, layers };
constexpr std::uint8_t longer = layers;

template <class T>
T good(result<T> of) {
  if (!of) {
    throw std::runtime_error(of.error().message);
  }
  return std::move(*of);
}

snapshot_content some_content(std::int16_t score) {
  test::content_builder builder;
  const std::uint32_t spam = builder.verdict_of(test::listing(score));
  const std::uint32_t soon = builder.verdict_of({{test::listing(3), 500000}, {{}, 0}});
  for (std::uint8_t i = 0; i < 20; ++i) {
    fingerprint key{};
    key.fill(i);
    builder.add_key(kind::host, key, spam);
    builder.add_key(kind::ip4, {192, 0, 2, i}, soon);
    builder.add_record(kind::host, key, i, "row.example", "why");
  }
  builder.content().ranges4 = {{0, no_verdict}, {0xc6336400, spam}, {0xc6336500, no_verdict}};
  builder.content().ranges6 = {{{0x20010db800000000, 1}, spam}, {{0x20010db800000000, 9}, soon}};
  return std::move(builder.content());
}

void publish(const fs::path& db, std::int16_t score) {
  const auto lock = good(write_lock::acquire(db));
  good(publish_snapshot(db, some_content(score)));
}

// Names and bytes; LOCK is nobody's data.
files files_of(const fs::path& db) {
  files out;
  for (const auto& entry : fs::recursive_directory_iterator(db)) {
    if (entry.is_regular_file() && entry.path().filename() != "LOCK") {
      out[entry.path().string()] = test::read_file(entry.path());
    }
  }
  return out;
}

// The content of a bundle.
std::string joined(const std::string& manifest, const std::string& signature,
                   const std::string& file) {
  const auto head = encode_bundle_head({static_cast<std::uint32_t>(manifest.size()),
                                        static_cast<std::uint32_t>(signature.size()), file.size()});
  return std::string(head.begin(), head.end()) + manifest + signature + file;
}

bool holds(std::string_view frame, const std::string& content) {
  std::string out(content.size(), '\0');
  return ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size()) == out.size() &&
         out == content;
}

std::string compressed(const std::string& from) {
  std::string out(ZSTD_compressBound(from.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), from.data(), from.size(), 1));
  return out;
}

struct world {
  world() {
    const fs::path source = folder.path() / "source";
    publish(source, 1);
    publish(source, 2);
    publish(db, 1);
    if (!sign_snapshot(source, exported, key)) {
      throw std::runtime_error("a snapshot cannot be signed");
    }
    snapshot_bytes = test::read_file(snapshot_path(source, exported));
    listed = good(read_manifest(manifest_path(source, exported)));
    signature = test::read_file(signature_path(source, exported));
    content = joined(encode_manifest(listed), signature, snapshot_bytes);
    good(write_bundle(source, exported, bundle));
    require(holds(test::read_file(bundle), content));
    before = files_of(db);
    after = before;
    after[snapshot_path(db, exported).string()] = snapshot_bytes;
    after[manifest_path(db, exported).string()] = encode_manifest(listed);
    after[signature_path(db, exported).string()] = signature;
    after[(db / "snapshots" / "LAST").string()] = "2\n";
    after[(db / "HISTORY").string()] = "1\n";
    after[(db / "CURRENT").string()] = "2\n";
  }

  test::temporary_directory folder{fuzz::memory_folder()};
  fs::path db = folder.path() / "db";
  fs::path bundle = folder.path() / "bundle";
  seal::signing_key key = seal::signing_key::from_seed(std::array<std::uint8_t, 32>{1});
  std::string snapshot_bytes;
  manifest listed;
  std::string signature;
  std::string content;
  files before;
  files after;  // once what was exported is imported
};

void change(byte_view changes, layer which, std::string& bytes) {
  for (; changes.size() >= change_bytes; changes = changes.subspan(change_bytes)) {
    const std::size_t place = load_le<std::uint32_t>(changes.data()) >> 8;
    const auto bits = static_cast<char>(changes[4]);
    if (changes[0] % layers != which) {
      continue;
    }
    if ((changes[0] & longer) != 0) {
      bytes.push_back(bits);
    } else if (bits == 0) {
      bytes.resize(place % (bytes.size() + 1));
    } else if (!bytes.empty()) {
      char& byte = bytes[place % bytes.size()];
      byte = static_cast<char>(byte ^ bits);
    }
  }
}

// Digests are true for what the layers below have become.
std::string changed_bundle(const world& from, byte_view changes, bool is_signed) {
  std::string file = from.snapshot_bytes;
  change(changes, layer::snapshot_file, file);
  manifest listed = from.listed;
  listed.file_bytes = file.size();
  listed.chunks.clear();
  for (std::size_t at = 0; at < file.size(); at += chunk_size) {
    listed.chunks.push_back(seal::sha256(
        seal::bytes_of(file).subspan(at).first(std::min(chunk_size, file.size() - at))));
  }
  std::string text = encode_manifest(listed);
  text.resize(text.rfind("end "));
  change(changes, layer::manifest_lines, text);
  text += "end " + seal::to_hex(seal::sha256(seal::bytes_of(text))) + "\n";
  const std::string signature = is_signed ? from.signature : "";
  std::string content = joined(text, signature, file);
  change(changes, layer::content, content);
  std::string out = compressed(content);
  change(changes, layer::frame, out);
  return out;
}

// Every key that is in it and others, and every range.
void ask(const snapshot_view& view) {
  for (const kind each : {kind::host, kind::ip4, kind::ip6}) {
    std::array<fingerprint, 256> keys{};
    std::array<probe, keys.size()> probes{};
    std::array<answer, keys.size()> answers;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto byte = static_cast<std::uint8_t>(i);
      keys[i].fill(byte);
      keys[i] = each == kind::ip4 ? fingerprint{192, 0, 2, byte} : keys[i];
      probes[i] = view.make_probe(each, keys[i].data());
    }
    view.lookup(probes, test::load_time_unix_s, answers);
  }
  static_cast<void>(view.prefix4.is_sound(view.dictionary.size()));
  static_cast<void>(view.prefix6.is_sound(view.dictionary.size()));
}

void use(const fs::path& db, std::uint32_t generation) {
  for (const storage_mode mode : {storage_mode::mmap, storage_mode::memory}) {
    ask(good(snapshot::open(db, generation, mode))->view());
  }
  const auto reader = snapshot_reader::open_verified(db, generation);
  if (reader) {
    static_cast<void>(reader->for_each_record([](const record&) {}));
    for (std::uint32_t i = 0; i < 4; ++i) {
      static_cast<void>(reader->sources_of(i));
    }
  }
}

void restore(const files& before, const files& now) {
  for (const auto& [name, bytes] : now) {
    fs::remove(name);
  }
  for (const auto& [name, bytes] : before) {
    std::ofstream(name, std::ios::binary) << bytes;
  }
}

void check(const world& from, const std::string& bundle,
           std::span<const seal::public_key> trusted) {
  const import_terms terms{.salt_fp = {0xaa, 0xbb},
                           .ip_seed = 0x0123456789abcdef,
                           .canon_version = 1,
                           .trusted = trusted};
  from.folder.write("bundle", bundle);
  const auto done = import_bundle(from.bundle, from.db, terms);
  const files now = files_of(from.db);
  if (!done) {
    require(!done.error().message.empty() && now == from.before);
    return;
  }
  require(done->changed && good(read_current(from.db)) == done->generation);
  const std::string served = snapshot_path(from.db, 1).string();
  require(now.at(served) == from.before.at(served));
  require(trusted.empty() || (now == from.after && holds(bundle, from.content)));
  use(from.db, done->generation);
  const auto again = import_bundle(from.bundle, from.db, terms);
  require(again && !again->changed && files_of(from.db) == now);
  restore(from.before, now);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const world from;
  if (size == 0) {
    return 0;
  }
  const bool is_trusting = (data[0] & 1) != 0;
  const bool is_raw = (data[0] & 2) != 0;
  const byte_view rest(data + 1, size - 1);
  const std::array trusted{from.key.public_half()};
  check(from,
        is_raw ? std::string(text_of(rest.data(), rest.size()))
               : changed_bundle(from, rest, is_trusting),
        std::span(trusted).first(is_trusting ? 1 : 0));
  return 0;
}
