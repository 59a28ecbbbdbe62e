/// Jinja, the language of chat templates, as transformers sets it up.
///
/// In: the source of a template, then values as JSON has them. Out: text. Knows nothing about chat,
/// roles, tokens, tokenizers and files; only `dev.imago.text` may use it. Read [Template] first,
/// then follow a template's way: Lexer, Parser, Node, Renderer.
@NullMarked
package dev.imago.text.jinja;

import org.jspecify.annotations.NullMarked;
