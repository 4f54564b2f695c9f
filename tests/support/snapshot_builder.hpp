// SPDX-License-Identifier: Apache-2.0
// Content of a snapshot, made by hand; and a snapshot in memory, without a file.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/parts.hpp"
#include "store/snapshot_image.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::test {

inline constexpr std::uint64_t load_time_unix_s = 1'700'000'000;

/// A listing; `score` tells it from others.
inline answer listing(std::int16_t score, verdict says = verdict::spam, std::uint16_t ttl_s = 60) {
  answer out;
  out.status = status::listed;
  out.verdict = says;
  out.score = score;
  out.ttl_s = ttl_s;
  return out;
}

/// Content with one feed, whose keys are made of numbers.
class content_builder {
 public:
  content_builder() {
    content_.feeds.push_back({"feed", {"feed.txt"}, load_time_unix_s, 0});
    content_.ip_seed = 0x0123456789abcdef;
    content_.salt_fp = {0xaa, 0xbb};
    content_.data_epoch = 7;
    content_.created_unix_s = load_time_unix_s;
    content_.canon_version = 1;
  }

  /// Index of a verdict of these steps.
  std::uint32_t verdict_of(std::vector<store::verdict_step> steps) {
    content_.verdicts.push_back({std::move(steps), {0}});
    return static_cast<std::uint32_t>(content_.verdicts.size() - 1);
  }
  std::uint32_t verdict_of(const answer& always) { return verdict_of({{always, 0}}); }

  void add_key(kind kind, const fingerprint& key, std::uint32_t verdict) {
    const auto table_key = is_ip(kind)
                               ? store::table_key_of_address(
                                     kind, byte_view(key).first(key_size(kind)), content_.ip_seed)
                               : store::table_key_of(key.data());
    content_.keys.push_back({table_key, kind, verdict});
  }

  void add_record(kind kind, const fingerprint& key, std::uint32_t line, std::string_view text,
                  std::string_view reason = {}) {
    store::record row;
    row.kind = kind;
    row.key = key;
    row.prefix_length = is_ip(kind) ? static_cast<std::uint8_t>(key_size(kind) * 8) : 0;
    row.verdict = verdict::spam;
    row.line = line;
    row.text = text;
    row.reason = reason;
    content_.records.add(row);
  }

  [[nodiscard]] store::snapshot_content& content() noexcept { return content_; }

 private:
  store::snapshot_content content_;
};

/// A snapshot laid out in memory as a file would be.
class memory_snapshot {
 public:
  explicit memory_snapshot(const store::snapshot_content& content) {
    store::table_keys keys;
    for (const store::resolved_key& key : content.keys) {
      keys.add(key);
    }
    auto made = store::make_image(content, keys, {}, 1, {});
    if (!made) {
      throw std::runtime_error(made.error().message);
    }
    image_ = std::make_unique<store::snapshot_image>(std::move(*made));
    image_->meta.info.generation = 1;
    for (const auto& [name, payload] : image_->parts) {
      pad(name, payload);
    }
    for (std::size_t i = 0; i < image_->table.size(); ++i) {
      pad(store::part_table(i), image_->table[i].bytes());
    }
    const auto view = store::make_view(
        image_->meta,
        [this](std::string_view name) {
          const auto found = parts_.find(name);
          return found == parts_.end() ? byte_view() : found->second.bytes().subspan(16);
        },
        "memory");
    if (!view) {
      throw std::runtime_error(view.error().message);
    }
    view_ = *view;
  }

  [[nodiscard]] const store::snapshot_view& view() const noexcept { return view_; }
  [[nodiscard]] const store::snapshot_image& image() const noexcept { return *image_; }

  [[nodiscard]] answer ask(kind kind, const fingerprint& key, std::uint64_t now_unix_s) const {
    const store::probe probe = view_.make_probe(kind, key.data());
    answer out;
    view_.lookup({&probe, 1}, now_unix_s, {&out, 1});
    return out;
  }

 private:
  // A value begins 16 bytes into a page, its payload 48 bytes further.
  void pad(const std::string& name, byte_view payload) {
    const std::size_t size = (64 + payload.size() + 63) / 64 * 64;
    store::aligned_bytes padded(size);
    std::copy(payload.begin(), payload.end(), padded.data() + 64);
    parts_.emplace(name, std::move(padded));
  }

  std::unique_ptr<store::snapshot_image> image_;
  std::map<std::string, store::aligned_bytes, std::less<>> parts_;
  store::snapshot_view view_;
};

}  // namespace repute::test
