// SPDX-License-Identifier: Apache-2.0
#include "structured_field.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

std::string value_of(std::string_view field) {
  return structured_field(field).value();
}

/// The parameter `name` of a field with these parameters.
std::string name_of(const std::string& parameters) {
  return structured_field("attachment; " + parameters).parameter("name");
}

TEST(structured_field, values) {
  EXPECT_EQ(value_of("Text/HTML; charset=x"), "text/html");
  EXPECT_EQ(value_of(" text (a (nested) comment) / plain"), "text/plain");
  EXPECT_EQ(value_of("attachment"), "attachment");
  EXPECT_EQ(value_of("text/html/more; a=b"), "text/html");
  EXPECT_EQ(value_of("base64, 8bit"), "base64");
  EXPECT_EQ(value_of("; charset=x"), "");
  EXPECT_EQ(value_of(""), "");
}

TEST(structured_field, parameters) {
  EXPECT_EQ(name_of("name=x"), "x");
  EXPECT_EQ(name_of("NAME = \"a b\""), "a b");
  EXPECT_EQ(name_of("name=\"a\\\"b;c\"; other=y"), "a\"b;c");
  EXPECT_EQ(name_of("other=y; name=x; name=z"), "x");
  EXPECT_EQ(name_of("(a comment; name=y) name=x"), "x");
  EXPECT_EQ(name_of("other=y"), "");
  EXPECT_EQ(name_of("name"), "");
  EXPECT_EQ(name_of("name="), "");
}

// As found in mail, and as mail programs read it.
TEST(structured_field, parameters_that_should_not_be) {
  EXPECT_EQ(name_of("name=my report (1).pdf ; other=y"), "my report (1).pdf");
  EXPECT_EQ(name_of("name=(draft.pdf"), "(draft.pdf");
  EXPECT_EQ(name_of("name=\"not closed"), "not closed");
  EXPECT_EQ(name_of("other=\"y\" name=\"x\""), "x");
  EXPECT_EQ(name_of("(not closed; name=x"), "x");
  EXPECT_EQ(name_of(";;; = ; \"odd\" ; * ; name=x"), "x");
  EXPECT_EQ(name_of("name=caf\xe9"), "caf\u00e9");
  const structured_field type("text/plain name=decoy; charset=us-ascii (Plain text); name=x");
  EXPECT_EQ(type.parameter("charset"), "us-ascii");
  EXPECT_EQ(type.parameter("name"), "x");
}

TEST(structured_field, of_rfc_2231) {
  EXPECT_EQ(name_of("name*=utf-8''%e2%82%ac%20rates"), "\u20ac rates");
  EXPECT_EQ(name_of("name*=iso-8859-1'en'%A3%20rates"), "\u00a3 rates");
  EXPECT_EQ(name_of("name*=KOI8-R''%f0"), "\u041f");
  EXPECT_EQ(name_of("name*0=\"a\"; name*1=\"b c\"; name*2=d"), "ab cd");
  EXPECT_EQ(name_of("name*1*=%41b; name*2=\"%41\"; name*0*=utf-8''a%20"), "a Ab%41");
  EXPECT_EQ(name_of("name*=\"utf-8''x%2Ey\""), "x.y");
  EXPECT_EQ(name_of("name* (a comment) = utf-8''x"), "x");
  EXPECT_EQ(name_of("name=fallback.pdf; name*=utf-8''real.pdf"), "real.pdf");
  EXPECT_EQ(name_of("name=fallback; name*0=a; name*1=b; name*=utf-8''c"), "c");
  EXPECT_EQ(name_of("name*0=a; name*1=b; name=fallback"), "ab");
}

TEST(structured_field, of_rfc_2231_that_should_not_be) {
  EXPECT_EQ(name_of("name*=no'charset"), "no'charset");
  EXPECT_EQ(name_of("name*=nobody-knows''caf%e9"), "caf\u00e9");
  EXPECT_EQ(name_of("name*=utf-8''100%"), "100%");
  EXPECT_EQ(name_of("name*=utf-8''%4"), "%4");
  EXPECT_EQ(name_of("name*=utf-8''%zz%4z"), "%zz%4z");
  EXPECT_EQ(name_of("name*=utf-8''a%00b"), "ab");
  EXPECT_EQ(name_of("name*=''plain"), "plain");
  EXPECT_EQ(name_of("name*0=first; name*0=wrong; name*1=er"), "firster");
  EXPECT_EQ(name_of("name*0=foo; name*2=bar"), "foo");
  EXPECT_EQ(name_of("name*1=foo; name=x"), "x");
  EXPECT_EQ(name_of("name*99999999999999999999=b; name*0=a"), "a");
  EXPECT_EQ(name_of("name*0=\"=?UTF-8?B?w7\"; name*1=\"w=?=\""), "\u00fc");
}

TEST(structured_field, encoded_words) {
  EXPECT_EQ(name_of("name=\"=?utf-8?Q?=E2=82=AC?=\""), "\u20ac");
  EXPECT_EQ(name_of("name==?iso-8859-2?Q?=B1?="), "\u0105");
}

TEST(structured_field, bytes_stay_as_they_are) {
  const structured_field field("a/b; x=\"=?utf-8?Q?y?=\xe9\"; z*=utf-8''%c3%bc");
  EXPECT_EQ(field.raw_parameter("x"), "=?utf-8?Q?y?=\xe9");
  EXPECT_EQ(field.raw_parameter("z"), "\u00fc");
  EXPECT_EQ(field.raw_parameter("none"), "");
}

}  // namespace
}  // namespace repute::mail::detail
