package dev.imago.prepare;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The bound of each rule and where a recipe sets it, for those whom a rule leaves too little.
final class Bounds {
  private Bounds() {}

  /// Such as `prepare.prose.minWords=50, prepare.prose.maxWords=100000`: what the rule of this name
  /// is set to, as an override spells it.
  static String of(String rule, Prepare.Config config) {
    return Arrays.stream(keys(rule).split(" "))
        .map(key -> "prepare." + key + "=" + value(config, key))
        .collect(Collectors.joining(", "));
  }

  /// The setting of this name, however deep.
  private static Object value(Record config, String key) {
    int dot = key.indexOf('.');
    String name = dot < 0 ? key : key.substring(0, dot);
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      if (component.getName().equals(name)) {
        try {
          Object value = component.getAccessor().invoke(config);
          return dot < 0 ? value : value((Record) value, key.substring(dot + 1));
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    throw new IllegalStateException(key + " is no setting");
  }

  private static String keys(String rule) {
    return switch (rule) {
      case Fates.EXACT -> "exactDuplicates";
      case Fates.NEAR -> "nearDuplicates";
      case "language" -> "keepLanguages";
      case "form-alphabetic-words" -> "forms.minAlphabeticWords";
      case "form-duplicate-line-characters" -> "forms.maxDuplicateLineCharacters";
      case "gopher-words" -> "prose.minWords prose.maxWords";
      case "gopher-mean-word-length" -> "prose.minMeanWordLength prose.maxMeanWordLength";
      case "gopher-number-signs", "gopher-ellipses" -> "prose.maxSymbolRatio";
      case "gopher-bullet-lines" -> "prose.maxBulletLines";
      case "gopher-ellipsis-lines" -> "prose.maxEllipsisLines";
      case "gopher-alphabetic-words" -> "prose.minAlphabeticWords";
      case "gopher-stop-words" -> "prose.minStopWords";
      case "gopher-duplicate-lines" -> "prose.maxDuplicateLines";
      case "gopher-duplicate-paragraphs" -> "prose.maxDuplicateParagraphs";
      case "gopher-duplicate-line-characters" -> "prose.maxDuplicateLineCharacters";
      case "gopher-duplicate-paragraph-characters" -> "prose.maxDuplicateParagraphCharacters";
      case "code-characters" -> "code.minCharacters";
      case "code-lines" -> "code.maxLines";
      case "code-longest-line" -> "code.maxLineLength";
      case "code-mean-line" -> "code.maxMeanLineLength";
      case "code-alphanumeric" -> "code.minAlphanumeric";
      case "code-generated" -> "code.generatedMarkers";
      case "code-encoded" -> "code.maxEncoded";
      default -> rule.startsWith("gopher-top-") ? "prose.maxTopNgrams" : "prose.maxDuplicateNgrams";
    };
  }
}
