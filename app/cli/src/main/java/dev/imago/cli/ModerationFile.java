package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.moderation.Moderator;
import dev.imago.moderation.WordListModerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The lists of words that a server flags, as `imago serve --moderation` reads them.
final class ModerationFile {
  private ModerationFile() {}

  /// @throws ConfigException for lists that are none
  /// @throws InputException for a file that cannot be read
  static Moderator read(Path file) {
    JsonNode settings;
    try {
      settings = YAMLMapper.shared().readTree(text(file));
    } catch (JacksonException e) {
      throw new ConfigException("%s is no YAML: %s".formatted(file, e.getOriginalMessage()), e);
    }
    if (!settings.isObject() || settings.isEmpty()) {
      throw new ConfigException("%s holds no list; write insult: [fool], say".formatted(file));
    }
    var lists = new LinkedHashMap<String, List<String>>();
    for (var each : settings.properties()) {
      lists.put(each.getKey(), words(file, each.getKey(), each.getValue()));
    }
    return new WordListModerator(lists);
  }

  /// Those that stand there, or in a file beside this one, one a line.
  private static List<String> words(Path file, String category, JsonNode given) {
    var words = new ArrayList<String>();
    if (given.isString()) {
      Path named = file.toAbsolutePath().resolveSibling(given.stringValue());
      text(named).lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(words::add);
    } else if (given.isArray() && given.valueStream().allMatch(JsonNode::isString)) {
      given.valueStream().map(JsonNode::stringValue).forEach(words::add);
    }
    if (words.isEmpty()) {
      throw new ConfigException(
          "%s: %s holds no word; give a list of texts in quotes, or a file with one a line"
              .formatted(file, category));
    }
    return words;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException(
          "the lists of words in %s cannot be read: name a file of UTF-8".formatted(file), e);
    }
  }
}
