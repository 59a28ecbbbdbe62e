package dev.imago.text;

import dev.imago.text.jinja.Template;
import dev.imago.text.jinja.TemplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a conversation becomes the text that a model was trained on: the Jinja of
/// `tokenizer_config.json`, rendered as transformers renders it. Immutable and thread-safe.
///
/// A template can call nothing but Jinja's own functions, and its work is bounded.
public final class ChatTemplate {
  /// ChatML, the template that we write: `<|im_start|>role`, newline, content, `<|im_end|>`,
  /// newline.
  public static final String CHATML =
      "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'"
          + " + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

  private final String source;
  private final Template template;
  private final Map<String, String> specialTokens;
  private final Clock clock;

  private ChatTemplate(String source, Map<String, String> specialTokens, Clock clock) {
    this.source = source;
    this.template = Template.parse(source);
    this.specialTokens = Map.copyOf(specialTokens);
    this.clock = clock;
  }

  /// Parses a template.
  ///
  /// @param specialTokens what it may name, such as `bos_token` and `eos_token`
  /// @param clock what `strftime_now` reads
  /// @throws IllegalArgumentException naming the line that is no Jinja
  public static ChatTemplate of(String jinja, Map<String, String> specialTokens, Clock clock) {
    return new ChatTemplate(jinja, specialTokens, clock);
  }

  /// ChatML.
  public static ChatTemplate chatml() {
    return of(CHATML, Map.of(), Clock.systemDefaultZone());
  }

  /// Reads the template and the special tokens of a `tokenizer_config.json`; where it has no
  /// template, that of `chat_template.jinja` beside it.
  ///
  /// @throws IllegalArgumentException when there is none, or it is broken
  public static ChatTemplate load(Path tokenizerConfigJson) {
    try {
      JsonNode config = JsonMapper.shared().readTree(Files.readAllBytes(tokenizerConfigJson));
      var tokens = new HashMap<String, String>();
      for (var entry : config.properties()) {
        JsonNode value = entry.getValue();
        String text = value.isObject() ? value.path("content").asString("") : value.asString("");
        if (entry.getKey().endsWith("_token") && !text.isEmpty()) {
          tokens.put(entry.getKey(), text);
        }
      }
      return of(template(tokenizerConfigJson, config), tokens, Clock.systemDefaultZone());
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "%s is no JSON (%s); get the file again"
              .formatted(tokenizerConfigJson, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + tokenizerConfigJson, e);
    } catch (TemplateException e) {
      throw new IllegalArgumentException(tokenizerConfigJson + ": " + e.getMessage(), e);
    }
  }

  private static String template(Path file, JsonNode config) throws IOException {
    JsonNode template = config.path("chat_template");
    if (template.isString()) {
      return template.stringValue();
    }
    for (JsonNode named : template) {
      if (named.path("name").asString("").equals("default")) {
        return named.path("template").asString("");
      }
    }
    Path beside = file.resolveSibling("chat_template.jinja");
    if (Files.exists(beside)) {
      return Files.readString(beside);
    }
    throw new IllegalArgumentException(
        file
            + " has no chat_template, and there is no chat_template.jinja beside it;"
            + " this model was not made for conversations");
  }

  /// The Jinja.
  public String source() {
    return source;
  }

  /// The text of a conversation.
  ///
  /// @param addGenerationPrompt whether it ends where the assistant's answer begins
  /// @throws IllegalArgumentException when the template refuses the conversation (its own words),
  ///   or is broken (naming the line)
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    var list = new ArrayList<Object>();
    for (ChatMessage message : messages) {
      var map = new LinkedHashMap<String, Object>();
      map.put("role", message.role());
      map.put("content", message.content());
      list.add(map);
    }
    return render(Map.of("messages", list, "add_generation_prompt", addGenerationPrompt));
  }

  /// Renders with any variables: Boolean, Long, Double, String, List and Map.
  String render(Map<String, ?> variables) {
    var globals = new HashMap<String, Object>(specialTokens);
    // What transformers always passes.
    globals.put("tools", Optional.empty());
    globals.put("documents", Optional.empty());
    globals.putAll(variables);
    return template.render(globals, this::strftime);
  }

  private String strftime(String format) {
    var now = ZonedDateTime.now(clock);
    var out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || ++i == format.length()) {
        out.append(c);
        continue;
      }
      String pattern =
          switch (format.charAt(i)) {
            case 'd' -> "dd";
            case 'm' -> "MM";
            case 'y' -> "uu";
            case 'Y' -> "uuuu";
            case 'b' -> "MMM";
            case 'B' -> "MMMM";
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'p' -> "a";
            case 'j' -> "DDD";
            case 'F' -> "uuuu-MM-dd";
            case 'T' -> "HH:mm:ss";
            case 'Z' -> "zzz";
            case 'z' -> "xx";
            case '%' -> "'%'";
            default ->
                throw new IllegalArgumentException(
                    "strftime_now does not know %" + format.charAt(i));
          };
      out.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now));
    }
    return out.toString();
  }

  /// The ids of a conversation, in which no message can produce a special token: only the template
  /// itself does. Where messages hold no special token's spelling, these are the ids of the
  /// rendered text, and of transformers' `apply_chat_template`.
  public int[] encodeChat(
      Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
    var guard = new SpecialTokenGuard(tokenizer, messages);
    String text = render(messages.stream().map(guard::disarm).toList(), addGenerationPrompt);
    return tokenizer.encodeGuarded(text, guard::restore);
  }
}
