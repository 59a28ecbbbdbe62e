package dev.imago.prepare;

/// Where a recipe sets the bound of each rule, for those whom a rule leaves too little.
final class Bounds {
  private Bounds() {}

  /// Settings of the rule of this name, as `key=value` overrides spell them.
  static String of(String rule) {
    return "prepare." + String.join(", prepare.", keys(rule).split(" "));
  }

  private static String keys(String rule) {
    return switch (rule) {
      case Fates.EXACT -> "exactDuplicates=false";
      case Fates.NEAR -> "nearDuplicates=false";
      case "language" -> "keepLanguages";
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
      case "code-generated" -> "code.generatedMarkers=[]";
      case "code-encoded" -> "code.maxEncoded";
      default ->
          rule.startsWith("gopher-top-") ? "prose.maxTopNgrams=[]" : "prose.maxDuplicateNgrams=[]";
    };
  }
}
