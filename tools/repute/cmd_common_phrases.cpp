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

/// A file, and the version that it says.
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

/// Adds the texts of mails to a counter; run_messages() calls it in several threads.
class sampler {
 public:
  explicit sampler(const seal::deployment_salt& salt) : counter_(salt) {}

  void operator()(const found_message& found) {
    const mail::message_facts facts = extract_(found.bytes, {});
    std::vector<std::string_view> texts;
    for (const mail::body_text& each : facts.texts) {
      texts.emplace_back(each.tokens);
    }
    if (!texts.empty()) {
      const std::lock_guard lock(mutex_);
      counter_.add(texts);
    }
  }

  /// When no thread is left.
  [[nodiscard]] const textsig::common_shingle_counter& counter() const noexcept { return counter_; }

 private:
  const canon::canonicalizer canon_;
  const mail::extractor extract_{canon_, {}};
  std::mutex mutex_;
  textsig::common_shingle_counter counter_;  // guarded by mutex_
};

/// The file that `named` names, also through a link: all who name it shall see it change.
std::string resolved(const std::string& named) {
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(named, error);
  return error ? named : path.string();
}

/// Writes what the sample says in place of `before`; the exit code.
int write(const textsig::common_shingle_counter& sample, const std::string& named,
          const std::string& path, const common_phrases_file& before,
          const seal::deployment_salt& salt) {
  const common_phrases_file made = made_from(sample, before);
  if (const auto written = store::replace_file(path, made.bytes, readable_by_all); !written) {
    return complain(exit_exists, written.error().message);
  }
  std::string problem;
  const auto read = common_shingles::decode(seal::bytes_of(made.bytes), salt, problem);
  fmt::print("{}: version {}, {} word pairs of {} mails{}\n", printable(named), made.version,
             grouped(read->size()), grouped(read->mails()),
             made.version == before.version ? ", as before" : "");
  return exit_ok;
}

}  // namespace

int cmd_common_phrases(const common_phrases_options& options) {
  std::string problem;
  int exit_code = exit_ok;
  const auto salt = salt_of(options.connection, problem, exit_code);
  if (!salt) {
    return complain(exit_code, problem);
  }
  if (salt->is_public()) {
    fmt::print(stderr, "repute common-phrases: no salt: the public one is used\n");
  }
  const std::string path = resolved(options.out);
  const auto before = read_before(path, *salt, problem);
  if (!before) {
    return complain(exit_exists, problem);
  }
  sampler sample(*salt);
  message_totals totals;
  exit_code = run_messages(
      find_messages(options.files), !options.no_progress,
      [&](const found_message& found) {
        sample(found);
        return message_outcome();
      },
      totals);
  if (exit_code != exit_ok) {
    return complain(exit_code, "nothing is written, since something was not read");
  }
  const std::uint32_t mails = sample.counter().mails();
  if (mails == 0) {
    return complain(exit_no_input, "no text, so nothing is written");
  }
  if (mails < store::ordinary_enough && before->version != 0) {
    return complain(exit_data,
                    fmt::format("{} mails are too few: {} stays as it is", mails, options.out));
  }
  if (mails < store::ordinary_enough) {
    fmt::print(stderr, "repute common-phrases: WARNING: {} mails are few; {} or more are wanted\n",
               mails, store::ordinary_enough);
  }
  return write(sample.counter(), options.out, path, *before, *salt);
}

}  // namespace repute::tool
