// SPDX-License-Identifier: Apache-2.0
// `repute snapshot export`.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cmd_snapshot.hpp"
#include "exit_codes.hpp"
#include "snapshot/catalog.hpp"
#include "snapshot/export.hpp"
#include "store/file.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr const char* command_name = "snapshot export";

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

int report_errno(const std::string& file, const char* what) {
  fmt::print(stderr, "repute {}: {}: {}: {}\n", command_name, printable(file), what,
             std::strerror(errno));
  return exit_io;
}

bool is_feed_of(const store::snapshot_reader& reader, const std::string& name) {
  return std::any_of(reader.feeds().begin(), reader.feeds().end(),
                     [&](const store::feed_info& feed) { return feed.name == name; });
}

int write_export(const store::snapshot_reader& reader, const export_options& options, std::FILE* to,
                 const std::string& shown) {
  const auto format =
      options.format == "jsonl" ? load::export_format::jsonl : load::export_format::csv;
  const auto done =
      snapshot::export_snapshot(reader, format, options.feed, [to](std::string_view lines) {
        return std::fwrite(lines.data(), 1, lines.size(), to) == lines.size();
      });
  if (!done) {
    return report_failure(command_name, done.error());
  }
  return std::fflush(to) == 0 && std::ferror(to) == 0 ? exit_ok
                                                      : report_errno(shown, "cannot write");
}

// Written beside the file and renamed: nobody finds half an export under its name.
int export_to_file(const store::snapshot_reader& reader, const export_options& options) {
  const std::string temporary = options.file + ".tmp";
  const std::unique_ptr<std::FILE, close_file> to(std::fopen(temporary.c_str(), "we"));
  if (!to) {
    return report_errno(temporary, "cannot create");
  }
  int result = write_export(reader, options, to.get(), temporary);
  if (result == exit_ok && ::fsync(::fileno(to.get())) != 0) {
    result = report_errno(temporary, "cannot sync");
  }
  if (result == exit_ok) {
    const auto renamed = store::rename_path(temporary, std::filesystem::absolute(options.file));
    result = renamed ? exit_ok : report_failure(command_name, renamed.error());
  }
  if (result != exit_ok) {
    ::unlink(temporary.c_str());
  }
  return result;
}

}  // namespace

int cmd_snapshot_export(const export_options& options) {
  const auto db = database_or_complain(command_name, options);
  if (!db) {
    return exit_usage;
  }
  const auto generation = snapshot::choose_generation(*db, options.generation);
  if (!generation) {
    return report_failure(command_name, generation.error());
  }
  const auto reader = store::snapshot_reader::open(*db, *generation);
  if (!reader) {
    return report_failure(command_name, reader.error());
  }
  if (!options.feed.empty() && !is_feed_of(*reader, options.feed)) {
    return report_failure(
        command_name, {store::store_error::not_found,
                       fmt::format("generation {}: no feed \"{}\"", *generation, options.feed)});
  }
  return options.file.empty() ? write_export(*reader, options, stdout, "standard output")
                              : export_to_file(*reader, options);
}

}  // namespace repute::tool
