// SPDX-License-Identifier: Apache-2.0
#include "mime_values.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include "encoded_words.hpp"

namespace repute::mail::detail {
namespace {

// GMime and iconv keep each name that they were asked for. (A build with sanitizers counts nothing
// here.)
TEST(mime_values, names_of_charsets_fill_no_memory) {
  const auto read_strange_names = [](const std::string& prefix) {
    for (int i = 0; i < 2000; ++i) {
      const std::string name = prefix + std::to_string(i);
      EXPECT_EQ(decode_words("=?" + name + "?Q?x?= =?" + name + "*en?B?eA==?="), "xx");
      EXPECT_EQ(parse_disposition("attachment; filename*=" + name + "''x").file_name, "x");
      const std::string type = "text/plain; name*0*=\"iso-8859-" + name + "''x\"; charset=";
      EXPECT_EQ(parse_content_type(type + name).name, "x");
    }
  };
  read_strange_names("first");
  const std::size_t before = mallinfo2().uordblks;
  read_strange_names("second");
  EXPECT_LT(mallinfo2().uordblks, before + 4096);
}

TEST(mime_values, content_types) {
  const content_type type =
      parse_content_type("Multipart/REPORT; Report-Type=\"Delivery-Status\"; boundary=\"a b\"");
  EXPECT_EQ(type.media, "multipart/report");
  EXPECT_EQ(type.report_type, "delivery-status");
  EXPECT_EQ(type.boundary, "a b");
  EXPECT_EQ(parse_content_type("").media, "text/plain");
  EXPECT_EQ(parse_content_type("text/html; charset=\"UTF-8\"").charset, "utf-8");
}

}  // namespace
}  // namespace repute::mail::detail
