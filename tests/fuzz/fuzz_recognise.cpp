// SPDX-License-Identifier: Apache-2.0
// The format of a feed from its first bytes: always one, whatever they are, and the one that is
// read is the one that was recognised.
#include <cstdint>

#include "fuzz/require.hpp"
#include "load/row.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute::load;

class noting_sink final : public row_sink {
 public:
  bool take(const raw_row&) override { return true; }
  bool reject(const bad_row&) override { return true; }
  void recognised(feed_format format) override { format_ = format; }
  std::optional<feed_format> format_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const feed_format format = recognise(text);
  require(format != feed_format::automatic && !word(format).empty());
  feed_spec spec;
  spec.name = "feed";
  spec.files = {"file"};
  spec.format = feed_format::automatic;
  static_cast<void>(imply_subject(spec));
  noting_sink sink;
  const auto problem = read_rows(text, spec, sink);
  const bool mark = text.starts_with("\xEF\xBB\xBF");
  require(mark || sink.format_ == format || (problem && !sink.format_));
  return 0;
}
