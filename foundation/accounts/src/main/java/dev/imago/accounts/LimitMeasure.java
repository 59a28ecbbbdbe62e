package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.util.Locale;

/// What a limit counts.
public enum LimitMeasure {
  /// Requests that began.
  REQUESTS,
  /// TokenUse of prompts and answers.
  TOKENS,
  /// Answers under way.
  ANSWERS,
  /// Money, in millionths.
  MONEY;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static LimitMeasure parse(String text) {
    for (LimitMeasure measure : values()) {
      if (measure.word().equals(text)) {
        return measure;
      }
    }
    throw new ConfigException(
        "measure = %s is none of requests, tokens, answers, money".formatted(text));
  }

  /// An amount of it as people read it.
  String text(long amount) {
    return this == MONEY ? Money.text(amount) : "%,d".formatted(amount);
  }
}
