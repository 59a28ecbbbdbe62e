package dev.imago.templates.jinja;

/// How jinja2 is set up for what a template is for.
public enum Dialect {
  /// transformers' chat templates: `trim_blocks`, `lstrip_blocks`, no last line's end; what nothing
  /// defines is empty text.
  CHAT,
  /// Fields of lm-evaluation-harness's tasks: blanks and line ends are kept, what nothing defines
  /// is an error (`StrictUndefined`), and there is a filter `regex_replace`.
  FIELDS
}
