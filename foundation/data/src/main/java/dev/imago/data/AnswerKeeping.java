package dev.imago.data;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which served answers are kept for people to look at, masked, and for how long.
///
/// @param share of all answers, chosen by their ids
/// @param lowConfidence below which mean probability of its tokens an answer is kept; 0 for none
/// @param longTokens from how many tokens on; 0 for none
/// @param thumbsDown whether those that somebody found bad are kept
/// @param flagged whether those are that moderation flags, or whose prompts it does
/// @param retention after which they are gone
public record AnswerKeeping(
    double share,
    double lowConfidence,
    int longTokens,
    boolean thumbsDown,
    boolean flagged,
    Duration retention) {
  /// What an answer is kept for, as it is written beside it.
  public static final String SHARE = "share";

  public static final String LOW_CONFIDENCE = "low-confidence";
  public static final String LONG = "long";
  public static final String THUMBS_DOWN = "thumbs-down";
  public static final String FLAGGED = "flagged";

  /// All of them.
  public static final List<String> RULES =
      List.of(SHARE, LOW_CONFIDENCE, LONG, THUMBS_DOWN, FLAGGED);

  /// Nothing is kept.
  public static final AnswerKeeping NONE =
      new AnswerKeeping(0, 0, 0, false, false, Duration.ofDays(30));

  public AnswerKeeping {
    Bounds.number(SHARE, share, 0, 1, "0.01 is one of a hundred");
    Bounds.number(LOW_CONFIDENCE, lowConfidence, 0, 1, "0.5 is usual");
    Bounds.whole(LONG, longTokens, 0, 1 << 20);
    Bounds.whole("days", retention.toDays(), 1, 3650, "30 are usual");
  }

  /// Rules as a command line has them: `share=0.01`, `low-confidence=0.5`, `long=400`,
  /// `thumbs-down`, `flagged`.
  ///
  /// @throws ConfigException for one that is none, or stands twice
  public static AnswerKeeping parse(List<String> rules, Duration retention) {
    Set<String> seen = new HashSet<>();
    double share = 0;
    double low = 0;
    int longTokens = 0;
    for (String rule : rules) {
      String name = rule.replaceFirst("=.*", "").strip();
      boolean valued = rule.contains("=");
      if (!RULES.contains(name)) {
        throw new ConfigException(
            "«%s» is no rule to keep answers by%s".formatted(name, Nearest.hint(name, RULES)));
      }
      if (!seen.add(name)) {
        throw new ConfigException("«%s» stands twice; give it once".formatted(name));
      }
      boolean flag = name.equals(THUMBS_DOWN) || name.equals(FLAGGED);
      if (flag == valued) {
        throw new ConfigException(
            flag
                ? "«%s» has no value; write it as %s".formatted(rule, name)
                : "«%s» needs a value, such as %s=%s"
                    .formatted(rule, name, name.equals(LONG) ? "400" : "0.5"));
      }
      double value = valued ? number(rule) : 0;
      switch (name) {
        case SHARE -> share = above(rule, value);
        case LOW_CONFIDENCE -> low = above(rule, value);
        case LONG -> {
          if (value != Math.rint(value) || !(value >= 1 && value <= 1 << 20)) {
            throw new ConfigException(
                "«%s» is no whole number of tokens, 1 or more".formatted(rule));
          }
          longTokens = (int) value;
        }
        default -> {}
      }
    }
    return new AnswerKeeping(
        share, low, longTokens, seen.contains(THUMBS_DOWN), seen.contains(FLAGGED), retention);
  }

  private static double above(String rule, double value) {
    if (!(value > 0)) {
      throw new ConfigException("«%s» keeps nothing; give a number above 0".formatted(rule));
    }
    return value;
  }

  private static double number(String rule) {
    try {
      return Double.parseDouble(rule.substring(rule.indexOf('=') + 1).strip());
    } catch (NumberFormatException e) {
      throw new ConfigException("«%s» has no number behind =".formatted(rule), e);
    }
  }

  /// Whether anything is kept.
  public boolean used() {
    return share > 0 || lowConfidence > 0 || longTokens > 0 || thumbsDown || flagged;
  }
}
