package dev.imago.annotate;

import dev.imago.annotate.Annotate.Config;
import dev.imago.core.ConfigException;
import dev.imago.tasks.Tasks;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Refuses a setting that was given, and that nothing would read: of another task, of rows where
/// there are none, of rules where rows take their place.
///
/// A setting at its default counts as not given.
final class GivenSettings {
  private record Setting(String name, Function<Config, Object> value) {
    boolean given(Config config) {
      return !value.apply(config).equals(value.apply(Config.defaults()));
    }
  }

  /// How rows of texts with labels are read.
  private static final List<Setting> OF_LABELS =
      List.of(
          new Setting("textField", Config::textField),
          new Setting("labelField", Config::labelField),
          new Setting("columns", Config::columns),
          new Setting("labelNames", Config::labelNames));

  /// How rows of prompts and answers are read.
  private static final List<Setting> OF_ROWS =
      List.of(
          new Setting("promptField", Config::promptField),
          new Setting("completionField", Config::completionField),
          new Setting("systemField", Config::systemField),
          new Setting("messagesField", Config::messagesField),
          new Setting("besideRules", Config::besideRules));

  /// How rows of conversations are read, and pairs by rule beside them.
  private static final List<Setting> OF_TURNS =
      List.of(
          new Setting("systemField", Config::systemField),
          new Setting("messagesField", Config::messagesField),
          new Setting("besideRules", Config::besideRules));

  /// How the classes of rows are read.
  private static final List<Setting> OF_CLASSES =
      List.of(
          new Setting("textField", Config::textField),
          new Setting("labelField", Config::labelField),
          new Setting("columns", Config::columns));

  /// How any rows are read.
  private static final List<Setting> OF_FILES =
      List.of(
          new Setting("encoding", Config::encoding),
          new Setting("heldoutFraction", Config::heldoutFraction),
          new Setting("heldoutLabels", Config::heldoutLabels));

  /// How pairs are made by rule.
  private static final List<Setting> OF_RULES =
      List.of(
          new Setting("maxPerFile", Config::maxPerFile),
          new Setting("minWords", Config::minWords),
          new Setting("maxWords", Config::maxWords),
          new Setting("maxPromptCharacters", Config::maxPromptCharacters));

  private GivenSettings() {}

  /// @throws ConfigException naming the first setting that would not be honoured
  static void check(Config config) {
    String answer = Tasks.names().getFirst();
    if (config.classifier().isEmpty()) {
      refuse(
          List.of(new Setting("minConfidence", Config::minConfidence)),
          config,
          "is for annotate.classifier, and none is named");
    }
    if (config.rewrites()) {
      String why = "is not for task = " + config.task();
      refuse(OF_RULES, config, why);
      refuse(OF_LABELS, config, why + ": promptField and completionField name the two texts");
      refuse(OF_TURNS, config, why);
      return;
    }
    if (!config.task().equals(answer)) {
      String why = "is for task = %s, and the task is %s".formatted(answer, config.task());
      refuse(OF_ROWS, config, why);
      refuse(OF_RULES, config, why);
      if (!config.classifier().isEmpty() && config.labels().isEmpty()) {
        String alone = "is for rows of your own, and there are none: name them with --labels PATH";
        if (config.heldoutLabels().isEmpty()) {
          refuse(OF_CLASSES, config, alone);
          refuse(OF_FILES, config, alone);
        } else {
          refuse(List.of(new Setting("heldoutFraction", Config::heldoutFraction)), config, alone);
        }
      }
      if (config.prefers() || config.judges()) {
        refuse(
            OF_LABELS,
            config,
            "is for tasks of labels, such as classify, and the task is " + config.task());
      }
      return;
    }
    refuse(
        OF_LABELS, config, "is for tasks of labels, such as classify, and the task is " + answer);
    if (config.labels().isEmpty()) {
      String why = "is for rows of your own, and there are none: name them with --labels PATH";
      refuse(OF_ROWS, config, why);
      refuse(OF_FILES, config, why);
    } else if (!config.besideRules()) {
      refuse(
          OF_RULES,
          config,
          "is for pairs by rule, and your rows take their place: besideRules=true makes both");
    }
  }

  /// @param known what the task reads
  /// @throws ConfigException for a column that it does not
  static void checkColumns(Config config, Set<String> known) {
    for (String column : new TreeSet<>(config.columns().keySet())) {
      if (!known.contains(column)) {
        throw new ConfigException(
            "annotate.columns.%s is nothing that task = %s reads; it reads %s"
                .formatted(column, config.task(), String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  private static void refuse(List<Setting> settings, Config config, String why) {
    for (Setting setting : settings) {
      if (setting.given(config)) {
        throw new ConfigException(
            "annotate.%s = %s %s; or leave it out"
                .formatted(setting.name(), setting.value().apply(config), why));
      }
    }
  }
}
