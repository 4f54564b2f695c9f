// SPDX-License-Identifier: Apache-2.0
#include "snapshot/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <tuple>

#include "store/file.hpp"
#include "store/manifest.hpp"
#include "store/snapshot_reader.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::snapshot {
namespace {

using store::record;
using store::result;
using store::store_error;

class checker {
 public:
  checker(const store::snapshot_reader& reader, verification& into)
      : reader_(reader), into_(into) {}

  void check_dictionary();
  void check_prefixes();
  result<void> check_records();
  void check_counts();

 private:
  void say(std::string_view what) {
    if (into_.problems.size() < problems_max) {
      into_.problems.push_back(fmt::format("{}: {}", reader_.path().string(), what));
    }
  }
  void check_block(byte_view block, const store::record_position& named);
  void check_record(const record& next);
  void check_key(const record& of);

  const store::snapshot_reader& reader_;
  verification& into_;
  store::record_set previous_;  // the record before
  std::array<std::uint64_t, 256> keys_by_kind_{};
};

void checker::check_dictionary() {
  const auto& entries = reader_.view().dictionary;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const store::dictionary_entry& entry = entries[i];
    std::array<std::uint8_t, answer_size> again{};
    encode_answer(decode_answer(entry.answer.data()), again.data());
    const bool sound =
        i == 0 ? entry == store::dictionary_entry{} : again == entry.answer && entry.next < i;
    if (!sound) {
      say(fmt::format("dictionary: entry {} is broken", i));
    }
    if (i > 0 && reader_.sources_of(i).empty()) {
      say(fmt::format("sources: no feed for dictionary entry {}", i));
    }
  }
}

void checker::check_prefixes() {
  const store::snapshot_view& view = reader_.view();
  if (!view.prefix4.is_sound(view.dictionary.size())) {
    say("prefix4: its ranges are broken");
  }
  if (!view.prefix6.is_sound(view.dictionary.size())) {
    say("prefix6: its ranges are broken");
  }
}

void checker::check_key(const record& of) {
  const bool network = is_ip(of.kind) && of.prefix_length < key_size(of.kind) * 8;
  if (network) {
    return;
  }
  const store::snapshot_view& view = reader_.view();
  const std::uint32_t index = view.table.find(view.make_probe(of.kind, of.key.data()).key);
  if (index == 0 || index >= view.dictionary.size()) {
    say(fmt::format("table: no verdict for the {} of \"{}\"", name(of.kind), of.text));
    return;
  }
  ++into_.keys;
  ++keys_by_kind_[static_cast<std::uint8_t>(of.kind)];
}

void checker::check_record(const record& next) {
  ++into_.records;
  const auto& feeds = reader_.feeds();
  if (next.feed >= feeds.size() ||
      next.file >= std::max<std::size_t>(1, feeds[next.feed].files.size())) {
    say(fmt::format("records: \"{}\" is of no feed or file that the snapshot knows", next.text));
  }
  const bool first = previous_.size() == 0;
  if (!first && !record_less(previous_[0], next)) {
    say(fmt::format("records: \"{}\" is out of order", next.text));
  }
  if (first || position_of(previous_[0]) != position_of(next)) {
    check_key(next);
  }
  previous_.clear();
  previous_.add(next);
}

void checker::check_block(byte_view block, const store::record_position& named) {
  store::record_set rows;
  if (!decode_block(block, rows) || !store::content_matches(block) ||
      position_of(rows[0]) != named) {
    say(fmt::format("records: a block of {} is broken", name(named.kind)));
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    check_record(rows[i]);
  }
}

result<void> checker::check_records() {
  auto blocks = reader_.blocks();
  if (!blocks) {
    return blocks.error();
  }
  while (!blocks->at_end()) {
    check_block(blocks->block(), blocks->first());
    if (const auto moved = blocks->advance(); !moved) {
      return moved;
    }
  }
  return {};
}

void checker::check_counts() {
  const store::snapshot_meta& meta = reader_.meta();
  if (into_.records != meta.info.records) {
    say(fmt::format("records: {} of them, its meta part says {}", into_.records,
                    meta.info.records));
  }
  for (const kind each : all_kinds) {
    const auto number = static_cast<std::uint8_t>(each);
    if (keys_by_kind_[number] != meta.keys_by_kind[number]) {
      say(fmt::format("table: {} keys of {} in the records, its meta part says {}",
                      keys_by_kind_[number], name(each), meta.keys_by_kind[number]));
    }
  }
}

// Whoever signed: that somebody may be trusted is for servers to say. No signature is no problem.
result<void> check_signer(const std::string& db, verification& into) {
  const auto manifest =
      store::read_small_file(store::manifest_path(db, into.generation), store::manifest_bytes_max);
  const auto signature = store::read_signature(db, into.generation);
  if (!manifest || (signature && !*signature)) {
    return {};  // the check of the bytes tells why there is no manifest
  }
  const auto checked = signature
                           ? store::check_signature(*manifest, *signature, {},
                                                    store::signature_path(db, into.generation))
                           : result<void>(signature.error());
  if (checked) {
    return {};
  }
  const store_error code = checked.error().code;
  if (code != store_error::corrupt && code != store_error::untrusted) {
    return checked;
  }
  into.problems.push_back("signature: " + checked.error().message);
  return {};
}

// False if the file's bytes are not worth a look at what they mean.
result<bool> check_bytes(const std::string& db, verification& into) {
  const auto told = [&](const store::failure& why) {
    into.problems.push_back(why.message);
    return false;
  };
  const auto expected = store::read_manifest(store::manifest_path(db, into.generation));
  if (!expected) {
    return expected.error().code == store_error::corrupt ? result<bool>(told(expected.error()))
                                                         : expected.error();
  }
  into.file_bytes = expected->file_bytes;
  const std::filesystem::path path = store::snapshot_path(db, into.generation);
  const auto damaged = store::damaged_chunks(path, *expected, std::thread::hardware_concurrency());
  if (!damaged) {
    return damaged.error().code == store_error::corrupt ? result<bool>(told(damaged.error()))
                                                        : damaged.error();
  }
  for (const std::uint64_t offset : *damaged) {
    if (into.problems.size() < problems_max) {
      told(store::damage_failure(path, *expected, offset));
    }
  }
  return damaged->empty();
}

}  // namespace

result<verification> verify(const std::string& db, std::uint32_t generation) {
  verification out;
  out.generation = generation;
  if (const auto done = check_signer(db, out); !done) {
    return done.error();
  }
  const auto whole = check_bytes(db, out);
  if (!whole) {
    return whole.error();
  }
  if (!*whole) {
    return out;
  }
  const auto reader = store::snapshot_reader::open(db, generation);
  if (!reader) {
    out.problems.push_back(reader.error().message);
    return out;
  }
  checker checks(*reader, out);
  checks.check_dictionary();
  checks.check_prefixes();
  if (const auto done = checks.check_records(); !done) {
    out.problems.push_back(done.error().message);
    return out;
  }
  checks.check_counts();
  return out;
}

}  // namespace repute::snapshot
