// SPDX-License-Identifier: Apache-2.0
// A field of a part: what is read out of it is UTF-8 without zero bytes, whatever it says.
#include <cstdlib>

#include "encoded_words.hpp"
#include "mime_values.hpp"
#include "structured_field.hpp"
#include "utf8.hpp"

namespace {

using namespace repute::mail::detail;

void require_text(std::string_view text) {
  std::string storage;
  if (mended_utf8(text, storage) != text) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field(reinterpret_cast<const char*>(data), size);
  const structured_field parsed(field);
  for (const char* name : {"name", "filename", "charset", "a", ""}) {
    require_text(parsed.parameter(name));
  }
  require_text(parse_content_type(field).name);
  require_text(parse_disposition(field).file_name);
  require_text(decode_words(field));
  return 0;
}
