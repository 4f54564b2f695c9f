// SPDX-License-Identifier: Apache-2.0
// Rows of a feed; the first byte picks the format, the second the columns. Places must lie in the
// text, ascend by line, and no row is longer than its limit.
#include <algorithm>

#include "fuzz/require.hpp"
#include "load/row.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute::load;

class checking_sink final : public row_sink {
 public:
  explicit checking_sink(std::string_view text)
      : lines_(1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'))),
        bytes_(text.size()) {}

  bool take(const raw_row& row) override {
    check(row.at);
    require(row.key.size() <= row_bytes_max && row.key.find('\0') == std::string_view::npos);
    require(row.original.size() <= row_bytes_max);
    require(row.reason.size() <= row_bytes_max && row.score.size() <= row_bytes_max);
    return true;
  }
  bool reject(const bad_row& row) override {
    check(row.at);
    require(!row.reason.empty() && row.original.size() <= row_bytes_max);
    return true;
  }

 private:
  void check(const position& at) {
    require(at.line >= 1 && at.line <= lines_ && at.column >= 1 && at.column <= bytes_ + 1);
  }
  std::size_t lines_;
  std::size_t bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view text = text_of(data + 2, size - 2);
  feed_spec spec;
  spec.name = "feed";
  spec.files = {"file"};
  spec.format = static_cast<feed_format>(data[0] % (static_cast<int>(feed_format::jsonl) + 1));
  if (data[1] % 2 != 0) {
    spec.key_column = "key";
    spec.reason_column.emplace("why");
  }
  if (data[1] % 4 >= 2) {
    spec.score_column.emplace(std::uint32_t{2});
  }
  if (data[1] % 8 >= 4) {
    static_cast<void>(imply_subject(spec));
  }
  checking_sink sink(text);
  if (const auto problem = read_rows(text, spec, sink)) {
    require(!problem->what.empty());
  }
  return 0;
}
