package dev.imago.templates;

import dev.imago.templates.jinja.Rendering;
import dev.imago.templates.jinja.Template;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a conversation becomes the text that a model was trained on: the Jinja of
/// `tokenizer_config.json`, rendered as transformers renders it. Immutable and thread-safe.
///
/// ```java
/// ChatTemplate template = ChatTemplate.load(Path.of("model/tokenizer_config.json"));
/// String prompt = template.render(List.of(new ChatMessage("user", "Hello")), true);
/// int[] ids = template.encodeChat(tokenizer, List.of(new ChatMessage("user", "Hello")), true);
/// ```
///
/// What is more than roles and texts (tools, tool calls, images, a model's own switches) goes as a
/// map of variables, in the shape that the OpenAI API and transformers share:
///
/// ```java
/// String prompt = template.render(Map.of(
///     "messages", List.of(Map.of("role", "user", "content", "Rain in Paris?")),
///     "tools", List.of(weatherTool),
///     "add_generation_prompt", true,
///     "enable_thinking", false));
/// ```
///
/// A template may refuse a conversation (roles that do not alternate, say); that is an
/// [IllegalArgumentException] with the template's own words. Templates come with models from
/// strangers: one can call nothing but Jinja's own functions, and how long it runs, how much it
/// writes and how deep it nests is bounded; past a bound it ends with a message, too.
public final class ChatTemplate {
  /// ChatML, the template that we write: `<|im_start|>role`, newline, content, `<|im_end|>`,
  /// newline.
  public static final String CHATML =
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'"
          + " + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

  /// The name of the template that serves where no other is asked for.
  public static final String DEFAULT = "default";

  private static final String TOOL_USE = "tool_use";

  private record Source(String jinja, Template template) {}

  private final Map<String, Source> templates;
  private final Map<String, String> specialTokens;
  private final Clock clock;

  private ChatTemplate(
      Map<String, Source> templates, Map<String, String> specialTokens, Clock clock) {
    this.templates = Collections.unmodifiableMap(new LinkedHashMap<>(templates));
    this.specialTokens = Map.copyOf(specialTokens);
    this.clock = clock;
  }

  /// Parses a template.
  ///
  /// @param specialTokens what it may name, such as `bos_token` and `eos_token`
  /// @param clock what `strftime_now` reads, in its zone
  /// @throws IllegalArgumentException naming the line that is no Jinja
  public static ChatTemplate of(String jinja, Map<String, String> specialTokens, Clock clock) {
    return of(Map.of(DEFAULT, jinja), specialTokens, clock);
  }

  /// Parses templates that serve different conversations, each by its name, as some models have
  /// them: [#DEFAULT], and `tool_use` for conversations with tools.
  ///
  /// @throws IllegalArgumentException naming the template and the line that is no Jinja
  public static ChatTemplate of(
      Map<String, String> jinjaByName, Map<String, String> specialTokens, Clock clock) {
    if (jinjaByName.isEmpty()) {
      throw new IllegalArgumentException("no chat template; give one, named " + DEFAULT);
    }
    var templates = new LinkedHashMap<String, Source>();
    jinjaByName.forEach(
        (name, jinja) -> {
          try {
            templates.put(name, new Source(jinja, Template.parse(jinja)));
          } catch (IllegalArgumentException e) {
            throw jinjaByName.size() == 1
                ? e
                : new IllegalArgumentException("«" + name + "»: " + e.getMessage(), e);
          }
        });
    return new ChatTemplate(templates, specialTokens, clock);
  }

  /// ChatML.
  public static ChatTemplate chatml() {
    return of(CHATML, Map.of(), Clock.systemDefaultZone());
  }

  /// Reads the template, or the named templates, and the special tokens of a
  /// `tokenizer_config.json`. As in transformers, the files `chat_template.jinja` and
  /// `additional_chat_templates/*.jinja` beside it come first.
  ///
  /// @throws IllegalArgumentException when there is none, or it is broken
  /// @throws java.io.UncheckedIOException when a file cannot be read
  public static ChatTemplate load(Path tokenizerConfigJson) {
    return ChatTemplateFiles.load(tokenizerConfigJson, Clock.systemDefaultZone());
  }

