/// Jinja, the language of chat templates, as transformers sets it up.
///
/// In: the source of a template, then values as JSON has them. Out: text. Knows nothing about chat,
/// roles, tokens, tokenizers and files; only `dev.imago.templates` may use it. Read [Template]
/// first, then follow a template's way: Lexer, Parser and ExpressionParser, Node, Checks and Names,
/// then Renderer and Evaluator; Python says what values mean, Budget what a rendering may use.
///
/// Of jinja2 3.1, these are told apart: other templates (`include`, `import`, `extends`), chance
/// (`random`, `lipsum`), autoescape, and the filters `pprint`, `striptags`, `urlize`, `wordwrap`
/// and `xmlattr` end with a message; there are no complex numbers, and no `self`. What jinja2 folds
/// when it compiles is carried out here when it is met: a filter that does not exist is refused
/// even behind a constant that would skip it.
@NullMarked
package dev.imago.templates.jinja;

import org.jspecify.annotations.NullMarked;
