// SPDX-License-Identifier: Apache-2.0
#include "cmd_common_phrases.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>

#include "exit_codes.hpp"
#include "message_run.hpp"
#include "repute/canon/canon.hpp"
#include "repute/mail/extract.hpp"
#include "repute/schema/text_signature.hpp"
#include "repute/seal/digest.hpp"
#include "repute/textsig/common_shingle_counter.hpp"
#include "repute/textsig/common_shingles.hpp"
#include "store/campaign_index.hpp"
#include "store/file.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using textsig::common_shingles;

constexpr unsigned readable_by_all = 0644;  // filters run as other users

int complain(int exit_code, const std::string& what) {
  fmt::print(stderr, "repute common-phrases: {}\n", printable(what));
  return exit_code;
}

/// What is in a file, read and unread.
struct common_phrases_file {
  std::string bytes;
  std::uint8_t version = 0;  ///< 0: there is none
};

/// The file in `path`; nothing, and why, if what is there must not be replaced.
std::optional<common_phrases_file> read_before(const std::string& path,
                                               const seal::deployment_salt& salt,
                                               std::string& problem) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) {
    return common_phrases_file{};
  }
  auto file = store::read_small_file(path, common_shingles::file_size_max);
  if (!file) {
    problem = file.error().message;
    return std::nullopt;
  }
  const auto before = common_shingles::decode(seal::bytes_of(*file), salt, problem);
  if (!before) {
    problem = fmt::format("{} is not replaced: {}", path, problem);
    return std::nullopt;
  }
  return common_phrases_file{*std::move(file), before->version()};
}

/// What the sample comes to: the version before if that is what it says, else the next one.
common_phrases_file made_from(const textsig::common_shingle_counter& sample,
                              const common_phrases_file& before) {
  const auto of_version = [&](std::uint8_t version) {
    const auto bytes = sample.file(version);
    return common_phrases_file{{bytes.begin(), bytes.end()}, version};
  };
  if (before.version == 0) {
    return of_version(1);
  }
  auto same = of_version(before.version);
  return same.bytes == before.bytes ? same : of_version(next_filter_version(before.version));
}

void add_texts(const mail::message_facts& of, textsig::common_shingle_counter& to) {
  std::vector<std::string_view> texts;
  for (const mail::body_text& each : of.texts) {
    texts.emplace_back(each.tokens);
  }
  to.add(texts);
}

}  // namespace

int cmd_common_phrases(const common_phrases_options& options) {
  std::string problem;
  int exit_code = exit_ok;
  const auto salt = salt_of(options.connection, problem, exit_code);
  if (!salt) {
    return complain(exit_code, problem);
  }
  const auto before = read_before(options.out, *salt, problem);
  if (!before) {
    return complain(exit_exists, problem);
  }
  const canon::canonicalizer canon;
  const mail::extractor extract(canon, {});
  textsig::common_shingle_counter counter(*salt);
  std::mutex counting;
  message_totals totals;
  exit_code = run_messages(
      find_messages(options.files), !options.no_progress,
      [&](const found_message& found) {
        const mail::message_facts facts = extract(found.bytes, {});
        const std::lock_guard lock(counting);
        add_texts(facts, counter);
        return message_outcome();
      },
      totals);
  if (totals.messages == 0) {
    return complain(exit_no_input, "no mail, so nothing is written");
  }
  if (totals.messages < store::ordinary_enough) {
    fmt::print(stderr, "repute common-phrases: WARNING: {} mails are few; {} or more are wanted\n",
               totals.messages, store::ordinary_enough);
  }
  const common_phrases_file made = made_from(counter, *before);
  if (const auto written = store::replace_file(options.out, made.bytes, readable_by_all);
      !written) {
    return complain(exit_exists, written.error().message);
  }
  const auto read = common_shingles::decode(seal::bytes_of(made.bytes), *salt, problem);
  fmt::print("{}: version {}, {} word pairs of {} mails{}\n", printable(options.out), made.version,
             grouped(read->size()), grouped(read->mails()),
             made.version == before->version ? ", as before" : "");
  return exit_code;
}

}  // namespace repute::tool
