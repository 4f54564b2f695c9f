// SPDX-License-Identifier: Apache-2.0
// Messages made to cost much: each about as many bytes as asked for, of one kind of trouble.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace repute::mail::test {

struct hostile_mail {
  std::string_view name;
  std::string text;
};

/// As many pieces, made of their number, as `bytes` take.
inline std::string pieces(std::size_t bytes, const std::function<std::string(std::size_t)>& piece) {
  std::string out;
  for (std::size_t i = 0; out.size() < bytes; ++i) {
    out += piece(i);
  }
  return out;
}

inline std::string repeated(std::size_t bytes, std::string_view piece) {
  return pieces(bytes, [piece](std::size_t) { return std::string(piece); });
}

inline std::string page_mail(std::string page) {
  return "Content-Type: text/html; charset=utf-8\n\n<a href='http://first.example/'>" +
         std::move(page) + "\n<a href='http://last.example/'>";
}

inline std::string text_mail(std::string text) {
  return "Content-Type: text/plain; charset=utf-8\n\nhttp://first.example/ " + std::move(text) +
         "\n http://last.example/\n";
}

inline std::string multipart_mail(std::string_view boundary, std::string parts) {
  return "Content-Type: multipart/mixed; boundary=\"" + std::string(boundary) + "\"\n\n--" +
         std::string(boundary) + "\n\nhttp://first.example/\n" + std::move(parts);
}

