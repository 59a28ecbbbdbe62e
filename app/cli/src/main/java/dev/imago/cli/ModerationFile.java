package dev.imago.cli;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.moderation.ModerationAction;
import dev.imago.moderation.ModerationRules;
import dev.imago.moderation.Moderator;
import dev.imago.moderation.ModeratorPair;
import dev.imago.moderation.RuleModerator;
import dev.imago.moderation.TenantModeration;
import dev.imago.moderation.WordListModerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How a server judges texts, as `imago serve --moderation` reads it, or a gateway's file has it:
/// lists of words alone, which are asked at `/v1/moderations`, or what is judged of requests and
/// answers, too.
final class ModerationFile {
  private static final Set<String> FIELDS =
      Set.of("lists", "rules", "model", "all", "tenants", "keepText");

  private ModerationFile() {}

  /// What flagged texts of a tenant lead to.
  ///
  /// @param prompt off, note or block; so with `answer`
  record RulesSetting(String prompt, String answer, Map<String, Float> thresholds) {
    static final RulesSetting USUAL = new RulesSetting("off", "off", Map.of());

    ModerationRules rules() {
      return new ModerationRules(
          ModerationAction.of(prompt),
          ModerationAction.of(answer),
          thresholds.entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, e -> (double) e.getValue())));
    }
  }

  /// @throws ConfigException for lists that are none
  /// @throws InputException for a file that cannot be read
  static TenantModeration read(Path file) {
    JsonNode settings = SettingsYaml.read(file);
    if (!settings.isObject() || settings.isEmpty()) {
      throw new ConfigException("%s holds no list; write insult: [fool], say".formatted(file));
    }
    // Of lists alone each value is a list or a file's name.
    return settings.properties().stream().anyMatch(each -> each.getValue().isObject())
        ? read(file, settings)
        : TenantModeration.judging(new WordListModerator(lists(file, settings)));
  }

  /// @param file that it stands in
  static TenantModeration read(Path file, JsonNode settings) {
    if (!settings.isObject()) {
      throw new ConfigException("%s: moderation holds no settings".formatted(file));
    }
    for (var field : settings.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new ConfigException(
            "%s: moderation has no %s; it has all, keepText, lists, model, rules, tenants"
                .formatted(file, field.getKey()));
      }
    }
    Optional<Moderator> words =
        settings.has("lists")
            ? Optional.of(new WordListModerator(lists(file, settings.get("lists"))))
            : Optional.empty();
    Optional<Moderator> rules =
        settings.has("rules")
            ? Optional.of(new RuleModerator(lists(file, settings.get("rules"))))
            : Optional.empty();
    Optional<Moderator> both =
        words
            .<Moderator>map(one -> rules.<Moderator>map(r -> new ModeratorPair(one, r)).orElse(one))
            .or(() -> rules);
    if (settings.has("tenants") && !settings.get("tenants").isObject()) {
      throw new ConfigException(
          "%s: moderation.tenants is no list of tenants with their rules; write acme: {prompt: block}"
              .formatted(file));
    }
    var byTenant = new HashMap<String, ModerationRules>();
    for (var each : settings.path("tenants").properties()) {
      byTenant.put(each.getKey(), rules("moderation.tenants." + each.getKey(), each.getValue()));
    }
    JsonNode kept = settings.path("keepText");
    if (!kept.isMissingNode() && !kept.isBoolean()) {
      throw new ConfigException(
          "%s: keepText = %s is neither true nor false".formatted(file, kept));
    }
    JsonNode model = settings.path("model");
    if (!model.isMissingNode() && !model.isString()) {
      throw new ConfigException(
          "%s: moderation.model = %s is no text; give the name of a served model of classes"
              .formatted(file, model));
    }
    return new TenantModeration(
        both,
        Optional.of(model.asString("")).filter(name -> !name.isBlank()),
        settings.has("all") ? rules("moderation.all", settings.get("all")) : ModerationRules.OFF,
        byTenant,
        kept.booleanValue(false));
  }

  private static ModerationRules rules(String where, JsonNode settings) {
    if (settings instanceof ObjectNode each) {
      return Binder.bind(where, each, RulesSetting.USUAL).rules();
    }
    throw new ConfigException(
        where + " holds no settings; write {prompt: block, answer: block}, say");
  }

  private static Map<String, List<String>> lists(Path file, JsonNode settings) {
    if (!settings.isObject() || settings.isEmpty()) {
      throw new ConfigException("%s: lists are by category: insult: [fool], say".formatted(file));
    }
    var lists = new LinkedHashMap<String, List<String>>();
    for (var each : settings.properties()) {
      lists.put(each.getKey(), words(file, each.getKey(), each.getValue()));
    }
    return lists;
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
