package dev.imago.tokenizers;

import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// To which length a text, or a text and its pair, are cut: the `truncation` of a `tokenizer.json`.
///
/// What is cut off is kept as [Encoding#overflowing]: every part, as Hugging Face tokenizers up to
/// 0.22 do and 0.23 again means to (it stops early, and leaves most of them out:
/// <https://github.com/huggingface/tokenizers/issues/2091>).
///
/// @param maxLength the tokens that are left, with those that a post-processor adds
/// @param strategy which of two texts is cut
/// @param stride how many tokens a part repeats of the one before it
/// @param direction where tokens are taken away
public record Truncation(int maxLength, Strategy strategy, int stride, Side direction) {
  /// Which of two texts is cut.
  public enum Strategy {
    /// The longer one down to the other's length, then both.
    LONGEST_FIRST("LongestFirst"),

    /// The text.
    ONLY_FIRST("OnlyFirst"),

    /// Its pair.
    ONLY_SECOND("OnlySecond");

    private final String word;

    Strategy(String word) {
      this.word = word;
    }
  }

  /// More tokens in all parts together would hardly fit into memory.
  private static final long MOST_TOKENS = 1L << 28;

  public Truncation {
    if (maxLength < 0 || stride < 0) {
      throw new IllegalArgumentException(
          "max_length = %d and stride = %d must not be negative".formatted(maxLength, stride));
    }
  }

  /// To a length, on the right, without repeating.
  public static Truncation to(int maxLength) {
    return to(maxLength, Side.RIGHT);
  }

  /// To a length, on one side, without repeating.
  public static Truncation to(int maxLength, Side direction) {
    return new Truncation(maxLength, Strategy.LONGEST_FIRST, 0, direction);
  }

  /// This with less room: what a post-processor will add.
  ///
  /// @throws IllegalArgumentException when there is not so much room
  public Truncation less(int added) {
    if (added > maxLength) {
      throw new IllegalArgumentException(
          "max_length = %d has no room for the %d special tokens; make it larger, or add none"
              .formatted(maxLength, added));
    }
    return new Truncation(maxLength - added, strategy, stride, direction);
  }

  /// Cuts a text, or a text and its pair.
  ///
  /// @throws IllegalArgumentException when the strategy names a text that is not there or too
  ///   short, or when the stride is not less than what is left
  public List<Encoding> apply(List<Encoding> texts) {
    if (texts.isEmpty() || texts.size() > 2) {
      throw new IllegalArgumentException(
          texts.size() + " texts cannot be cut together: one or two can");
    }
    if (maxLength == 0) {
      return texts.stream().map(t -> cut(t, 0)).toList();
    }
    Encoding first = texts.getFirst();
    long total = texts.stream().mapToLong(Encoding::size).sum();
    if (total <= maxLength) {
      return texts;
    }
    return switch (strategy) {
      case LONGEST_FIRST -> {
        if (texts.size() == 1) {
          yield List.of(cut(first, maxLength));
        }
        Encoding second = texts.getLast();
        boolean firstIsLonger = first.size() > second.size();
        int shorter = Math.min(first.size(), second.size());
        int longer = maxLength - shorter;
        if (longer < shorter) {
          shorter = maxLength / 2;
          longer = maxLength - shorter;
        }
        yield List.of(
            cut(first, firstIsLonger ? longer : shorter),
            cut(second, firstIsLonger ? shorter : longer));
      }
      case ONLY_FIRST -> {
        Encoding cut = cut(first, left(first, total));
        yield texts.size() == 1 ? List.of(cut) : List.of(cut, texts.getLast());
      }
      case ONLY_SECOND -> {
        if (texts.size() == 1) {
          throw new IllegalArgumentException(
              "%d tokens are to be cut to %d by OnlySecond, and there is no second text; use LongestFirst or OnlyFirst"
                  .formatted(total, maxLength));
        }
        yield List.of(first, cut(texts.getLast(), left(texts.getLast(), total)));
      }
    };
  }

  private int left(Encoding text, long total) {
    long left = text.size() - (total - maxLength);
    if (left <= 0) {
      throw new IllegalArgumentException(
          "%d tokens of %d would have to go to leave %d, and the text to be cut has only %d; raise max_length or use LongestFirst"
              .formatted(total - maxLength, total, maxLength, text.size()));
    }
    return Math.toIntExact(left);
  }

  private Encoding cut(Encoding text, int length) {
    int size = text.size();
    if (size <= length) {
      return text;
    }
    if (length == 0) {
      var overflowing = new ArrayList<Encoding>();
      overflowing.add(text);
      return Encoding.EMPTY.withOverflowing(overflowing);
    }
    if (stride >= length) {
      throw new IllegalArgumentException(
          "stride = %d must be less than the %d tokens that are left of a text, special tokens not counted; lower it, or raise max_length"
              .formatted(stride, length));
    }
    int step = length - stride;
    if ((size + step - 1L) / step * length > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "%d tokens in parts of %d, each repeating %d, are more than %d in all; lower stride"
              .formatted(size, length, stride, MOST_TOKENS));
    }
    var parts = new ArrayList<Encoding>();
    if (direction == Side.RIGHT) {
      int from = 0;
      for (; from + (long) length < size; from += step) {
        parts.add(text.slice(from, from + length));
      }
      parts.add(text.slice(from, size));
    } else {
      int to = size;
      for (; to > length; to -= step) {
        parts.add(text.slice(to - length, to));
      }
      parts.add(text.slice(0, to));
    }
    return parts.getFirst().withOverflowing(parts.subList(1, parts.size()));
  }

  /// Reads one.
  static Truncation read(Part part) {
    return new Truncation(
        length(part, "max_length"),
        strategy(part),
        length(part, "stride"),
        side(part, "direction", "Right"));
  }

  /// A length, however great.
  private static int length(Part part, String name) {
    JsonNode value = part.node().path(name);
    if (value.isIntegralNumber()
        && !value.canConvertToInt()
        && value.bigIntegerValue().signum() > 0) {
      return Integer.MAX_VALUE;
    }
    return part.whole(name, 0, Integer.MAX_VALUE);
  }

  private static Strategy strategy(Part part) {
    String word = part.string("strategy");
    for (Strategy strategy : Strategy.values()) {
      if (strategy.word.equals(word)) {
        return strategy;
      }
    }
    throw part.wrong(
        "strategy", part.node().path("strategy"), "one of LongestFirst, OnlyFirst, OnlySecond");
  }

  static Side side(Part part, String name, String fallback) {
    return part.word(name, List.of("Left", "Right"), fallback).equals("Left")
        ? Side.LEFT
        : Side.RIGHT;
  }

  static String word(Side side) {
    return side == Side.LEFT ? "Left" : "Right";
  }

  /// Writes the object that [#read] reads.
  void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("direction", word(direction));
    out.writeNumberProperty("max_length", maxLength);
    out.writeStringProperty("strategy", strategy.word);
    out.writeNumberProperty("stride", stride);
    out.writeEndObject();
  }
}
