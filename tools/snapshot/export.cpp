// SPDX-License-Identifier: Apache-2.0
#include "snapshot/export.hpp"

#include "load/row_compiler.hpp"
#include "snapshot/group_stream.hpp"

namespace repute::snapshot {
namespace {

using load::export_layer;
using load::export_line;

// What rows and entries of other layers have in common.
template <class Row>
export_line line_of(const Row& row) {
  export_line out;
  out.subject = subject_of(row.kind);
  out.subdomains = row.kind == kind::domain;
  out.prefix_length = row.prefix_length;
  out.text = row.text;
  out.verdict = row.verdict;
  out.score = row.score;
  out.category = row.category;
  out.ttl_s = row.cache_ttl_s;
  out.reason = row.reason;
  return out;
}

class exporter {
 public:
  exporter(const store::snapshot_reader& reader, load::export_format format,
           const std::string& feed, const text_sink& sink)
      : reader_(reader), format_(format), only_feed_(feed), sink_(sink) {}

  store::result<void> run();

 private:
  bool write(const export_line& line);
  bool write_heads();
  bool write_row(const store::record& row);
  bool write_live();
  [[nodiscard]] bool wanted(const store::feed_info& feed) const {
    return only_feed_.empty() || feed.name == only_feed_;
  }

  const store::snapshot_reader& reader_;
  load::export_format format_;
  const std::string& only_feed_;
  const text_sink& sink_;
  std::string buffer_;
};

bool exporter::write(const export_line& line) {
  constexpr std::size_t enough = std::size_t{1} << 16;
  append_export_line(line, format_, buffer_);
  if (buffer_.size() < enough) {
    return true;
  }
  const bool taken = sink_(buffer_);
  buffer_.clear();
  return taken;
}

bool exporter::write_heads() {
  export_line head;
  head.layer = export_layer::snapshot;
  head.time_unix_s = reader_.meta().info.created_unix_s;
  head.seq = reader_.meta().info.data_seq;
  bool going = write(head);
  for (const store::feed_info& feed : reader_.feeds()) {
    if (!wanted(feed)) {
      continue;
    }
    export_line line;
    line.layer = export_layer::feed;
    line.feed = feed.name;
    line.time_unix_s = feed.loaded_unix_s;
    line.rows = feed.rows;
    going = going && write(line);
    for (const std::string& file : feed.files) {
      export_line named;
      named.layer = export_layer::file;
      named.feed = feed.name;
      named.file = file;
      going = going && write(named);
    }
  }
  return going;
}

bool exporter::write_row(const store::record& row) {
  static const store::feed_info unknown;
  const store::feed_info& feed =
      row.feed < reader_.feeds().size() ? reader_.feeds()[row.feed] : unknown;
  if (!wanted(feed)) {
    return true;
  }
  export_line line = line_of(row);
  line.layer = export_layer::row;
  line.feed = feed.name;
  line.file = row.file < feed.files.size() ? std::string_view(feed.files[row.file]) : "";
  line.line = row.line;
  line.time_unix_s = feed.loaded_unix_s;
  line.expires_unix_s = row.expires_h * load::seconds_per_hour;
  line.exclusion = row.exclusion;
  return write(line);
}

bool exporter::write_live() {
  for (const store::live_entry& entry : reader_.live()) {
    export_line line = line_of(entry);
    line.layer =
        entry.layer == store::live_layer::live ? export_layer::live : export_layer::override;
    line.time_unix_s = entry.time_unix_s;
    line.expires_unix_s = entry.expires_unix_s;
    line.removal = entry.action == store::live_action::remove;
    line.seq = entry.seq;
    line.who = entry.who;
    if (!write(line)) {
      return false;
    }
  }
  return true;
}

store::result<void> exporter::run() {
  if (format_ == load::export_format::csv) {
    buffer_ = load::export_header();
  }
  auto groups = group_stream::open(reader_);
  if (!groups) {
    return groups.error();
  }
  bool going = write_heads();
  store::record_set rows;
  while (going && !groups->at_end()) {
    if (const auto taken = groups->take(rows); !taken) {
      return taken;
    }
    for (std::size_t i = 0; going && i < rows.size(); ++i) {
      going = write_row(rows[i]);
    }
  }
  if (going && only_feed_.empty()) {
    going = write_live();
  }
  if (going && !buffer_.empty()) {
    sink_(buffer_);
  }
  return {};
}

}  // namespace

store::result<void> export_snapshot(const store::snapshot_reader& reader,
                                    load::export_format format, const std::string& feed,
                                    const text_sink& sink) {
  return exporter(reader, format, feed, sink).run();
}

}  // namespace repute::snapshot
