package dev.imago.templates;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a model's folder keeps its chat templates and the special tokens that they name.
final class ChatTemplateFiles {
  private static final long MAX_BYTES = 64 << 20;
  private static final String JINJA = ".jinja";

  private ChatTemplateFiles() {}

  static ChatTemplate load(Path tokenizerConfigJson, Clock clock) {
    try {
      JsonNode config = JsonMapper.shared().readTree(bytes(tokenizerConfigJson));
      Map<String, String> templates = beside(tokenizerConfigJson);
      if (templates.isEmpty()) {
        templates = within(config.path("chat_template"));
      }
      if (!templates.containsKey(ChatTemplate.DEFAULT)) {
        throw new IllegalArgumentException(
            "it has chat templates %s, but none is named «%s»"
                .formatted(templates.keySet(), ChatTemplate.DEFAULT));
      }
      return ChatTemplate.of(templates, specialTokens(config), clock);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "%s is no JSON (%s); get the file again"
              .formatted(tokenizerConfigJson, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + tokenizerConfigJson, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(tokenizerConfigJson + ": " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%s has %d bytes; %d at most are read".formatted(file.getFileName(), size, MAX_BYTES));
    }
    return Files.readAllBytes(file);
  }

  private static String text(Path file) throws IOException {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  private static Map<String, String> beside(Path config) throws IOException {
    var templates = new LinkedHashMap<String, String>();
    Path single = config.resolveSibling("chat_template.jinja");
    if (Files.isRegularFile(single)) {
      templates.put(ChatTemplate.DEFAULT, text(single));
    }
    Path folder = config.resolveSibling("additional_chat_templates");
    if (Files.isDirectory(folder)) {
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.filter(f -> f.toString().endsWith(JINJA)).sorted().toList();
      }
      for (Path file : files) {
        String name = file.getFileName().toString();
        templates.put(name.substring(0, name.length() - JINJA.length()), text(file));
      }
    }
    return templates;
  }

  private static Map<String, String> within(JsonNode template) {
    if (template.isString()) {
      return Map.of(ChatTemplate.DEFAULT, template.stringValue());
    }
    var templates = new LinkedHashMap<String, String>();
    for (JsonNode named : template) {
      if (!named.path("name").isString() || !named.path("template").isString()) {
        throw new IllegalArgumentException(
            "chat_template wants a string, or a list of {\"name\": …, \"template\": …}");
      }
      templates.put(named.path("name").stringValue(), named.path("template").stringValue());
    }
    if (templates.isEmpty()) {
      throw new IllegalArgumentException(
          "it has no chat_template, and there is no chat_template.jinja beside it;"
              + " this model was not made for conversations");
    }
    return templates;
  }

  /// A token is a string, or an object with its `content`; a model's own have names among
  /// `extra_special_tokens`.
  private static Map<String, String> specialTokens(JsonNode config) {
    var tokens = new HashMap<String, String>();
    for (var entry : config.properties()) {
      if (entry.getKey().endsWith("_token")) {
        put(tokens, entry.getKey(), entry.getValue());
      }
    }
    for (var entry : config.path("extra_special_tokens").properties()) {
      put(tokens, entry.getKey(), entry.getValue());
    }
    return tokens;
  }

  private static void put(Map<String, String> tokens, String name, JsonNode value) {
    JsonNode text = value.isObject() ? value.path("content") : value;
    if (text.isString() && !text.stringValue().isEmpty()) {
      tokens.put(name, text.stringValue());
    }
  }
}
