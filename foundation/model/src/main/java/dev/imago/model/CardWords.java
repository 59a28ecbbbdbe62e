package dev.imago.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A card's facts as an English sentence.
final class CardWords {
  /// Languages under a fiftieth of the text are not named.
  private static final double NAMED_SHARE = 0.02;

  private CardWords() {}

  static String describe(ModelCard card) {
    var text = new StringBuilder("A model");
    if (card.parameters() > 0) {
      text.append(" of ").append(count(card.parameters())).append(" parameters");
    }
    ModelCard.Reading read = card.reading();
    if (read != null) {
      text.append(", trained from nothing on ")
          .append(plural(read.documents(), "document"))
          .append(" (")
          .append(content(read))
          .append("), of which it read ")
          .append(plural(read.tokens(), "token"));
    }
    ModelCard.Tuning tuned = card.tuning();
    if (tuned != null) {
      text.append(read == null ? ", tuned on " : ", then tuned on ")
          .append(
              tuned.pairs() == 1 && tuned.task().isEmpty()
                  ? "1 pair of a prompt and its answer"
                  : count(tuned.pairs()) + " " + examples(tuned));
    }
    return text.append('.').toString();
  }

  /// What was tuned on, in plural.
  static String examples(ModelCard.Tuning tuned) {
    return switch (tuned.task()) {
      case "text-classification" -> "texts with their class";
      case "token-classification" -> "sentences with their tags";
      case "question-answering" -> "questions with their texts and answers";
      case "feature-extraction" -> "pairs of texts that belong together";
      case "text-ranking" -> "pairs of a query and a text";
      default -> "pairs of a prompt and its answer";
    };
  }

  /// What such a model is given.
  static String given(ModelCard card) {
    return switch (card.pipeline()) {
      case "text-generation" -> "a prompt";
      case "question-answering" -> "a question and a text";
      case "text-ranking" -> "a query";
      default -> "a text";
    };
  }

  /// What such a model is good for, and what not.
  static String limits(ModelCard card) {
    return switch (card.pipeline()) {
      case "text-generation" -> "It says what its documents say, true or not, and no more.";
      case "feature-extraction", "text-ranking" ->
          "It holds together what its examples had together, right or not.";
      default -> "It tells the labels that its examples had, right or not, and no others.";
    };
  }

  /// `29.5 MB of code and prose: 94 % Java, 6 % English`.
  private static String content(ModelCard.Reading read) {
    var text = new StringBuilder(bytes(read.bytes()));
    List<String> kinds = List.copyOf(read.kinds().keySet());
    if (!kinds.isEmpty()) {
      text.append(" of ").append(listed(kinds));
    }
    long all = read.languages().values().stream().mapToLong(Long::longValue).sum();
    var named = new ArrayList<String>();
    for (Map.Entry<String, Long> entry : read.languages().entrySet()) {
      double share = (double) entry.getValue() / Math.max(1, all);
      String name = language(entry.getKey());
      if (share >= NAMED_SHARE && !name.isEmpty()) {
        named.add(
            share > 0.995 ? name : String.format(Locale.ROOT, "%.0f %% %s", 100 * share, name));
      }
    }
    if (!named.isEmpty()) {
      text.append(": ").append(String.join(", ", named));
    }
    return text.toString();
  }

  private static String listed(List<String> words) {
    return words.size() == 1
        ? words.getFirst()
        : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
  }

  /// English's name of a language; empty for one that could not be told.
  static String language(String code) {
    return switch (code) {
      case "und", "" -> "";
      case "java" -> "Java";
      default -> Locale.of(code).getDisplayLanguage(Locale.ENGLISH);
    };
  }

  private static String plural(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /// `12,345`, `1.3 million`, `7 billion`.
  static String count(long number) {
    if (number < 1_000_000) {
      return String.format(Locale.ROOT, "%,d", number);
    }
    return number < 999_500_000
        ? digits(number / 1e6) + " million"
        : digits(number / 1e9) + " billion";
  }

  /// GGUF's short form: `1.3M`, `7B`.
  static String label(long number) {
    if (number < 999_500) {
      return digits(number / 1e3) + "K";
    }
    return number < 999_500_000 ? digits(number / 1e6) + "M" : digits(number / 1e9) + "B";
  }

  private static String bytes(long number) {
    if (number < 1000) {
      return number + " bytes";
    }
    if (number < 999_500) {
      return digits(number / 1e3) + " kB";
    }
    return number < 999_500_000 ? digits(number / 1e6) + " MB" : digits(number / 1e9) + " GB";
  }

  /// Three digits at most: 1.26, 12.6, 126; a last 0 after the point goes.
  private static String digits(double value) {
    String text = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
