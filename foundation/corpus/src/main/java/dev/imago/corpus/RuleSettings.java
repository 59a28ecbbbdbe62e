package dev.imago.corpus;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/// Which settings set the bound of each rule, for those whom a rule leaves too little.
final class RuleSettings {
  private RuleSettings() {}

  /// Such as `prose.minWords=50` and `prose.maxWords=100000`.
  static List<String> of(String rule, CorpusRules rules) {
    return Arrays.stream(keys(rule, rules).split(" "))
        .map(key -> key + "=" + value(rules, key))
        .toList();
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

  private static String keys(String rule, CorpusRules rules) {
    return switch (rule) {
      case CorpusRules.EXACT -> "exactDuplicates";
      case CorpusRules.NEAR -> "nearDuplicates";
      case CorpusRules.CONTAMINATED -> "decontaminate.against";
      case CorpusRules.ADDRESS -> "repeats.addresses";
      case CorpusRules.PARTS -> "repeats.lines repeats.paragraphs repeats.substrings";
      case CorpusRules.LANGUAGE -> "keepLanguages";
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
      case "quality-classifier" -> "prose.quality.minGood";
      case QualityModels.PERPLEXITY ->
          rules.prose().quality().percentiles().isEmpty()
              ? "prose.quality.minPerplexity prose.quality.maxPerplexity"
              : "prose.quality.percentiles";
      default ->
          !rule.startsWith("gopher-")
              ? "prose.sets"
              : rule.startsWith("gopher-top-") ? "prose.maxTopNgrams" : "prose.maxDuplicateNgrams";
    };
  }
}
