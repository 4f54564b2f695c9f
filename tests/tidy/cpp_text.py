# SPDX-License-Identifier: Apache-2.0
"""Just enough C++ reading for the style checks: code without comments, and where functions lie."""

import re

_TOKENS = re.compile(
    r"""
    (?P<line_comment>//[^\n]*)
  | (?P<block_comment>/\*.*?\*/)
  | (?P<raw_string>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))
  | (?P<char>'(?:\\.|[^'\\\n])+')
    """,
    re.VERBOSE | re.DOTALL,
)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """The text with comments blanked; strings stay. Lines and columns do not move."""

    def replace(match):
        is_comment = match.lastgroup in ("line_comment", "block_comment")
        return _blank(match.group()) if is_comment else match.group()

    return _TOKENS.sub(replace, text)


def code_only(text):
    """The text with comments, strings and characters blanked. Lines and columns do not move."""
    return _TOKENS.sub(
        lambda m: m.group() if m.group("separator") is not None else _blank(m.group()), text
    )


def _without_preprocessor(code):
    directive = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
    return directive.sub(lambda m: _blank(m.group()), code)


def _drop_groups(head, opening, closing):
    kept, depth = [], 0
    for char in head:
        if char == opening:
            depth += 1
        elif char == closing and depth > 0:
            depth -= 1
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def _is_scope(head):
    """True if a brace after this text opens a namespace, a type or a linkage block."""
    bare = re.sub(r"\btemplate\s*(?=<)", "", head)
    bare = _drop_groups(_drop_groups(bare, "(", ")"), "<", ">")
    return re.search(r"\b(namespace|class|struct|union|enum|extern)\b", bare) is not None


def _is_function(head):
    return "(" in head and not re.match(r"\s*=", head)


def _name_of(head):
    match = re.search(r"(operator\s*[^\s(]+|operator\s*\(\s*\)|[A-Za-z_~][\w:~]*)\s*\(", head)
    name = match.group(1) if match else "?"
    if name in ("TEST", "TEST_F", "TEST_P", "RC_GTEST_PROP"):
        arguments = head[match.end() :].split(")")[0].replace("\n", " ")
        return f"{name}({', '.join(part.strip() for part in arguments.split(','))})"
    return name


def _closing(code, opening):
    depth = 0
    for match in re.finditer(r"[{}]", code[opening:]):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return opening + match.start()
    return len(code)


def functions(text):
    """(name, first line, number of lines) of every function definition outside other functions."""
    code = _without_preprocessor(code_only(text))
    found = []
    at = start = 0
    while True:
        match = re.compile(r"[;{}]").search(code, at)
        if match is None:
            return found
        at = match.end()
        if match.group() != "{":
            start = at
            continue
        head = code[start : match.start()]
        if _is_scope(head):
            start = at
        elif _is_function(head):
            end = _closing(code, match.start())
            at = end + 1
            following = code[at:].lstrip()[:1]
            if following in (",", "{"):  # that was a member in an initialiser list
                continue
            first = start + len(head) - len(head.lstrip())
            line = code.count("\n", 0, first) + 1
            found.append((_name_of(head), line, code.count("\n", first, end) + 1))
            start = at
        else:  # braces of an initialiser
            at = _closing(code, match.start()) + 1
            start = at
