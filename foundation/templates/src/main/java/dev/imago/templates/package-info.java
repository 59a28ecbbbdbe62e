/// Chat templates: how a conversation becomes the text that a model was trained on. Usable alone.
///
/// In: a `tokenizer_config.json` with the Jinja files beside it, or Jinja; then messages, tools,
/// any variables. Out: text, or the ids of a tokenizer, in which no message can spell a special
/// token. Knows no model, no server and no file of ours. Read [ChatTemplate].
///
/// ```java
/// ChatTemplate template = ChatTemplate.load(Path.of("model/tokenizer_config.json"));
/// var question = List.of(new ChatMessage("user", "Rain in Paris?"));
/// String prompt = template.render(question, true);
/// int[] ids = template.encodeChat(tokenizer, question, true);
/// String withTools = template.render(Map.of(
///     "messages", List.of(Map.of("role", "user", "content", "Rain in Paris?")),
///     "tools", List.of(weatherTool),
///     "add_generation_prompt", true));
/// ```
@NullMarked
package dev.imago.templates;

import org.jspecify.annotations.NullMarked;
