package dev.imago.duplicates;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is cut out of the texts of a set because it stands in others of them, too: paragraphs, then
/// lines ([RepeatedParts]), then substrings ([RepeatedSubstrings]), each of what the one before it
/// leaves. The answer is a function of the set of texts.
public final class RepeatedText implements AutoCloseable {
  private final List<RepeatedParts.Common> common = new ArrayList<>();
  private @Nullable Cuts cuts;

  private RepeatedText() {}

  /// Is given a text.
  @FunctionalInterface
  public interface EachText {
    /// @param place its number among all, at least 0
    void text(long place, String text);
  }

  /// The texts of a set, which are read once for each kind of part.
  @FunctionalInterface
  public interface Texts {
    /// Hands on all of them, on the calling thread, in any order.
    void each(EachText to) throws InterruptedException;
  }

  /// Looks for what repeats.
  ///
  /// @param folder to work in; what is found lies there until [#close]
  /// @param memoryBytes on the heap
  public static RepeatedText of(PartRules rules, Texts texts, Path folder, long memoryBytes)
      throws InterruptedException {
    var found = new RepeatedText();
    try {
      found.parts(RepeatedParts.Part.PARAGRAPHS, rules.paragraphs(), texts, folder, memoryBytes);
      found.parts(RepeatedParts.Part.LINES, rules.lines(), texts, folder, memoryBytes);
      if (rules.substrings() > 0) {
        boolean keepsOne = rules.keep() == PartRules.Copies.ONE;
        try (var repeated =
            new RepeatedSubstrings(
                rules.substrings(), keepsOne, folder.resolve("substrings"), memoryBytes)) {
          texts.each((place, text) -> repeated.add(place, found.cut(place, text)));
          found.cuts = repeated.decide();
        }
      }
      return found;
    } catch (RuntimeException | Error | InterruptedException e) {
      found.close();
      throw e;
    }
  }

  private void parts(RepeatedParts.Part part, long most, Texts texts, Path folder, long memoryBytes)
      throws InterruptedException {
    if (most > 0) {
      try (var parts = new RepeatedParts(part, most, folder.resolve(part.name()), memoryBytes)) {
        texts.each((place, text) -> parts.add(cut(place, text)));
        common.add(parts.decide());
      }
    }
  }

  /// A text of the set without what repeats: itself where that is nothing.
  public String cut(long place, String text) {
    String left = text;
    for (RepeatedParts.Common each : common) {
      left = each.without(left);
    }
    return cuts == null ? left : cuts.apply(place, left);
  }

  @Override
  public void close() {
    common.forEach(RepeatedParts.Common::close);
    if (cuts != null) {
      cuts.close();
    }
  }
}