  /// The names of the templates, [#DEFAULT] where there is only one.
  public Set<String> names() {
    return templates.keySet();
  }

  /// The template of a name, alone.
  ///
  /// @throws IllegalArgumentException when there is none of that name
  public ChatTemplate named(String name) {
    return new ChatTemplate(Map.of(DEFAULT, source(name)), specialTokens, clock);
  }

  private Source source(String name) {
    Source source = templates.get(name);
    if (source == null) {
      throw new IllegalArgumentException(
          "there is no chat template «%s»; there are %s".formatted(name, names()));
    }
    return source;
  }

  /// transformers' rule: `tool_use` where there are tools and there is one, else the default.
  private Source sourceFor(Map<String, ?> variables) {
    return source(
        variables.get("tools") != null && templates.containsKey(TOOL_USE) ? TOOL_USE : DEFAULT);
  }

  /// Whether a template has a name in it: one that does not have `tools` shows the model none.
  public boolean mentions(String name) {
    var word = Pattern.compile("\\b" + Pattern.quote(name) + "\\b");
    return templates.values().stream().anyMatch(s -> word.matcher(s.jinja).find());
  }

  /// The Jinja; where there are several, that of [#DEFAULT].
  public String source() {
    return source(DEFAULT).jinja;
  }

  /// The text of a conversation.
  ///
  /// @param addGenerationPrompt whether it ends where the assistant's answer begins
  /// @throws IllegalArgumentException when the template refuses the conversation (its own words),
  ///   or is broken (naming the line), or asks for more than a rendering may use
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return render(Map.of("messages", maps(messages), "add_generation_prompt", addGenerationPrompt));
  }

  private static List<Map<String, String>> maps(List<ChatMessage> messages) {
    var maps = new ArrayList<Map<String, String>>();
    for (ChatMessage message : messages) {
      var map = new LinkedHashMap<String, String>();
      map.put("role", message.role());
      map.put("content", message.content());
      maps.add(map);
    }
    return maps;
  }

  /// The text that the template gives for any variables.
  ///
  /// `messages`, `add_generation_prompt`, `tools` and `documents` are those that most templates
  /// know; without a value, the last two are none, as transformers has them. Special tokens need
  /// not be given.
  ///
  /// @param variables by name, as JSON has them: null, Boolean, numbers, String, Iterable and Map
  /// @throws IllegalArgumentException as [#render(List, boolean)] does, and for a value of another
  ///   kind
  public String render(Map<String, ?> variables) {
    return rendering(sourceFor(variables), variables).text();
  }

  private Rendering rendering(Source source, Map<String, ?> variables) {
    var all = new HashMap<String, @Nullable Object>(specialTokens);
    all.put("tools", null);
    all.put("documents", null);
    all.putAll(variables);
    return source.template.render(all, clock);
  }

  /// A text, and which of it the assistant said: what the template marks with `{% generation %}`,
  /// in order; nothing where it marks nothing. This is transformers'
  /// `return_assistant_tokens_mask`, in characters.
  public record Marked(String text, List<Span> assistant) {
    public Marked {
      assistant = List.copyOf(assistant);
    }

    /// From a place in the text, in Java's characters, to before another.
    public record Span(int start, int end) {}
  }

  /// Renders as [#render(Map)] does, and says which of the text the assistant said.
  public Marked renderMarked(Map<String, ?> variables) {
    Rendering rendering = rendering(sourceFor(variables), variables);
    return new Marked(
        rendering.text(),
        rendering.assistant().stream().map(s -> new Marked.Span(s.start(), s.end())).toList());
  }

  /// The text of a conversation up to the end of its last message, which the model is to go on
  /// with: transformers' `continue_final_message`.
  ///
  /// @param variables as [#render(Map)] takes them; the last of `messages` has a text as its
  ///   `content`, or a list with one in it
  /// @throws IllegalArgumentException as [#render(Map)] does, and when there is no text to go on
  ///   with or the template leaves it out
  public String renderToContinue(Map<String, ?> variables) {
    Source source = sourceFor(variables);
    var continued = new ContinuedMessage(source.jinja, variables);
    return continued.cut(rendering(source, continued.variables()).text());
  }

  /// The ids of a conversation, in which no message can produce a special token: only the template
  /// itself does. Where messages hold no special token's spelling, these are the ids of the
  /// rendered text, and of transformers' `apply_chat_template`.
  public int[] encodeChat(
      Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
    return encodeChat(
        tokenizer,
        Map.of("messages", maps(messages), "add_generation_prompt", addGenerationPrompt));
  }

  /// The ids of what [#render(Map)] gives, in which no variable can produce a special token: only
  /// the template itself does. Messages, tools and documents are guarded alike, names of their
  /// fields too.
  ///
  /// @throws IllegalArgumentException as [#render(Map)] does
  public int[] encodeChat(Tokenizer tokenizer, Map<String, ?> variables) {
    var guard = new SpecialTokenGuard(tokenizer, variables);
    return tokenizer.encodeGuarded(render(guard.disarmed()), guard::restore);
  }

  /// An answer of a conversation, as its ids.
  ///
  /// @param given what a server sends before it
  /// @param answer what follows in the template's own text, with what the template ends it by; no
  ///   special token in it is a message's
  public record Answer(int[] given, int[] answer) {}

  /// An answer, and what is given before it, both as the template shows them.
  ///
  /// @param given what is rendered before the answer, with `add_generation_prompt`
  /// @param whole the same with the answer, without it
  /// @throws IllegalArgumentException as [#render(Map)] does
  /// @throws IllegalStateException where the text with the answer does not begin with the text
  ///   before it, naming the place: a model that was trained on the one would be asked with another
  public Answer encodeAnswer(Tokenizer tokenizer, Map<String, ?> given, Map<String, ?> whole) {
    var guard = new SpecialTokenGuard(tokenizer, whole);
    String before = render(guard.disarmed(given));
    String all = render(guard.disarmed());
    if (!all.startsWith(before)) {
      int at = 0;
      while (at < all.length() && all.charAt(at) == before.charAt(at)) {
        at++;
      }
      throw new IllegalStateException(
          "at character %,d a server sends «%s» before the answer, and the template shows «%s» with it"
              .formatted(at, excerpt(guard.restore(before), at), excerpt(guard.restore(all), at)));
    }
    int[] sent = tokenizer.encodeGuarded(before, guard::restore);
    int[] ids = tokenizer.encodeGuarded(all, guard::restore);
    // Where a token spans the border, the answer is by itself, as what a model says is.
    boolean begins =
        ids.length >= sent.length && Arrays.equals(ids, 0, sent.length, sent, 0, sent.length);
    return new Answer(
        sent,
        begins
            ? Arrays.copyOfRange(ids, sent.length, ids.length)
            : tokenizer.encodeGuarded(all.substring(before.length()), guard::restore));
  }

  /// A few characters around a place.
  private static String excerpt(String text, int at) {
    int around = 20;
    return text.substring(
            Math.max(0, Math.min(at, text.length()) - around), Math.min(text.length(), at + around))
        .replace("\n", "\\n");
  }

  /// The special token by which the template ends an answer: what follows the text of one. A
  /// template that speaks of nothing but tools is shown that there are none.
  ///
  /// @return empty where none does
  public OptionalInt endOfAnswer(Tokenizer tokenizer) {
    String said = "answer";
    List<ChatMessage> asked = List.of(new ChatMessage("user", "question"));
    var both = new ArrayList<>(asked);
    both.add(new ChatMessage("assistant", said));
    String all;
    try {
      all = render(both, false);
    } catch (IllegalArgumentException e) {
      if (!mentions("tools")) {
        throw e;
      }
      all =
          render(
              Map.of("messages", maps(both), "tools", List.of(), "add_generation_prompt", false));
    }
    String behind = all.substring(all.lastIndexOf(said) + said.length()).stripLeading();
    return tokenizer.specialSpellings().stream()
        .filter(behind::startsWith)
        .max(Comparator.comparingInt(String::length))
        .map(tokenizer::id)
        .orElse(OptionalInt.empty());
  }
}
