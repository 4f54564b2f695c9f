// SPDX-License-Identifier: Apache-2.0
// A database directory, feeds written into files, loads, and questions to what came of them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>

#include "load/loader.hpp"
#include "repute/canon/canon.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_reader.hpp"
#include "store/snapshot_writer.hpp"
#include "support/temporary_directory.hpp"

namespace repute::load::test {

inline constexpr std::uint64_t load_time_s = 1'700'000'000;

class load_world : public testing::Test {
 protected:
  load_world() { set_time(load_time_s); }
  ~load_world() override { ::unsetenv("SOURCE_DATE_EPOCH"); }

  static void set_time(std::uint64_t unix_s) {
    ::setenv("SOURCE_DATE_EPOCH", std::to_string(unix_s).c_str(), 1);
  }
  [[nodiscard]] std::string db() const { return (folder_.path() / "db").string(); }
  [[nodiscard]] std::string file(const std::string& name) const {
    return (folder_.path() / name).string();
  }

  /// A feed of one list file that holds `text`. Most tests need documentation addresses, and some
  /// no row at all, so these are allowed.
  [[nodiscard]] feed_spec feed(const std::string& name, std::string_view text,
                               subject kind = subject::domain, verdict says = verdict::spam) const {
    folder_.write(name + ".txt", text);
    feed_spec spec;
    spec.name = name;
    spec.files = {name + ".txt"};
    spec.folder = folder_.path().string();
    spec.subject = kind;
    spec.verdict = says;
    spec.limits.reserved = true;
    spec.limits.empty = true;
    return spec;
  }

  [[nodiscard]] load_request request(std::vector<feed_spec> feeds) const {
    load_request made;
    made.db = db();
    made.feeds = std::move(feeds);
    return made;
  }
  load_summary must_load(const load_request& wanted) {
    auto done = run_load(wanted, {});
    if (const auto* failed = std::get_if<load_failure>(&done)) {
      ADD_FAILURE() << failed->message;
      return {};
    }
    return std::get<load_summary>(done);
  }
  load_summary must_load(std::vector<feed_spec> feeds) {
    return must_load(request(std::move(feeds)));
  }
  load_failure must_fail(const load_request& wanted) {
    auto done = run_load(wanted, {});
    if (auto* failed = std::get_if<load_failure>(&done)) {
      EXPECT_FALSE(failed->message.empty());
      return *failed;
    }
    ADD_FAILURE() << "loaded";
    return {};
  }

  [[nodiscard]] store::snapshot_reader open() const {
    auto opened = store::snapshot_reader::open(db(), *store::read_current(db()));
    if (!opened) {
      throw std::runtime_error(opened.error().message);
    }
    return std::move(*opened);
  }
  /// The answer for one canonical key at a time.
  [[nodiscard]] answer ask(const canonical_key& key, std::uint64_t now_unix_s = load_time_s) const {
    const auto reader = open();
    const repute::key made = seal::fingerprinter(salt_).make_key(key);
    const store::probe probe = reader.view().make_probe(made.kind(), made.bytes().data());
    answer got;
    reader.view().lookup({&probe, 1}, now_unix_s, {&got, 1});
    return got;
  }
  [[nodiscard]] answer ask(subject kind, std::string_view text,
                           std::uint64_t now_unix_s = load_time_s) const {
    static const canon::canonicalizer canon;
    return ask(std::get<canonical_key>(canon.canonical(kind, text)), now_unix_s);
  }
  [[nodiscard]] verdict verdict_of(subject kind, std::string_view text) const {
    return ask(kind, text).verdict;
  }
  /// `FEED:FILE:LINE TEXT` of every record but the test points'.
  [[nodiscard]] std::vector<std::string> records() const {
    const auto reader = open();
    std::vector<std::string> out;
    const auto done = reader.for_each_record([&](const store::record& r) {
      const store::feed_info& from = reader.feeds()[r.feed];
      if (from.name != "test-points") {
        out.push_back(from.name + ":" + from.files[r.file] + ":" + std::to_string(r.line) + " " +
                      std::string(r.text));
      }
    });
    EXPECT_TRUE(done);
    std::sort(out.begin(), out.end());
    return out;
  }

  repute::test::temporary_directory folder_;
  seal::deployment_salt salt_;
};

}  // namespace repute::load::test