inline std::string nested_parts(std::size_t bytes) {
  return pieces(bytes, [](std::size_t i) {
    const std::string name = "b" + std::to_string(i);
    return "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  });
}

inline std::string boundary_prefixes(std::size_t bytes) {
  const std::string common(60, 'x');
  std::string opening;
  for (std::size_t i = 0; opening.size() < bytes / 2; ++i) {
    const std::string name = common.substr(i % 60) + std::to_string(i);
    opening += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  }
  return opening + "\n" + repeated(bytes / 2, "--" + common + "\n");
}

inline std::vector<hostile_mail> hostile_headers(std::size_t bytes) {
  return {
      {"header fields",
       pieces(bytes, [](std::size_t i) { return "X-" + std::to_string(i) + ": y\n"; }) +
           "\nhttp://last.example/\n"},
      {"one long field", "Subject: " + repeated(bytes, "long words ") + "\n\n"},
      {"folded field", "Subject: a\n" + repeated(bytes, " b\n") + "\n\n"},
      {"encoded words", "Subject: " + repeated(bytes, "=?utf-8?B?YWFh?= ") + "\n\n"},
      {"encoded words in parameters", "Content-Disposition: attachment" +
                                          pieces(bytes,
                                                 [](std::size_t i) {
                                                   return "; filename*" + std::to_string(i) +
                                                          "*=utf-8''%41";
                                                 }) +
                                          "\n\nx"},
      {"addresses in From", "From: " + repeated(bytes, "a@b.example, ") + "\n\n"},
      {"nested comments in From", "From: " + repeated(bytes, "(") + "\n\n"},
      {"received", repeated(bytes, "Received: from a ([192.0.2.1]) by b\n") + "\n"},
  };
}

/// A part with as long a field as is read.
inline std::string part_named(std::string_view name) {
  return "--b\nContent-Type: a/b; name=\"" + std::string(name) + "\"\n\nx\n";
}

inline std::vector<hostile_mail> hostile_structures(std::size_t bytes) {
  constexpr std::array<std::string_view, 6> charsets{"l2", "koi", "big5", "cp949", "gbk", "sjis"};
  const std::string words = pieces(16000, [&charsets](std::size_t i) {
    return "=?" + std::string(charsets[i % charsets.size()]) + "?Q?a?=";
  });
  const std::string sections = pieces(
      16000, [](std::size_t i) { return "\"; name*" + std::to_string(9999 - i) + "*=\"%41"; });
  return {
      {"nested parts", nested_parts(bytes)},
      {"boundaries that begin alike", boundary_prefixes(bytes)},
      {"many parts", multipart_mail("b", repeated(bytes, "--b\n\nx\n"))},
      {"lines of dashes", multipart_mail("-", repeated(bytes, "--\n"))},
      {"nested messages", repeated(bytes, "Content-Type: message/rfc822\n\n")},
      {"nested coded messages",
       repeated(bytes,
                "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n")},
      {"names in all charsets", multipart_mail("b", repeated(bytes, part_named(words)))},
      {"comments that nothing closes",
       multipart_mail("b", repeated(bytes, part_named(repeated(16000, "\"; (a=b"))))},
      {"sections of a name, backwards", multipart_mail("b", repeated(bytes, part_named(sections)))},
      {"headers of parts", multipart_mail("b", "--b\n" + pieces(bytes,
                                                                [](std::size_t i) {
                                                                  return "X-" + std::to_string(i) +
                                                                         ": y\n";
                                                                }))},
  };
}

inline std::vector<hostile_mail> hostile_pages(std::size_t bytes) {
  return {
      {"nested tags", page_mail(repeated(bytes, "<div>"))},
      {"open and unmatched end tags",
       page_mail(repeated(bytes / 2, "<b>") + repeated(bytes / 2, "</i>"))},
      {"attributes",
       page_mail("<a" + pieces(bytes, [](std::size_t i) { return " a" + std::to_string(i); }) +
                 ">")},
      {"ampersands", page_mail(repeated(bytes, "&"))},
      {"references", page_mail(repeated(bytes, "&ZeroWidthSpacx"))},
      {"less-than signs", page_mail(repeated(bytes, "<"))},
      {"comments that nothing ends", page_mail(repeated(bytes, "<!-- x"))},
      {"script", page_mail("<script>" + repeated(bytes, "</scrip"))},
      {"paragraphs", page_mail(repeated(bytes, "<p>"))},
      {"declarations", page_mail("<p style='" + repeated(bytes, "display:x;") + "'>")},
      {"css addresses", page_mail("<style>" + repeated(bytes, "url(") + "</style>")},
      {"unquoted value", page_mail("<a href=" + repeated(bytes, "x") + ">")},
      {"pictures", page_mail(repeated(bytes, "<img src='data:image/png;base64,AAAA'>"))},
  };
}

inline std::vector<hostile_mail> hostile_texts(std::size_t bytes) {
  return {
      {"links",
       text_mail(pieces(
           bytes, [](std::size_t i) { return "http://h" + std::to_string(i) + ".example/ "; }))},
      {"links in links", text_mail(pieces(bytes,
                                          [](std::size_t i) {
                                            return "http://a" + std::to_string(i) +
                                                   ".example/?u=http%253A%252F%252Fb" +
                                                   std::to_string(i) +
                                                   ".example/?u=http://c.example/ ";
                                          }))},
      {"beginnings of links", text_mail(repeated(bytes, "http://"))},
      {"colons", text_mail(repeated(bytes, ":"))},
      {"dots", text_mail(repeated(bytes, "www."))},
      {"percent signs", text_mail("http://a.example/?" + repeated(bytes, "%25"))},
      {"at signs", text_mail(repeated(bytes, "a@"))},
      {"names", text_mail(repeated(bytes, "a.a@a.a-"))},
      {"marks", text_mail(repeated(bytes, "a\u0301\u0301\u0301"))},
      {"Chinese", text_mail(repeated(bytes, "\u4e2d\u6587"))},
      {"mixed scripts", text_mail(repeated(bytes, "p\u0430ypal "))},
      {"wrong bytes", text_mail(repeated(bytes, "\xff\xfe"))},
      {"quoted-printable",
       "Content-Transfer-Encoding: quoted-printable\n\n" + repeated(bytes, "=\n=3D=")},
      {"another charset",
       "Content-Type: text/plain; charset=iso-2022-jp\n\n" + repeated(bytes, "\x1b$B")},
  };
}

/// All kinds of trouble.
inline std::vector<hostile_mail> hostile_mails(std::size_t bytes) {
  std::vector<hostile_mail> out;
  for (auto&& room : {hostile_headers(bytes), hostile_structures(bytes), hostile_pages(bytes),
                      hostile_texts(bytes)}) {
    out.insert(out.end(), room.begin(), room.end());
  }
  return out;
}

}  // namespace repute::mail::test
